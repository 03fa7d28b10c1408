"""The form of a request: every fault is named with its place, its value and its remedy."""

from __future__ import annotations

from typing import Any

import pytest

from sedno.serving.api import asked
from sedno.serving.api.problems import INVALID_REQUEST, Fault, ProblemError


def faults(data: Any, most: int = 1_000) -> list[Fault]:
    """What is wrong with a body."""
    with pytest.raises(ProblemError) as caught:
        asked.build(data, most=most)
    assert caught.value.kind is INVALID_REQUEST
    assert all(fault.detail and fault.remedy for fault in caught.value.faults)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("data", "pointer", "code", "value"),
    [
        ([], "#", "wrong_type", "an array of 0 items"),
        (None, "#", "wrong_type", "null"),
        ("text", "#", "wrong_type", '"text"'),
        ({}, "#/comments", "missing_field", None),
        ({"comments": None}, "#/comments", "wrong_type", "null"),
        ({"comments": {"text": "a"}}, "#/comments", "wrong_type", "an object of 1 members"),
        ({"comments": []}, "#/comments", "too_few", None),
        ({"comments": ["a"] * 1_001}, "#/comments", "too_many", None),
        ({"comments": [7]}, "#/comments/0", "wrong_type", "7"),
        ({"comments": [None]}, "#/comments/0", "wrong_type", "null"),
        ({"comments": [["a"]]}, "#/comments/0", "wrong_type", "an array of 1 items"),
        ({"comments": [{}]}, "#/comments/0/text", "missing_field", None),
        ({"comments": [{"text": 1.5}]}, "#/comments/0/text", "wrong_type", "1.5"),
        ({"comments": [{"text": True}]}, "#/comments/0/text", "wrong_type", "true"),
        ({"comments": [{"text": "a", "id": 1.5}]}, "#/comments/0/id", "wrong_type", "1.5"),
        ({"comments": [{"text": "a", "id": False}]}, "#/comments/0/id", "wrong_type", "false"),
        (
            {"comments": [{"text": "a", "posted_at": ["x"]}]},
            "#/comments/0/posted_at",
            "wrong_type",
            "an array of 1 items",
        ),
        ({"comments": ["a"], "explain": "yes"}, "#/explain", "wrong_type", '"yes"'),
        ({"comments": ["a"], "explain": 1}, "#/explain", "wrong_type", "1"),
        ({"comments": ["a"], "explian": True}, "#/explian", "unknown_field", None),
        ({"comments": ["a"], "a/b~c": 1}, "#/a~1b~0c", "unknown_field", None),
        ({f"m{n}": 1 for n in range(100)}, "#", "unknown_field", None),
    ],
)
def test_a_fault_is_told(data: Any, pointer: str, code: str, value: str | None) -> None:
    """One fault, one entry: where, what, and what was found there."""
    assert [(fault.pointer, fault.code, fault.value) for fault in faults(data)] == [
        (pointer, code, value)
    ]


def test_every_fault_is_told_at_once() -> None:
    """A caller can mend all of it in one go."""
    data = {
        "comments": [{"id": 1.5}, {"text": "good"}, 5, {"text": {}, "author": []}],
        "embeddings": 0,
        "extra": 1,
    }
    assert {fault.pointer for fault in faults(data)} == {
        "#/comments/0/text",
        "#/comments/0/id",
        "#/comments/2",
        "#/comments/3/text",
        "#/comments/3/author",
        "#/embeddings",
        "#/extra",
    }


def test_values_are_shortened() -> None:
    """A novel in the wrong place is not sent back whole."""
    (fault,) = faults({"comments": ["a"], "explain": "x" * 10_000})
    assert fault.value is not None
    assert len(fault.value) < 100


def test_the_bound_is_that_of_the_settings() -> None:
    """An operator who lowers the number of comments is obeyed, and named in the detail."""
    (fault,) = faults({"comments": ["a"] * 6}, most=5)
    assert fault.code == "too_many"
    assert "6 comments, at most 5" in fault.detail


def test_a_body_full_of_rubbish_is_looked_through_once() -> None:
    """A list of a million numbers is refused by its length, a deep one by its type."""
    assert [fault.code for fault in faults({"comments": [0] * 1_000_000})] == ["too_many"]
    deep: Any = "a"
    for _ in range(1_000):
        deep = [deep]
    assert [fault.code for fault in faults({"comments": [deep, {"text": deep}]})] == [
        "wrong_type",
        "wrong_type",
    ]


def test_members_nobody_knows_are_passed_over_in_comments() -> None:
    """Pipelines may post their own records as they are."""
    wanted = asked.build({"comments": [{"text": "a", "likes": 3, "deep": [[1]]}]}, most=10)
    assert [comment.text for comment in wanted.comments] == ["a"]
