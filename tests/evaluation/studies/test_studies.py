from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.judge import Rules
from sedno.evaluation.provenance import training_of
from sedno.evaluation.robustness import study as robustness
from sedno.evaluation.studies import embedding, faithfulness, quantisation, unfamiliar
from sedno.evaluation.studies.setting import Setting
from sedno.models.classifier import Classifier
from sedno.models.prediction import Answer, Span

NICHES = {"stages": [{"data": [{"corpus": "questions_pl", "kinds_held_out": ["kawa"]}]}]}


@pytest.fixture(scope="module")
def setting(toy_artifact: Path, data_root: Path) -> Iterator[Setting]:
    """The toy artefact, trained on questions but for one niche."""
    with Classifier(toy_artifact, threads=1) as classifier:
        yield Setting(
            reader=classifier,
            system="toy@1",
            calibration=classifier.artifact.calibration,
            metrics=classifier.artifact.metrics(),
            training=training_of(NICHES),
            load=catalogue.reader(data_root),
            rules=Rules(replicates=100),
            untouched=None,
            progress=lambda _: None,
        )


def test_the_cost_of_every_perturbation_is_told_by_task(setting: Setting) -> None:
    """A model that knows whole words loses by typos, and not by emoji nor by capitals."""
    result = robustness.run(setting)
    panels = {panel.key: panel for panel in result.panels}
    assert panels.keys() == {"gold_loss", "gold_ece", "spam_loss", "spam_ece"}
    loss = {row.subject: row.figures for row in panels["gold_loss"].rows}
    assert loss["no_emoji"]["toxicity"].value == 0.0
    assert loss["upper_case"]["toxicity"].value == 0.0
    assert max(figure.value for figure in loss["elongation"].values()) > 10.0
    assert {"typos", "no_diacritics"} <= loss.keys()
    notes = {row.subject: row.note for row in panels["gold_loss"].rows}
    assert notes["no_emoji"] == "0 % of comments changed"
    assert notes["upper_case"] == "100 % of comments changed"
    assert panels["gold_ece"].rows[0].subject == "as written"


def test_only_held_out_niches_are_clustered_and_the_untouched_encoder_stands_beside(
    setting: Setting,
) -> None:
    """A perfect embedding against one of noise: the gain is told with its interval."""
    rng = np.random.default_rng(0)
    beside = replace(setting, untouched=lambda texts: rng.normal(size=(len(texts), 8)))
    clusters, gain = embedding.run(beside).panels
    rows = {row.subject: row for row in clusters.rows}
    assert rows["questions_pl artefact"].figures["v_measure"].value == pytest.approx(1.0)
    assert rows["questions_pl artefact"].note.startswith("50 questions, 1 niches")
    assert rows["banking77 untouched"].figures["ari"].value < 0.5
    gains = {row.subject: row.figures for row in gain.rows}
    assert gains["banking77"]["v_measure"].low > 0.0
    assert not any(row.seen for row in clusters.rows)


def test_where_no_niche_is_held_out_the_figure_is_marked_as_seen(setting: Setting) -> None:
    """Also Banking77, once a recipe trains on it."""
    recipe = {"stages": [{"data": [{"corpus": "questions_pl"}, {"corpus": "banking77"}]}]}
    (panel,) = embedding.run(replace(setting, training=training_of(recipe))).panels
    rows = {row.subject: row for row in panel.rows}
    assert rows["questions_pl artefact"].seen
    assert "(seen)" in rows["questions_pl artefact"].note
    assert rows["banking77 artefact"].seen
    assert not rows["clinc150 artefact"].seen


def test_marked_words_carry_the_answer_more_than_random_ones(setting: Setting) -> None:
    """Words give the toy artefact's labels away, so taking them out must show."""
    (panel,) = faithfulness.run(setting).panels
    rows = {row.subject: row.figures for row in panel.rows}
    assert rows["toxicity"]["marked"].value > rows["toxicity"]["random"].value
    assert rows["all tasks"]["more"].low > 0.0
    assert rows["all tasks"]["more"].value == pytest.approx(
        rows["all tasks"]["marked"].value - rows["all tasks"]["random"].value
    )


def test_erasing_takes_the_marked_words_and_as_many_random_ones() -> None:
    """A span that cuts into a word takes the whole word; weights against do not count."""
    spans = (Span(6, 11, "fatal", 0.4), Span(0, 2, "To", -0.2))
    answer = Answer("negative", {"negative": 0.9, "positive": 0.1}, review=False, spans=spans)
    trial = faithfulness.erase(3, "To są fatalne czasy", "sentiment", answer)
    assert trial is not None
    assert trial.marked == "To są czasy"
    assert {len(other.split()) for other in trial.others} == {3}


@pytest.mark.parametrize("spans", [(), (Span(0, 9, "bez słowa", 0.5),)])
def test_nothing_or_everything_marked_cannot_be_tested(spans: tuple[Span, ...]) -> None:
    """There is no word to take out, or none to keep."""
    answer = Answer("negative", {"negative": 0.9}, review=False, spans=spans)
    assert faithfulness.erase(0, "bez słowa", "sentiment", answer) is None


def test_the_mean_and_the_worst_task_of_every_integer_form_are_told(setting: Setting) -> None:
    """As the artefact's export measured it; nothing where it did not."""
    gaps = {"a": {"loss": 0.001, "disagreement": 0.02}, "b": {"loss": 0.004, "disagreement": 0.0}}
    found = quantisation.run(replace(setting, metrics={"quantisation": {"int7": gaps}}))
    rows = {row.subject: row.figures for row in found.panels[0].rows}
    mean, worst = rows["int7 all tasks"], rows["int7 worst task"]
    assert mean["macro_f1_lost"].value == pytest.approx(0.0025)
    assert mean["labels_changed"].value == pytest.approx(0.01)
    assert (worst["macro_f1_lost"].value, worst["labels_changed"].value) == (0.004, 0.02)
    assert quantisation.run(replace(setting, metrics={})).panels[0].rows == ()


@pytest.mark.parametrize(("vnni", "warned"), [(True, False), (False, True), (None, False)])
def test_int8_measured_without_vnni_is_told(
    setting: Setting, vnni: bool | None, warned: bool
) -> None:
    """Such figures are not what other processors would answer; older artefacts do not say."""
    metrics = {} if vnni is None else {"measured_with_vnni": vnni}
    protocol = quantisation.run(replace(setting, metrics=metrics)).protocol
    assert ("without VNNI" in protocol) == warned


def test_caveats_are_counted_on_comments_and_on_other_texts(setting: Setting) -> None:
    """The toy knows no region of familiar texts, only that it has learned two languages."""
    comments, others = unfamiliar.run(setting).panels
    found = {row.subject: row.figures["with a caveat"].value for row in others.rows}
    assert found["unsupported language"] > 0.7
    assert found["law"] < 0.2
    assert 0.0 < found["all"] < found["unsupported language"]
    subjects = [row.subject for row in comments.rows]
    assert subjects[0] == "gold dev"
    assert len(subjects) > 1
    assert all(subject.startswith("gold dev, ") for subject in subjects[1:])


def test_caveats_on_kinds_of_spam_that_were_held_out(setting: Setting) -> None:
    """They are comments too, and must not raise a caveat for being spam."""
    kind = next(example.kind for example in setting.load("spam_pl"))
    held = {"stages": [{"data": [{"corpus": "spam_pl", "kinds_held_out": [kind]}]}]}
    comments, _ = unfamiliar.run(replace(setting, training=training_of(held))).panels
    assert comments.rows[-1].subject == "authored spam, kinds held out"


def test_unfamiliar_texts_are_many_of_each_kind() -> None:
    """So that a share of a kind means something, and none counts twice."""
    texts = unfamiliar.read_texts()
    kinds = Counter(record["kind"] for record in texts)
    assert min(kinds.values()) >= 8
    assert len({record["text"] for record in texts}) == len(texts)
