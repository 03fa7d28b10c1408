"""Batches of questions from which an embedding learns what "the same question" means."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from sedno.training.data import Sample

WORDINGS = 4
FAMILY_GROUPS = 8
BATCH_FAMILIES = 3


def intent_batches(samples: Sequence[Sample], rng: random.Random) -> list[list[int]]:
    """Indices of the samples that have an intent, in batches for a contrastive loss.

    A batch holds :data:`BATCH_FAMILIES` families, of each up to :data:`FAMILY_GROUPS` groups of
    :data:`WORDINGS` wordings of one intent: close intents stand beside each other as hard
    negatives, other families as easy ones. A wording left over without a partner joins the
    group before it.

    Args:
        samples: All samples of a stage; those without an intent are passed over.
        rng: Source of chance.
    """
    wordings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, sample in enumerate(samples):
        if sample.intent is not None:
            wordings[sample.family or sample.intent, sample.intent].append(at)
    families: dict[str, list[list[int]]] = defaultdict(list)
    for (family, _), indices in wordings.items():
        families[family] += _groups(rng.sample(indices, len(indices)))
    pieces: list[list[int]] = []
    for groups in families.values():
        rng.shuffle(groups)
        pieces += [
            [at for group in groups[start : start + FAMILY_GROUPS] for at in group]
            for start in range(0, len(groups), FAMILY_GROUPS)
        ]
    rng.shuffle(pieces)
    return [
        [at for piece in pieces[start : start + BATCH_FAMILIES] for at in piece]
        for start in range(0, len(pieces), BATCH_FAMILIES)
    ]


def _groups(indices: list[int]) -> list[list[int]]:
    groups = [indices[start : start + WORDINGS] for start in range(0, len(indices), WORDINGS)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        alone = groups.pop()
        groups[-1] += alone
    return groups
