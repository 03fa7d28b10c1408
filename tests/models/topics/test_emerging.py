from __future__ import annotations

import numpy as np

from sedno.models.topics.emerging import tell_apart


def rows_around(centres: list[int], noise: float) -> np.ndarray:
    """Unit rows near axes, as many as axes are named."""
    rng = np.random.default_rng(0)
    rows = 0.6 * np.eye(16)[0] + 0.8 * np.eye(16)[centres] + noise * rng.normal(
        size=(len(centres), 16)
    )  # fmt: skip
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_a_knot_of_recent_questions_is_told_apart() -> None:
    """Five new ones that ask something else leave the twelve they were put with."""
    rows = rows_around([1] * 12 + [2] * 5, 0.05)
    recent = np.arange(17) >= 12
    found = tell_apart(rows, np.zeros(17, dtype=np.int64), recent, seed=0)
    assert found.tolist() == [0] * 12 + [1] * 5


def test_recent_questions_that_ask_the_same_stay() -> None:
    """Being recent alone makes no topic."""
    rows = rows_around([1] * 17, 0.05)
    recent = np.arange(17) >= 12
    assert not tell_apart(rows, np.zeros(17, dtype=np.int64), recent, seed=0).any()


def test_groups_all_new_or_all_old_are_left_alone() -> None:
    """There is nothing to tell apart, and what has no group gets none."""
    rows = rows_around([1, 1, 2, 2, 3], 0.05)
    groups = np.array([0, 0, 1, 1, -1])
    recent = np.array([True, True, False, False, True])
    assert tell_apart(rows, groups, recent, seed=0).tolist() == groups.tolist()
