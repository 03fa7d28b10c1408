"""The hard cases written for training."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from sedno.datasets.sample import load_sample

HARD_CASES = Path(__file__).parents[2] / "training" / "authored" / "hard_cases.jsonl"

VALUES: dict[str, set[str | int]] = {
    "substance": {"S", "G"},
    "spam": {0, 1},
    "sentiment": {"neg", "neu", "pos", "mix"},
    "question": {0, 1},
    "toxic": {0, 1},
    "source": {"authored"},
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """All hard cases, read once."""
    return [json.loads(line) for line in HARD_CASES.read_text(encoding="utf-8").splitlines()]


def words(text: str) -> str:
    """The text without case, emoji and punctuation."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def four_grams(text: str) -> frozenset[str]:
    """Runs of four letters, blanks left out."""
    joined = words(text).replace(" ", "")
    return frozenset(joined[i : i + 4] for i in range(max(1, len(joined) - 3)))


def test_every_row_has_known_values(rows: list[dict[str, Any]]) -> None:
    """Each row names a kind and holds one allowed value a label; identifiers are unique."""
    assert len(rows) >= 700
    for row in rows:
        assert row["text"].strip(), row["id"]
        assert row["kind"], row["id"]
        assert {key: row[key] for key in VALUES if row[key] not in VALUES[key]} == {}, row["id"]
    assert len({row["id"] for row in rows}) == len(rows)


def test_no_text_occurs_twice(rows: list[dict[str, Any]]) -> None:
    """No two rows say the same in the same words."""
    counts = Counter(words(row["text"]) for row in rows)

    assert [text for text, times in counts.items() if times > 1] == []


def test_the_sample_stays_unseen(rows: list[dict[str, Any]]) -> None:
    """No row equals or nearly equals a comment of the sample, so that can serve as a check."""
    sample = [four_grams(text) for text in {words(row["text"]) for row in load_sample()} - {""}]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for number, grams in enumerate(sample):
        for gram in grams:
            holders[gram].append(number)

    near = []
    for row in rows:
        grams = four_grams(row["text"])
        shared = Counter(number for gram in grams for number in holders.get(gram, ()))
        if any(n > 0.4 * len(grams | sample[number]) for number, n in shared.items()):
            near.append(row["text"])

    assert near == []


def test_the_readme_states_the_true_counts(rows: list[dict[str, Any]]) -> None:
    """The page beside the data names every kind, and its totals are those of the file."""
    page = HARD_CASES.with_name("README.md").read_text(encoding="utf-8")
    sentiment = Counter(row["sentiment"] for row in rows)

    assert {row["kind"] for row in rows if row["kind"] not in page} == set()
    assert page.count(f"{len(rows)} comments written for this project") == 1
    assert ", ".join(f"{k} {sentiment[k]}" for k in ("neg", "neu", "pos", "mix")) in page
