from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sedno.evaluation.bootstrap import Resamples
from sedno.evaluation.metrics import Answers, Truth, difference, score

LABELS = ("negative", "neutral", "positive")
RNG = np.random.default_rng(8)
INDEX = RNG.integers(0, 3, 300)
TRUTH = Truth("sentiment", LABELS, INDEX)


def answers(name: str, right: float, *, calibrated: bool = True) -> Answers:
    """Answers that are right about that often, with probability .8 each."""
    chosen = np.where(RNG.random(300) < right, INDEX, RNG.integers(0, 3, 300))
    probabilities = np.full((300, 3), 0.1)
    probabilities[np.arange(300), chosen] = 0.8
    return Answers(name, probabilities, calibrated)


RESAMPLES = Resamples.draw(range(300), replicates=300)


def test_a_score_holds_macro_f1_every_class_and_ece() -> None:
    """The figures are scikit-learn's, with an interval around them."""
    given = answers("model", 0.8)
    found = score(TRUTH, given, RESAMPLES)
    assert found.macro_f1.value == pytest.approx(f1_score(INDEX, given.predicted, average="macro"))
    assert found.macro_f1.low < found.macro_f1.value < found.macro_f1.high
    assert [row.label for row in found.classes] == list(LABELS)
    assert sum(row.support for row in found.classes) == 300
    assert np.mean([row.f1 for row in found.classes]) == pytest.approx(found.macro_f1.value)
    assert found.ece is not None
    assert 0.0 <= found.ece < 0.15


def test_scores_that_are_no_probabilities_get_no_ece() -> None:
    """A baseline with weighed classes is not blamed for calibration."""
    assert score(TRUTH, answers("baseline", 0.8, calibrated=False), RESAMPLES).ece is None


def test_a_clear_lead_is_clear_of_zero_and_a_tie_is_not() -> None:
    """The paired interval separates .9 from .5 and does not separate a system from itself."""
    strong, weak = answers("strong", 0.9), answers("weak", 0.5)
    ahead = difference(TRUTH, strong, weak, RESAMPLES)
    assert (ahead.system, ahead.than) == ("strong", "weak")
    assert ahead.macro_f1.low > 0.0
    assert not difference(TRUTH, strong, strong, RESAMPLES).macro_f1.clear_of_zero


def test_pairing_narrows_the_interval_of_a_difference() -> None:
    """Two systems that differ on a few items have a narrower difference than figures."""
    one = answers("one", 0.8)
    other_probabilities = one.probabilities.copy()
    other_probabilities[:6] = np.roll(other_probabilities[:6], 1, axis=1)
    change = difference(TRUTH, one, Answers("other", other_probabilities), RESAMPLES).macro_f1
    alone = score(TRUTH, one, RESAMPLES).macro_f1
    assert change.high - change.low < 0.5 * (alone.high - alone.low)


def test_items_without_a_label_are_left_out_of_every_figure() -> None:
    """Unlabelled items change neither support nor ECE."""
    index = INDEX.copy()
    index[100:] = -1
    given = answers("model", 0.8)
    found = score(Truth("sentiment", LABELS, index), given, RESAMPLES)
    assert sum(row.support for row in found.classes) == 100
