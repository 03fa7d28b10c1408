from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.rows import Row
from sedno.serving.chunks import FIRST_ROWS, MAX_CHARS, Meter, cut


def rows(count: int, raw: str = "") -> list[Row]:
    """Rows as a reader gives them."""
    return [Row(number + 1, number, None, None, raw) for number in range(count)]


@pytest.mark.parametrize("most", [1, 3, FIRST_ROWS, 100, 512])
@pytest.mark.parametrize("count", [0, 1, FIRST_ROWS, FIRST_ROWS + 1, 1500])
def test_no_row_is_lost_or_moved(count: int, most: int) -> None:
    """The chunks together are the rows in their order, none empty, none too long."""
    chunks = list(cut(rows(count), most))
    assert [row.index for chunk in chunks for row in chunk] == list(range(count))
    assert all(0 < len(chunk) <= most for chunk in chunks)


def test_first_answers_come_soon() -> None:
    """A long input is not kept waiting for a full chunk before its first answers."""
    sizes = [len(chunk) for chunk in cut(rows(2000), 512)]
    assert sizes[0] == FIRST_ROWS
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]
    assert max(sizes) == 512


def test_huge_rows_are_not_gathered() -> None:
    """Rows of megabytes end a chunk early, so memory does not grow with their length."""
    raw = "x" * (MAX_CHARS // 2)
    assert [len(chunk) for chunk in cut(rows(5, raw), 512)] == [2, 2, 1]


def test_huge_rows_of_parquet_are_not_gathered() -> None:
    """They have no raw form; what counts is what their values hold, however nested."""
    half = "x" * (MAX_CHARS // 2)
    for value in (half, half.encode(), [half], {"a": [half]}):
        huge = [replace(row, values={"text": value, "likes": 3}) for row in rows(5)]
        assert [len(chunk) for chunk in cut(huge, 512)] == [2, 2, 1]


def test_share_of_a_file_and_of_a_limit(tmp_path: Path) -> None:
    """The bar reaches its end at the end of the file, or of what was asked for."""
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "Kiedy?"}\n' * 10, encoding="utf-8")
    with open_reader(path) as reader:
        whole, limited = Meter(reader, None), Meter(reader, 40)
        rows = list(reader)
        whole.add(rows[:5])
        assert whole.share == pytest.approx(0.5)
        whole.add(rows[5:])
        assert (whole.rows, whole.share) == (10, 1.0)
        limited.add(rows)
        assert limited.share == 1.0
    with open_reader(path) as reader:
        limited = Meter(reader, 4)
        limited.add(list(reader)[:2])
        assert limited.share == pytest.approx(0.5)
