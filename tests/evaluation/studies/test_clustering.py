from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, v_measure_score

from sedno.evaluation.studies.clustering import (
    Cluster,
    agglomerative,
    agreement,
    k_means,
    score_clusterings,
)

RNG = np.random.default_rng(5)
TRUTH = RNG.integers(0, 7, 300)
FOUND = np.where(RNG.random(300) < 0.6, TRUTH, RNG.integers(0, 9, 300))
NAMES = [f"intent-{number}" for number in TRUTH]


def test_figures_are_those_of_scikit_learn() -> None:
    """V-measure, which is NMI with the arithmetic mean, and the adjusted Rand index."""
    scores = score_clusterings(NAMES, [FOUND])
    assert scores.figure("v_measure").value == pytest.approx(v_measure_score(TRUTH, FOUND))
    assert scores.figure("v_measure").value == pytest.approx(
        normalized_mutual_info_score(TRUTH, FOUND)
    )
    assert scores.figure("ari").value == pytest.approx(adjusted_rand_score(TRUTH, FOUND))


def test_intervals_hold_the_figure_and_differences_are_paired() -> None:
    """Equal clusterings differ by nothing in every resample; a worse one is clearly worse."""
    one, same = score_clusterings(NAMES, [FOUND]), score_clusterings(NAMES, [FOUND])
    worse = score_clusterings(NAMES, [RNG.integers(0, 9, 300)])
    figure = one.figure("ari")
    assert figure.low < figure.value < figure.high
    assert not (one.ari - same.ari).any()
    assert np.quantile(one.ari - worse.ari, 0.025) > 0


def test_an_interval_of_many_small_classes_holds_the_figure() -> None:
    """Items drawn twice agree with themselves; that must not lift the interval off the figure."""
    truth = RNG.integers(0, 60, 300)
    found = np.where(RNG.random(300) < 0.5, truth, RNG.integers(0, 60, 300))
    scores = score_clusterings([str(name) for name in truth], [found])
    for name in ("v_measure", "ari"):
        figure = scores.figure(name)
        assert figure.low < figure.value < figure.high


def test_several_clusterings_are_averaged() -> None:
    """K-means from three starts counts as their mean."""
    both = score_clusterings(NAMES, [FOUND, TRUTH])
    one = score_clusterings(NAMES, [FOUND])
    assert both.figure("ari").value == pytest.approx((one.figure("ari").value + 1.0) / 2)


def test_clusters_that_are_the_truth_or_one_heap_have_the_known_values() -> None:
    """Perfect is 1 and 1; all in one cluster is 0 and 0."""
    assert agreement(np.diag([3.0, 4.0])) == pytest.approx((1.0, 1.0))
    assert agreement(np.array([[3.0], [4.0]])) == pytest.approx((0.0, 0.0))


@pytest.mark.parametrize("cluster", [k_means, agglomerative])
def test_separate_heaps_are_found(cluster: Cluster) -> None:
    """Three clouds far apart come out as three clusters, from every start."""
    centres = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]])
    truth = np.repeat([0, 1, 2], 20)
    vectors = centres[truth] + RNG.normal(0, 0.3, (60, 2))
    scores = {adjusted_rand_score(truth, found) for found in cluster(vectors, 3)}
    assert scores == {1.0}


def test_a_clustering_of_other_items_is_refused() -> None:
    """The error names both sizes."""
    with pytest.raises(ValueError, match="has 2 items, the truth 300"):
        score_clusterings(NAMES, [np.array([0, 1])])
