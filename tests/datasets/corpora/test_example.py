from __future__ import annotations

import dataclasses
import pickle

import pytest

from sedno.datasets.corpora.example import Example


def test_an_example_cannot_change() -> None:
    """What was loaded is what is trained on."""
    example = Example("1", "kiedy drugi sezon", {"question": "question"}, "mine")
    with pytest.raises(dataclasses.FrozenInstanceError):
        example.text = "inny"  # type: ignore[misc]


def test_an_example_travels_between_processes() -> None:
    """Data loaders may send examples to workers."""
    example = Example("1", "super", {"substance": "generic"}, "mine", label_space={})
    assert pickle.loads(pickle.dumps(example)) == example  # noqa: S301 our own bytes


@pytest.mark.parametrize("weight", [0.0, -1.0, 1.5])
def test_weights_outside_the_unit_interval_are_refused(weight: float) -> None:
    """A weight is a share of trust."""
    with pytest.raises(ValueError, match="weight must lie"):
        Example("1", "super", {}, "mine", weight=weight)


@pytest.mark.parametrize(("row_id", "text"), [("", "super"), ("1", " \n")])
def test_an_example_has_an_id_and_a_text(row_id: str, text: str) -> None:
    """A row without a text teaches nothing and must not pass for one."""
    with pytest.raises(ValueError, match="no id or no text"):
        Example(row_id, text, {}, "mine")


def test_a_label_outside_its_space_is_refused() -> None:
    """A label space names what the annotators could choose, so the label is in it."""
    with pytest.raises(ValueError, match="outside its label space"):
        Example(
            "1",
            "super",
            {"sentiment": "mixed"},
            "mine",
            label_space={"sentiment": ("negative", "positive")},
        )


def test_disagreed_names_the_tasks_annotators_differ_on() -> None:
    """Where annotators differ there is no truth to be judged by."""
    one = {"substance": "generic", "toxicity": "ok"}
    other = {"substance": "substantive", "toxicity": "ok"}
    example = Example("1", "super", {"toxicity": "ok"}, "mine", annotations=(one, other))
    assert example.disagreed == {"substance"}


def test_one_annotator_disagrees_with_nobody() -> None:
    """Without annotations nothing is in dispute."""
    assert Example("1", "super", {}, "mine").disagreed == frozenset()
