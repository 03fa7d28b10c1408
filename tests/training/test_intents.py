"""Batches for learning what "the same question" means."""

from __future__ import annotations

import random
from collections import Counter

from sedno.training.data import Sample
from sedno.training.intents import BATCH_FAMILIES, FAMILY_GROUPS, WORDINGS, intent_batches


def _samples() -> list[Sample]:
    asked = [
        Sample(f"{family} {intent} {wording}", {}, {}, 1.0, f"{family}/{intent}", family)
        for family in "abcde"
        for intent in range(10)
        for wording in range(9)
    ]
    return [*asked, Sample("no question", {"sentiment": "positive"}, {}, 1.0)]


def test_every_wording_is_in_one_batch() -> None:
    """No wording is lost or doubled, and texts without an intent stay out."""
    samples = _samples()
    batches = intent_batches(samples, random.Random(1))
    assert sorted(at for batch in batches for at in batch) == list(range(len(samples) - 1))


def test_every_wording_has_a_partner() -> None:
    """No text stands alone with its intent: it would be only a negative."""
    samples = _samples()
    for batch in intent_batches(samples, random.Random(2)):
        counts = Counter(samples[at].intent for at in batch)
        assert min(counts.values()) >= 2


def test_close_intents_meet() -> None:
    """A batch holds few families and several intents of each."""
    samples = _samples()
    for batch in intent_batches(samples, random.Random(3)):
        intents = {(samples[at].family, samples[at].intent) for at in batch}
        assert len({family for family, _ in intents}) <= BATCH_FAMILIES
        assert len(batch) <= BATCH_FAMILIES * FAMILY_GROUPS * (WORDINGS + 1)
        assert len(intents) > BATCH_FAMILIES


def test_without_intents_there_is_no_batch() -> None:
    """A stage without questions gets none of these batches."""
    assert intent_batches([Sample("a", {}, {}, 1.0)], random.Random(0)) == []
