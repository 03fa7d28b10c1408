from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.models.classifier import Classifier
from sedno.serving.cli.explain import render


@pytest.fixture
def explain(sedno: Callable[..., Any], toy: Path) -> Callable[..., Any]:
    """Runs ``sedno explain`` with the toy artefact."""

    def run(*arguments: object) -> Any:
        return sedno("explain", *arguments, "--model", toy, "--threads", 1)

    return run


def test_the_answers_in_words(explain: Callable[..., Any]) -> None:
    """Each task has a line, how sure it is, and the driving words in brackets."""
    done = explain("super, ale kiedy bateria?")
    assert done.code == 0, done.err
    assert "language: pl   model: toy@1" in done.out
    for words in ("asks something", "positive feeling", "real: said by a person", "not toxic"):
        assert words in done.out
    asking = done.out.partition("asks something")[2].partition("\n\n")[0]
    assert "[kiedy]" in asking
    assert "\x1b" not in done.out


def test_as_json(explain: Callable[..., Any], answering: Classifier) -> None:
    """The object that classify writes, spans included."""
    text = "Kiedy drugi sezon?"
    done = explain("--json", text)
    labels = json.loads(done.out)["labels"]
    assert labels["question"]["spans"]
    expected = answering.predict([text])[0].to_dict()["labels"]
    assert labels["question"]["scores"] == expected["question"]["scores"]


def test_from_standard_input(program: Callable[..., Any], toy: Path) -> None:
    """Also where the bytes are not UTF-8: they are shown as such instead of failing."""
    done = program("explain", "-", "--model", toy, given="Kiedy żółw?".encode("cp1250"))
    assert done.code == 0, done.err
    assert "asks something" in done.out


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_nothing_to_read(explain: Callable[..., Any], text: str) -> None:
    """A text without anything visible is refused with the reason."""
    done = explain(text)
    assert (done.code, done.out) == (1, "")
    assert "text:" in done.err


def test_colours_and_long_texts(answering: Classifier) -> None:
    """In colour the words are painted, not bracketed; the far parts of a long text are left out."""
    text = "Kiedy? " + "bardzo długi tekst bez znaczenia " * 5
    prediction = answering.predict([text], explain=True)[0]
    painted = "\n".join(render(text, prediction, colour=True))
    assert "\x1b[" in painted
    assert "[Kiedy" not in painted
    plain = render(text, prediction, colour=False)
    assert any(line.endswith(" …") for line in plain)
    assert max(map(len, plain)) < len(text)
