from __future__ import annotations

import json
import random
import statistics
from collections import Counter
from pathlib import Path

import pytest

from sedno.evaluation.bench.inputs import REPEATED_SHARE, distinct, read_inputs, stream, write_jsonl

RNG = random.Random(2)
TEXTS = [
    " ".join(f"słowo{RNG.randrange(1000)}" for _ in range(RNG.randint(2, 9))) for _ in range(200)
]


def test_distinct_comments_are_distinct_and_as_long_as_the_given_ones() -> None:
    """Asked for more than there are, it mixes words and keeps the lengths."""
    made = distinct(TEXTS, 1000)
    assert len(set(made)) == len(made) == 1000
    assert set(TEXTS) <= set(made)
    given, mixed = (statistics.mean(map(len, texts)) for texts in (TEXTS, made[200:]))
    assert 0.7 * given < mixed < 1.6 * given


def test_a_stream_repeats_common_comments_as_often_as_it_says() -> None:
    """Repeats are near their share, and the commonest comes far more often than the rest."""
    rows = list(stream(TEXTS, 5000))
    counts = Counter(rows)
    repeated = sum(count for count in counts.values() if count > 1)
    assert len(rows) == 5000
    assert repeated / 5000 == pytest.approx(REPEATED_SHARE, abs=0.03)
    common = [count for _, count in counts.most_common(20)]
    assert common[0] > 3 * common[-1]


def test_equal_seeds_give_equal_streams() -> None:
    """A run can be repeated on the same rows."""
    assert list(stream(TEXTS, 50, seed=1)) == list(stream(TEXTS, 50, seed=1))
    assert list(stream(TEXTS, 50, seed=1)) != list(stream(TEXTS, 50, seed=2))


def test_rows_are_written_with_ids(tmp_path: Path) -> None:
    """One JSON object a line, ids that run."""
    path = tmp_path / "rows.jsonl"
    assert write_jsonl(path, ["jeden", "dwa\nlinie"]) == 2
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [{"id": "b-1", "text": "jeden"}, {"id": "b-2", "text": "dwa\nlinie"}]


def test_gold_is_read_where_corpora_are_named(data_root: Path) -> None:
    """The comments are gold's, without repeats, and the report will say so."""
    inputs = read_inputs(data_root)
    assert len(inputs.texts) == 160
    assert "gold" in inputs.origin


def test_the_bundled_sample_serves_where_no_corpora_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bench runs on any machine."""
    monkeypatch.delenv("SEDNO_DATA", raising=False)
    inputs = read_inputs()
    assert len(inputs.texts) >= 300
    assert "sample" in inputs.origin


def test_nothing_cannot_be_mixed() -> None:
    """The error names the argument."""
    with pytest.raises(ValueError, match="texts"):
        distinct([], 3)
