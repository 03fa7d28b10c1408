from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from sedno.evaluation.bootstrap import (
    Interval,
    Resamples,
    accuracy_of,
    confusion,
    f1_of,
    interval,
    macro_f1_of,
)

RNG = np.random.default_rng(5)
TRUTH = RNG.integers(0, 3, 200)
PREDICTED = np.where(RNG.random(200) < 0.7, TRUTH, RNG.integers(0, 3, 200))


def test_macro_f1_and_accuracy_equal_scikit_learns() -> None:
    """The fast figures from confusion tables are scikit-learn's."""
    table = confusion(TRUTH, PREDICTED, 3)
    assert float(macro_f1_of(table)) == pytest.approx(f1_score(TRUTH, PREDICTED, average="macro"))
    assert float(accuracy_of(table)) == pytest.approx(accuracy_score(TRUTH, PREDICTED))
    assert f1_of(table).tolist() == pytest.approx(f1_score(TRUTH, PREDICTED, average=None).tolist())


def test_a_label_that_never_occurs_is_left_out_of_macro_f1() -> None:
    """A fourth label, neither true nor given, does not pull the mean down."""
    three = macro_f1_of(confusion(TRUTH, PREDICTED, 3))
    four = macro_f1_of(confusion(TRUTH, PREDICTED, 4))
    assert float(three) == pytest.approx(float(four))


def test_items_without_a_label_count_nowhere() -> None:
    """Truth -1 is skipped in the table and in every resample."""
    truth = TRUTH.copy()
    truth[:50] = -1
    assert confusion(truth, PREDICTED, 3).sum() == 150
    resamples = Resamples.draw(range(200), replicates=20)
    assert resamples.confusions(truth, PREDICTED, 3).sum(axis=(1, 2)).max() < 200


def test_resampled_tables_equal_tables_of_resampled_items() -> None:
    """The matrix product gives what resampling the items by hand gives."""
    resamples = Resamples.draw(range(200), replicates=5, seed=2)
    tables = resamples.confusions(TRUTH, PREDICTED, 3)
    for row, table in zip(resamples.counts, tables, strict=True):
        chosen = np.repeat(np.arange(200), row.astype(int))
        assert np.allclose(confusion(TRUTH[chosen], PREDICTED[chosen], 3), table)


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Over 200 made-up tests the 95 % interval of accuracy holds the true rate 88 to 99 %."""
    rng = np.random.default_rng(0)
    held = 0
    for trial in range(200):
        truth = np.zeros(150, dtype=np.int64)
        predicted = (rng.random(150) > 0.8).astype(np.int64)
        resamples = Resamples.draw(range(150), replicates=200, seed=trial)
        draws = accuracy_of(resamples.confusions(truth, predicted, 2))
        found = interval(float(accuracy_of(confusion(truth, predicted, 2))), draws)
        held += found.low <= 0.8 <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_copies_of_one_text_are_drawn_together() -> None:
    """Ten copies of ten texts are ten observations, not a hundred: the interval is wider."""
    truth = np.zeros(100, dtype=np.int64)
    predicted = np.repeat(np.arange(10) % 2, 10)
    singly = Resamples.draw(range(100), replicates=500)
    together = Resamples.draw([at // 10 for at in range(100)], replicates=500)
    spread = [
        float(accuracy_of(draw.confusions(truth, predicted, 2)).std())
        for draw in (singly, together)
    ]
    assert spread[1] > 2 * spread[0]


def test_equal_seeds_give_equal_draws() -> None:
    """A report can be made again to the last digit."""
    one, two = (Resamples.draw("abcdef", replicates=10, seed=4).counts for _ in range(2))
    assert np.array_equal(one, two)


def test_draws_that_are_no_number_are_left_out_of_an_interval() -> None:
    """A resample without any item that counts gives no figure and no crash."""
    found = interval(0.5, np.array([np.nan, 0.4, 0.4, np.nan]))
    assert (found.low, found.high) == (0.4, 0.4)
    assert np.isnan(interval(0.5, np.array([np.nan])).low)


def test_nothing_to_resample_is_refused() -> None:
    """An empty test set raises an error that names the argument."""
    with pytest.raises(ValueError, match="clusters"):
        Resamples.draw([])


@pytest.mark.parametrize(
    ("low", "high", "clear"), [(-0.1, 0.1, False), (0.01, 0.1, True), (-0.1, -0.01, True)]
)
def test_clear_of_zero_means_wholly_on_one_side(low: float, high: float, clear: bool) -> None:
    """An interval that holds zero is not clear of it."""
    assert Interval((low + high) / 2, low, high).clear_of_zero is clear
