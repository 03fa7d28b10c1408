from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sedno.models.batching import pad, plan_batches

LENGTHS = st.lists(st.integers(1, 300), max_size=60)


@given(lengths=LENGTHS, budget=st.integers(1, 600))
def test_every_text_is_in_exactly_one_batch_and_batches_keep_the_budget(
    lengths: list[int], budget: int
) -> None:
    """Nothing is lost or doubled; only a single text may exceed the budget."""
    batches = list(plan_batches(lengths, budget))

    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= budget


def test_texts_of_similar_length_share_a_batch() -> None:
    """Sorted by length, so that little is padding; equal lengths keep their order."""
    assert list(plan_batches([5, 50, 6, 49, 5], 100)) == [[1, 3], [2, 0, 4]]


def test_padding_fills_up_to_the_longest_row_and_is_masked() -> None:
    """Ids keep their place, the mask tells tokens from padding."""
    ids, mask = pad([np.array([7, 8, 9]), np.array([5])], pad_id=1)

    assert ids.tolist() == [[7, 8, 9], [5, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert ids.dtype == mask.dtype == np.int64
