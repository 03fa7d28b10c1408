from __future__ import annotations

import numpy as np

from sedno.evaluation.outcomes import Outcomes


def test_outcomes_give_back_what_was_noted() -> None:
    """Truth, answers, missing labels and copies survive the short form."""
    truth, predicted = np.array([0, -1, 3, 2]), np.array([0, 1, 2, 2])
    noted = Outcomes.of(["a", "b", "c", "d"], ["x", "y", "x", "z"], truth, predicted)
    assert (noted.truth, noted.predicted) == ("0-32", "0122")
    assert noted.truth_indices().tolist() == truth.tolist()
    assert noted.predicted_indices().tolist() == predicted.tolist()
    assert noted.copies == ((0, 2),)
    assert noted.clusters() == [0, 1, 0, 3]


def test_the_items_are_told_apart_by_ids_and_order() -> None:
    """Another test set, or another order, has another hash."""
    none = np.array([0, 0])
    hashes = {
        Outcomes.of(ids, ids, none, none).items for ids in (["a", "b"], ["b", "a"], ["ab", ""])
    }
    assert len(hashes) == 3
