from __future__ import annotations

import numpy as np

from sedno.models.topics import grouping
from sedno.models.topics.grouping import group, neighbours


def clouds(count: int, size: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows of unit length around random directions, and which direction each is around."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(count, 64))
    own = np.repeat(np.arange(count), size)
    rows = centres[own] + 0.5 * rng.normal(size=(own.size, 64))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), own


def pure(groups: np.ndarray, own: np.ndarray) -> float:
    """Share of rows that are in a group with mostly their like."""
    right = sum(int(np.bincount(own[groups == number]).max()) for number in np.unique(groups))
    return right / len(own)


def test_clear_clouds_are_found() -> None:
    """The number of groups is not given and comes out near the truth."""
    rows, own = clouds(12, 20)
    groups = group(rows, np.ones(len(rows), dtype=np.int64), seed=0)
    assert pure(groups, own) > 0.95
    assert 12 <= len(np.unique(groups)) <= 24


def test_a_large_set_goes_through_cells(monkeypatch: object) -> None:
    """Sets too large for a tree of rows give the same kind of answer, and the same twice."""
    rows, own = clouds(15, 80)
    monkeypatch.setattr(grouping, "TREE_ROWS", 500)  # type: ignore[attr-defined]
    monkeypatch.setattr(grouping, "_CELLS", 200)  # type: ignore[attr-defined]
    weights = np.ones(len(rows), dtype=np.int64)
    groups = group(rows, weights, seed=0)
    assert pure(groups, own) > 0.9
    assert np.array_equal(groups, group(rows, weights, seed=0))


def test_neighbours_are_exact() -> None:
    """As sorting all cosines would give them."""
    rows, _ = clouds(5, 10)
    places, cosines = neighbours(rows, 3)
    full = rows @ rows.T
    np.fill_diagonal(full, -2.0)
    assert np.array_equal(places, np.argsort(-full, axis=1, kind="stable")[:, :3])
    assert np.allclose(cosines, -np.sort(-full, axis=1)[:, :3], atol=1e-6)
