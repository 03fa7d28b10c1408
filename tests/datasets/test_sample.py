"""The sample that comes with the package."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from sedno.datasets.comment import make_comment
from sedno.datasets.sample import load_sample, sample_path
from sedno.models.taxonomy import TASK_BY_NAME

FIELDS = ["id", "text", "author", "posted_at", "source", "post_id", "context", "language", "labels"]

FEWEST = {
    "substance": {"substantive": 100, "generic": 100},
    "authenticity": {"real": 300, "spam": 45},
    "sentiment": {"negative": 60, "neutral": 60, "positive": 60, "mixed": 30},
    "question": {"question": 80, "none": 100},
    "toxicity": {"toxic": 25, "ok": 300},
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """The sample, read once."""
    return list(load_sample())


def test_every_line_is_one_comment_with_all_fields(rows: list[dict[str, Any]]) -> None:
    """Each line holds one object with the same fields, and there are at least 300."""
    assert len(rows) == sample_path().read_text(encoding="utf-8").count("\n")
    assert len(rows) >= 300
    assert [row for row in rows if list(row) != FIELDS] == []


def test_every_row_is_a_valid_comment(rows: list[dict[str, Any]]) -> None:
    """No row is refused, and reading it changes neither its identifier nor its text."""
    comments = [make_comment(row, default_id=number) for number, row in enumerate(rows)]

    assert [(row["id"], row["text"]) for row in rows] == [(c.id, c.text) for c in comments]


def test_identifiers_are_unique(rows: list[dict[str, Any]]) -> None:
    """No identifier names two comments."""
    assert [i for i, times in Counter(row["id"] for row in rows).items() if times > 1] == []


def test_labels_are_those_of_the_taxonomy(rows: list[dict[str, Any]]) -> None:
    """Each comment answers each task with one of its labels."""
    for row in rows:
        assert set(row["labels"]) == set(TASK_BY_NAME), row["id"]
        for task, label in row["labels"].items():
            assert label in TASK_BY_NAME[task].labels, (row["id"], task)


@pytest.mark.parametrize("task", FEWEST)
def test_no_label_is_rare(rows: list[dict[str, Any]], task: str) -> None:
    """Every label occurs often enough to be seen in the demonstration."""
    counts = Counter(row["labels"][task] for row in rows)

    assert set(counts) == set(TASK_BY_NAME[task].labels)
    assert {k: counts[k] for k, least in FEWEST[task].items() if counts[k] < least} == {}


def test_polish_first_and_other_languages_present(rows: list[dict[str, Any]]) -> None:
    """Most is Polish, about one in eight is not; only wordless comments name no language."""
    counts = Counter(row["language"] for row in rows)

    assert counts["pl"] > 0.8 * len(rows)
    assert {"en", "uk", "de", "cs", "es"} <= set(counts)
    assert [
        row["text"]
        for row in rows
        if (row["language"] is None) == any(character.isalpha() for character in row["text"])
    ] == []


def test_threads_of_several_niches_over_six_weeks(rows: list[dict[str, Any]]) -> None:
    """There are many posts, each with one text and source, spread over the autumn of 2026."""
    posts = {row["post_id"] for row in rows}
    times = [datetime.fromisoformat(row["posted_at"]).astimezone(UTC) for row in rows]

    assert len(posts) >= 14
    assert len({(row["post_id"], row["source"], row["context"]) for row in rows}) == len(posts)
    assert min(times).year == max(times).year == 2026
    assert 38 <= (max(times) - min(times)).days <= 45


def test_some_texts_recur_as_in_real_threads(rows: list[dict[str, Any]]) -> None:
    """Short applause and pasted spam occur more than once."""
    counts = Counter(row["text"] for row in rows)
    labels = {row["text"]: row["labels"]["authenticity"] for row in rows}

    assert {labels[text] for text, times in counts.items() if times > 1} == {"real", "spam"}
