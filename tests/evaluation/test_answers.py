from __future__ import annotations

import numpy as np
import pytest

from sedno.datasets.corpora.example import Example
from sedno.evaluation.answers import (
    artefact_answers,
    baseline_answers,
    comment_of,
    indices,
    truth_of,
)
from sedno.evaluation.baselines import Majority
from sedno.evaluation.benchmarks.benchmark import Benchmark, Fold
from sedno.models.prediction import Answer, Prediction

SCORES = {"negative": 0.1, "neutral": 0.2, "positive": 0.3, "mixed": 0.4}


def item(number: int, label: str | None) -> Example:
    """An item with a sentiment, or none."""
    labels = {} if label is None else {"sentiment": label}
    return Example(str(number), f"tekst {number}", labels, "test", language="pl", context="post")


def test_scores_are_compared_inside_the_labels_that_annotators_had() -> None:
    """Three polarities: the model's mixed is left out and the rest rescaled."""
    prediction = Prediction(
        "1", "pl", {"sentiment": Answer("mixed", SCORES, review=False)}, "model@1"
    )
    found = artefact_answers(
        "model", [prediction], "sentiment", ("negative", "neutral", "positive")
    )
    assert found.answers.probabilities[0] == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    assert found.answers.predicted.tolist() == [2]


def test_a_comment_without_an_answer_counts_as_left_to_a_person() -> None:
    """It is not lost: equal scores, inside the abstain band."""
    prediction = Prediction("1", None, {}, "model@1", error="empty_text: nothing")
    found = artefact_answers("model", [prediction], "question", ("question", "none"))
    assert found.answers.probabilities.tolist() == [[0.5, 0.5]]
    assert found.review.tolist() == [True]


def test_labels_that_do_not_count_are_no_truth() -> None:
    """Missing and out-of-space labels are -1."""
    labels = [{"sentiment": "positive"}, {}, {"sentiment": "mixed"}]
    assert indices(labels, "sentiment", ("negative", "positive")).tolist() == [1, -1, -1]


def test_the_product_is_not_told_the_language() -> None:
    """It has to find it, as with a real comment; the context it gets."""
    comment = comment_of(item(1, "positive"))
    assert comment.language is None
    assert comment.context == "post"


def test_baselines_learn_in_each_fold_afresh() -> None:
    """Majority of the fold's own training part, in the order of the items."""
    folds = (
        Fold("one", (item(1, "negative"), item(2, "negative")), (item(3, "positive"),)),
        Fold("two", (item(4, "positive"), item(5, None)), (item(6, "negative"), item(7, None))),
    )
    benchmark = Benchmark("b", "B", "", ("sentiment",), folds)
    answers = baseline_answers(benchmark, Majority())["sentiment"]
    assert answers.predicted.tolist() == [0, 2, 2]
    assert not answers.calibrated
    assert truth_of(benchmark, "sentiment").index.tolist() == [2, 0, -1]


def test_a_task_that_a_fold_cannot_teach_is_missing() -> None:
    """No made-up answers for the fold that knows nothing."""
    folds = (
        Fold("one", (item(1, "negative"),), (item(2, "positive"),)),
        Fold("two", (item(3, None),), (item(4, "negative"),)),
    )
    benchmark = Benchmark("b", "B", "", ("sentiment",), folds)
    assert baseline_answers(benchmark, Majority()) == {}
    assert np.array_equal(truth_of(benchmark, "sentiment").index, [2, 0])
