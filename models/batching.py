"""Groups texts of similar length into batches of about equal cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def plan_batches(lengths: Sequence[int], token_budget: int) -> Iterator[list[int]]:
    """Splits texts into batches that hold at most ``token_budget`` tokens with padding.

    Longest first, so that the first batch shows how much memory the rest will need at most.
    Texts of equal length keep their order, so the plan depends on nothing but the lengths.

    Args:
        lengths: Tokens of each text.
        token_budget: Rows times the longest row of a batch; a single longer text still
            makes a batch.

    Yields:
        Indices into ``lengths``.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > token_budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def pad(
    rows: Sequence[NDArray[np.int64]], pad_id: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Stacks token ids of unequal length.

    Args:
        rows: Each of shape ``(tokens,)``; at least one row.
        pad_id: Fills the rows up to the longest one.

    Returns:
        Ids and attention mask, both ``(rows, longest)``; the mask is 1 at tokens and 0 at
        padding.
    """
    lengths = np.array([len(row) for row in rows])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(mask.shape, pad_id, dtype=np.int64)
    ids[mask] = np.concatenate(rows)
    return ids, mask.astype(np.int64)
