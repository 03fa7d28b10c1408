from __future__ import annotations

import numpy as np
import pytest

from sedno.models.doubt import descending, entropy, unusual_doubt


def test_entropy_is_shannons() -> None:
    """In nats: nothing for a sure row, the logarithm of the labels for an even one."""
    found = entropy(np.array([[1.0, 0.0], [0.5, 0.5]]))
    assert found == pytest.approx([0.0, np.log(2)], abs=1e-9)


def test_a_task_that_is_always_unsure_does_not_decide_alone() -> None:
    """The rare doubt of a sure task weighs more than the usual one of an unsure task."""
    unsure = np.array([[0.5, 0.5], [0.55, 0.45], [0.5, 0.5], [0.5, 0.5]])
    sure = np.array([[0.99, 0.01], [0.6, 0.4], [0.99, 0.01], [0.99, 0.01]])
    found = unusual_doubt([unsure, sure])
    assert descending(found)[0] == 1
    assert found.mean() == pytest.approx(2.0)


def test_nothing_to_choose_from() -> None:
    """No comments give none; no tasks are a fault."""
    assert unusual_doubt([np.zeros((0, 2))]).size == 0
    with pytest.raises(ValueError, match="at least one task"):
        unusual_doubt([])


def test_equal_values_keep_their_order() -> None:
    """So that the same comments are chosen again."""
    assert descending(np.array([1.0, 2.0, 2.0, 0.0])).tolist() == [1, 2, 0, 3]
