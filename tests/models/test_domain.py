"""The region of familiar texts, on points whose place is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sedno.models.domain import Domain, DomainError, fit_domain, read_domain

DIM = 24


def cloud(count: int, seed: int) -> NDArray[np.float32]:
    """Points that vary much along three directions and little along the others."""
    rng = np.random.default_rng(seed)
    spread = np.full(DIM, 0.05)
    spread[:3] = (3.0, 2.0, 1.0)
    return np.asarray(rng.normal(size=(count, DIM)) * spread + 1.0, dtype=np.float32)


@pytest.fixture
def domain() -> Domain:
    """Fitted on such points."""
    return fit_domain(cloud(4_000, 1), cloud(2_000, 2), directions=6, false_alarms=0.01)


def test_points_of_the_kind_are_let_in(domain: Domain) -> None:
    """New points of the same kind raise about as many false alarms as were accepted."""
    assert domain.is_foreign(cloud(20_000, 3)).mean() == pytest.approx(0.01, abs=0.005)


def test_distance_counts_by_what_is_usual(domain: Domain) -> None:
    """Far along a usual direction is near; a little along an unusual one is far."""
    usual, unusual = np.ones((2, 1, DIM), dtype=np.float32)
    usual[0, 0] += 4.0
    unusual[0, -1] += 1.0
    assert not domain.is_foreign(usual)[0]
    assert domain.is_foreign(unusual)[0]
    assert domain.distances(np.ones((1, DIM), dtype=np.float32))[0] < 1.0


def test_the_file_gives_the_same(domain: Domain, tmp_path: Path) -> None:
    """Written and read back, every distance is the same."""
    domain.save(tmp_path / "domain.npz")
    points = cloud(50, 4)
    again = read_domain(tmp_path / "domain.npz")
    assert np.array_equal(again.distances(points), domain.distances(points))
    assert again.threshold == domain.threshold


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04damaged"])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    """The error names the file and the remedy."""
    path = tmp_path / "domain.npz"
    path.write_bytes(content)
    with pytest.raises(DomainError, match=r"domain\.npz.*copy the whole artefact again"):
        read_domain(path)


def test_too_few_texts_are_refused() -> None:
    """Two points have no shape."""
    with pytest.raises(DomainError, match="2 texts and 5 held back are too few"):
        fit_domain(cloud(2, 1), cloud(5, 2))


def test_a_handful_is_fitted_with_fewer_directions() -> None:
    """A toy model is fitted on a few dozen texts."""
    assert len(fit_domain(cloud(12, 1), cloud(5, 2)).axes) == 10
