"""The comments written for training."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from sedno.datasets.sample import load_sample

AUTHORED = Path(__file__).parents[2] / "training" / "authored"
HARD_CASES = AUTHORED / "hard_cases.jsonl"

VALUES: dict[str, set[str | int]] = {
    "substance": {"S", "G"},
    "spam": {0, 1},
    "sentiment": {"neg", "neu", "pos", "mix"},
    "question": {0, 1},
    "toxic": {0, 1},
    "source": {"authored"},
}


def read(path: Path) -> list[dict[str, Any]]:
    """All rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module", params=sorted(path.name for path in AUTHORED.glob("*.jsonl")))
def rows(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """All rows of one authored file after the other."""
    return read(AUTHORED / request.param)


def words(text: str) -> str:
    """The text without case, emoji and punctuation."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def four_grams(text: str) -> frozenset[str]:
    """Runs of four letters, blanks left out."""
    joined = words(text).replace(" ", "")
    return frozenset(joined[i : i + 4] for i in range(max(1, len(joined) - 3)))


def test_every_row_has_known_values(rows: list[dict[str, Any]]) -> None:
    """Each row names a kind and holds one allowed value a label; identifiers are unique."""
    assert len(rows) >= 500
    for row in rows:
        assert row["text"].strip(), row["id"]
        assert row["kind"], row["id"]
        # What is written for meaning alone says that it asks, and of which intent; no more.
        wanted = {"question", "source"} | (
            VALUES.keys() & row.keys() if "intent" in row else VALUES.keys()
        )
        assert {key: row[key] for key in wanted if row[key] not in VALUES[key]} == {}, row["id"]
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


def test_the_readme_names_every_file_with_its_rows() -> None:
    """The page's first table lists each file and how many rows it has."""
    page = (AUTHORED / "README.md").read_text(encoding="utf-8")
    for path in AUTHORED.glob("*.jsonl"):
        assert f"| `{path.name}` | {len(read(path)):,} |" in page


def test_the_readme_states_the_true_counts() -> None:
    """The page beside the hard cases names every kind, and its totals are those of the file."""
    rows = read(HARD_CASES)
    page = HARD_CASES.with_name("README.md").read_text(encoding="utf-8")
    sentiment = Counter(row["sentiment"] for row in rows)

    assert {row["kind"] for row in rows if row["kind"] not in page} == set()
    assert page.count(f"{len(rows)} comments written for this project") == 1
    assert ", ".join(f"{k} {sentiment[k]}" for k in ("neg", "neu", "pos", "mix")) in page
