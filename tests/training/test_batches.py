from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sedno.training.base.encoder import load_base
from sedno.training.batches import IGNORED, EpochBatches, pack, pad, shorten
from sedno.training.data import Sample


@given(st.lists(st.integers(3, 200), min_size=1), st.integers(256, 1024), st.integers())
def test_every_text_is_packed_once_within_budget(
    lengths: list[int], budget: int, seed: int
) -> None:
    """No text is lost or doubled, and no batch is larger than the budget."""
    batches = pack(lengths, budget, random.Random(seed))
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    assert all(len(b) * max(lengths[i] for i in b) <= budget for b in batches)


def test_long_texts_keep_both_ends() -> None:
    """The middle is cut, the beginning and the end stay."""
    assert shorten(list(range(100)), 8) == [0, 1, 2, 3, 4, 5, 98, 99]


def test_padding_is_masked() -> None:
    """Padding has its own id and a zero in the mask."""
    ids, mask = pad([[5, 6, 7], [8]], pad_id=1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]


def test_missing_labels_are_ignored_and_label_spaces_kept(base_folder: object) -> None:
    """A batch says which labels are unknown and which could not be chosen."""
    base = load_base(str(base_folder))
    samples = [
        Sample("super serial", {"sentiment": "positive"}, {}, 1.0),
        Sample(
            "kiedy sezon ?",
            {"question": "question", "sentiment": "neutral"},
            {"sentiment": ("negative", "neutral", "positive")},
            0.5,
        ),
    ]
    epoch = EpochBatches(
        samples,
        np.zeros((2, 64), dtype=np.float32),
        base.tokenizer,
        pad_id=base.pad_id,
        token_budget=512,
        max_tokens=64,
        augment=0.0,
        seed=1,
    )
    (batch,) = list(epoch.iterate())
    order = batch.weights.tolist().index(0.5)
    assert batch.labels["question"].tolist()[1 - order] == IGNORED
    assert batch.labels["toxicity"].tolist() == [IGNORED, IGNORED]
    assert batch.allowed["sentiment"][order].tolist() == [True, True, True, False]
