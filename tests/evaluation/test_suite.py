from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.evaluation.answers import Predictor
from sedno.evaluation.baselines import Baseline, LengthOnly, Majority, Tfidf
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.judge import Rules
from sedno.evaluation.provenance import Training, training_of
from sedno.evaluation.report.json_form import to_json
from sedno.evaluation.report.markdown import markdown
from sedno.evaluation.report.summary import summary
from sedno.evaluation.results import ArtefactIdentity, Report
from sedno.evaluation.suite import run_suite
from sedno.models.taxonomy import TASKS

BASELINES: tuple[Baseline, ...] = (Majority(), LengthOnly(), Tfidf())


Make = Callable[..., Predictor]


def evaluated(
    predictor: Predictor,
    root: Path,
    *,
    training: Training | None = None,
    names: list[str] | None = None,
) -> Report:
    """A small evaluation."""
    load = catalogue.reader(root)
    return run_suite(
        predictor,
        ArtefactIdentity("rules@1", "0" * 64),
        training or Training(),
        catalogue.build(names, load),
        load=load,
        baselines=lambda _: BASELINES,
        rules=Rules(replicates=100),
        progress=lambda _: None,
    )


@pytest.fixture(scope="module")
def report(predictor_by_words: Make, data_root: Path) -> Report:
    """One evaluation of all benchmarks that the tests here read."""
    return evaluated(predictor_by_words(), data_root)


def test_every_benchmark_is_judged_beside_every_baseline(report: Report) -> None:
    """Gold has all five tasks; each task has all baselines."""
    assert [result.name for result in report.benchmarks] == list(catalogue.BENCHMARKS)
    gold = report.benchmark("gold_dev")
    assert [task.task for task in gold.tasks] == [task.name for task in TASKS]
    for result in report.benchmarks:
        for task in result.tasks:
            assert [rival.system for rival in task.baselines] == [b.name for b in BASELINES]
            assert [d.than for d in task.differences] == [b.name for b in BASELINES]


def test_a_predictor_that_knows_the_words_is_right(report: Report) -> None:
    """Words give the labels away here, so every figure is 1."""
    gold = report.benchmark("gold_dev")
    assert [task.artefact.macro_f1.value for task in gold.tasks] == [1.0] * 5
    assert all(task.differences[0].macro_f1.low > 0 for task in gold.tasks)


def test_items_on_which_annotators_differ_are_left_out_and_counted(report: Report) -> None:
    """Four of forty sentiments differ; each annotator still has a figure over all forty."""
    sentiment = report.benchmark("gold_dev").tasks[2]
    assert (sentiment.items, sentiment.unlabelled) == (36, 4)
    against = {(a.system, a.annotator): a for a in sentiment.agreements}
    assert against["rules@1", "annotator A"].items == 40
    assert against["rules@1", "annotator B"].macro_f1.value < 1.0
    assert ("annotator B", "annotator A") in against


def test_a_blind_predictor_is_not_ahead(predictor_by_words: Make, data_root: Path) -> None:
    """One that always gives one label loses to tf-idf, clear of zero."""
    found = evaluated(predictor_by_words(blind=["question"]), data_root, names=["gold_dev"])
    question = found.benchmark("gold_dev").tasks[3]
    assert question.task == "question"
    ahead = {d.than: d.macro_f1 for d in question.differences}
    assert ahead["tf-idf"].high < 0.0
    assert not ahead["majority"].clear_of_zero


def test_items_the_recipe_admits_are_left_out_of_the_test(
    predictor_by_words: Make, data_root: Path
) -> None:
    """A model trained on two of three videos is judged on the third; baselines too."""
    training = training_of(
        {"stages": [{"data": [{"corpus": "youtube_spam_collection", "kinds_held_out": ["Raz"]}]}]}
    )
    found = evaluated(predictor_by_words(), data_root, training=training, names=["youtube_spam"])
    result = found.benchmark("youtube_spam")
    assert result.items == 20
    assert (result.leakage.may_have_seen, result.leakage.left_out) == (40, 40)
    assert not result.leakage.in_sample


def test_when_everything_was_seen_the_report_says_so_loudly(
    predictor_by_words: Make, data_root: Path
) -> None:
    """The figure stays and is marked as no measure of unseen text."""
    training = training_of({"stages": [{"data": [{"corpus": "spam_pl"}]}]})
    found = evaluated(predictor_by_words(), data_root, training=training, names=["spam_pl"])
    assert found.benchmark("spam_pl").leakage.in_sample
    assert "spam_pl (seen)" in summary(found)
    assert "not a measure of unseen text" in markdown(found)


def test_no_training_part_holds_a_test_text(report: Report) -> None:
    """The leakage line of every benchmark is zero."""
    assert [result.leakage.keys_in_training for result in report.benchmarks] == [0] * len(
        catalogue.BENCHMARKS
    )


def test_reports_hold_no_text_of_a_corpus(report: Report, data_root: Path) -> None:
    """Neither form quotes a comment, so that reports may be committed."""
    page, data = markdown(report), to_json(report)
    load = catalogue.reader(data_root)
    texts = [item.text for b in catalogue.build(None, load) for item in b.items]
    assert len(texts) > 200
    assert not [text for text in texts if text in page or text in data]


def test_the_page_names_machine_date_and_every_system(report: Report) -> None:
    """A reader can tell what was measured where and when."""
    page = markdown(report)
    for expected in (report.date, report.machine.cpu, "rules@1", "tf-idf", "length only"):
        assert expected in page
    assert " nan" not in page


def test_the_json_form_is_valid_and_complete(report: Report) -> None:
    """NaN and infinity, which JSON does not know, never get into it."""
    parsed = json.loads(to_json(report), parse_constant=pytest.fail)
    assert [b["name"] for b in parsed["benchmarks"]] == list(catalogue.BENCHMARKS)
    assert parsed["machine"]["cores"] >= 1


def test_slices_cover_length_source_and_sort(report: Report) -> None:
    """A figure that hides a bad part is taken apart."""
    gold = report.benchmark("gold_dev").tasks[0]
    assert {"length", "source"} <= {part.by for part in gold.slices}
    spam = report.benchmark("spam_pl").tasks[0]
    assert {part.name for part in spam.slices if part.by == "sort"} == {
        "spam",
        "hard negative",
        "ordinary",
    }


def test_the_abstain_band_is_the_artefacts_own(report: Report) -> None:
    """Coverage follows the review flags of the predictions."""
    gold = report.benchmark("gold_dev").tasks[0]
    assert 0.0 < gold.abstention.band.answered < 1.0
    assert gold.abstention.band.error == 0.0
    assert gold.abstention.at_98 == 1.0


def test_equal_runs_give_equal_reports(predictor_by_words: Make, data_root: Path) -> None:
    """Apart from times, a report can be made again to the last digit."""
    one, two = (
        evaluated(predictor_by_words(), data_root, names=["spam_pl"]).benchmarks[0].tasks
        for _ in range(2)
    )
    assert one == two
