from __future__ import annotations

from sedno.evaluation.topics.scores import NOWHERE, agree, kept_ids, majority, precision_recall


def test_perfect_topics_agree_perfectly() -> None:
    """Whatever the topics are called."""
    found = agree(["a", "a", "b", "b"], ["x", "x", "y", "y"])
    assert (found.v_measure, found.ari, found.topics, found.unassigned) == (1.0, 1.0, 2, 0.0)


def test_what_has_no_topic_counts_as_one_cluster() -> None:
    """Leaving questions out is no way to score."""
    found = agree(["a", "a", "b", "b"], ["x", NOWHERE, NOWHERE, "y"])
    assert found.v_measure < 0.8
    assert found.unassigned == 0.5
    assert found.topics == 2


def test_a_topic_stands_for_what_most_of_it_asks() -> None:
    """And nothing stands for no topic."""
    assert majority(["a", "a", "b", "b"], ["x", "x", "x", NOWHERE]) == {"x": "a"}


def test_announced_topics_are_held_against_new_intents() -> None:
    """Two right of three, two of four noticed."""
    assert precision_recall(["a", "b", None], ["a", "b", "c", "d"]) == (2, 3, 2, 4)


def test_surviving_topics_are_those_that_most_of_went_together() -> None:
    """One kept its id, one was renamed, one fell apart."""
    before = {"1": "t1", "2": "t1", "3": "t2", "4": "t2", "5": "t3", "6": "t3"}
    after = {"1": "t1", "2": "t1", "3": "t9", "4": "t9", "5": "t5", "6": "t6", "7": "t1"}
    assert kept_ids(before, after) == (1, 2)
