from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sedno.datasets.io.duplicates import DuplicateIds


@given(batches=st.lists(st.lists(st.text(max_size=2))))
@settings(max_examples=60, deadline=None)
def test_counts_as_a_set_does(batches: list[list[str]]) -> None:
    """The count is that of a set, batch by batch."""
    seen: set[str] = set()
    with DuplicateIds() as ids:
        for batch in batches:
            expected = len(batch) - len(set(batch) - seen)
            assert ids.add(batch) == expected
            seen.update(batch)
        assert ids.seen - ids.repeated == len(seen)


def test_many() -> None:
    """Repeats are found across batches far apart."""
    with DuplicateIds() as ids:
        for first in range(0, 30_000, 1000):
            assert ids.add(f"c{n}" for n in range(first, first + 1000)) == 0
        assert ids.add(["c0", "c29999", "x", "x", "\ud800"]) == 3
        assert (ids.seen, ids.repeated) == (30_005, 3)
