from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sedno.evaluation.answers import Predictor
from sedno.evaluation.baselines import Majority
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.bootstrap import Interval, confusion, macro_f1_of
from sedno.evaluation.floors import Floors, FloorsError, check_floors, read_floors
from sedno.evaluation.gate import (
    Breach,
    floor_breaches,
    gate,
    paired_change,
    regressions,
)
from sedno.evaluation.judge import Rules
from sedno.evaluation.outcomes import Outcomes
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.provenance import Training
from sedno.evaluation.results import ArtefactIdentity, Report
from sedno.evaluation.rivals.choose import NAMES
from sedno.evaluation.store import store_evaluation
from sedno.evaluation.stored import (
    MetricsError,
    StoredTask,
    read_stored,
    read_studies,
    stored_form,
)
from sedno.evaluation.studies.catalogue import STUDIES
from sedno.evaluation.suite import run_suite
from sedno.models.taxonomy import TASK_BY_NAME

RNG = np.random.default_rng(1)
TRUTH = RNG.integers(0, 2, 400)


def figures(right: float, *, seed: int = 0, truth: Any = TRUTH, **changes: Any) -> StoredTask:
    """Figures of a model that is right about that often."""
    rng = np.random.default_rng(seed)
    predicted = np.where(rng.random(len(truth)) < right, truth, 1 - truth)
    ids = [str(number) for number in range(len(truth))]
    value = float(macro_f1_of(confusion(truth, predicted, 2)))
    made = StoredTask(
        macro_f1=value,
        low=value - 0.03,
        high=value + 0.03,
        accuracy=float((truth == predicted).mean()),
        ece=0.02,
        items=len(truth),
        in_sample=False,
        baselines={"tf-idf": 0.8},
        labels=("substantive", "generic"),
        outcomes=Outcomes.of(ids, ids, truth, predicted),
    )
    return replace(made, **changes)


def reasons(task: StoredTask, floor: dict[str, Any]) -> list[str]:
    """Why the gate refuses a task with these figures."""
    stored = {"gold_dev": {"substance": task}}
    floors = Floors(floors={"gold_dev": {"substance": floor}})
    return [breach.reason for breach in floor_breaches(stored, floors)]


def test_a_model_above_its_floors_passes() -> None:
    """Every sort of floor reached gives no reason."""
    floor = {"macro_f1": 0.85, "accuracy": 0.85, "ece": 0.03, "ahead_of": ["tf-idf"]}
    assert reasons(figures(0.95), floor) == []


@pytest.mark.parametrize(
    ("task", "floor", "expected"),
    [
        (figures(0.8), {"macro_f1": 0.85}, "macro_f1 at least 0.850"),
        (figures(0.8), {"accuracy": 0.9}, "accuracy"),
        (figures(0.95, ece=0.06), {"ece": 0.03}, "0.060"),
        (figures(0.95, ece=None), {"ece": 0.03}, "not measured"),
        (figures(0.95, baselines={"tf-idf": 0.99}), {"ahead_of": ["tf-idf"]}, "ahead of tf-idf"),
        (figures(0.95), {"ahead_of": ["lexicon"]}, "not measured"),
        (figures(0.95, in_sample=True), {"macro_f1": 0.5}, "may have learned from"),
    ],
)
def test_each_missed_floor_is_told_with_both_figures(
    task: StoredTask, floor: dict[str, Any], expected: str
) -> None:
    """The reason says what is asked and what was measured."""
    (reason,) = reasons(task, floor)
    assert expected in reason


def test_a_goal_that_is_missed_ships_only_with_a_reason_and_stays_visible() -> None:
    """The gate lets it pass; the report still says that it is not reached and why."""
    goal = {"macro_f1": 0.99, "missed_because": "too little data"}
    stored = {"gold_dev": {"substance": figures(0.9)}}
    goals = Floors(goals={"gold_dev": {"substance": goal}})
    assert list(floor_breaches(stored, goals)) == []
    (check,) = check_floors(stored, goals)
    assert (check.level, check.reached) == ("goal", False)
    assert check.missed_because == "too little data"
    bare = Floors(goals={"gold_dev": {"substance": {"macro_f1": 0.99}}})
    assert len(list(floor_breaches(stored, bare))) == 1


def test_a_floor_has_no_excuse(tmp_path: Path) -> None:
    """A reason in a floor's table is refused when the file is read."""
    path = tmp_path / "floors.toml"
    path.write_text('[floor.gold_dev.substance]\nmacro_f1 = 0.9\nmissed_because = "x"\n')
    with pytest.raises(FloorsError, match=r"floor\.gold_dev\.substance.*make it a goal"):
        read_floors(path)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("[gold_dev.substance]\nmacro_f1 = 0.9", r"\[gold_dev\]"),
        ("[goal.gold_dev.substance]\nmacro_f2 = 0.9", "macro_f2"),
        ('[goal."robustness/gold_loss".typos]\nsubstance = 2', "at_most"),
    ],
)
def test_a_floor_nobody_would_check_is_refused(table: str, expected: str, tmp_path: Path) -> None:
    """A misspelt key or place cannot make a floor vanish."""
    path = tmp_path / "floors.toml"
    path.write_text(table + "\n")
    with pytest.raises(FloorsError, match=expected):
        read_floors(path)


def test_floors_of_one_label_of_a_part_and_of_a_clear_lead_are_held() -> None:
    """F1 comes from the outcomes, the part and the interval from what was stored."""
    task = figures(
        0.9,
        labels=("toxic", "ok"),
        ahead={"tf-idf": (0.1, -0.01, 0.2)},
        parts={"sort/hard negative": 0.9},
    )
    asked = {
        "positive_f1": 0.99,
        "parts": {"sort/hard negative": 0.96},
        "clearly_ahead_of": ["tf-idf"],
    }
    floors = Floors(floors={"cbd": {"toxicity": asked}})
    found = [str(breach) for breach in floor_breaches({"cbd": {"toxicity": task}}, floors)]
    assert len(found) == 3
    assert "F1 of toxic at least 0.990" in found[0]
    assert "measured: 0.900" in found[1]
    assert "[-0.010, +0.200]" in found[2]
    assert task.f1("toxic") == pytest.approx(
        f1_score(task.outcomes.truth_indices(), task.outcomes.predicted_indices(), pos_label=0)
    )


@pytest.mark.parametrize(
    ("measured", "breaches"),
    [
        ({"v_measure": 0.8, "loss": 1.0}, 0),
        ({"v_measure": 0.7, "loss": 1.0}, 1),
        ({"v_measure": 0.8, "loss": 3.0}, 1),
        ({"v_measure": 0.8}, 1),
        ({"v_measure": 0.8, "loss": 1.0, "seen": 1.0}, 1),
        (None, 1),
    ],
)
def test_studies_are_held_against_their_limits(
    measured: dict[str, float] | None, breaches: int
) -> None:
    """At least, at most, not measured, and measured on what was learned from."""
    asked = {"v_measure": {"at_least": 0.75}, "loss": {"at_most": 2.0}}
    floors = Floors(floors={"study/panel": {"subject": asked}})
    studies = {} if measured is None else {"study/panel": {"subject": measured}}
    assert len(list(floor_breaches({}, floors, studies))) == breaches


def test_a_floor_without_a_measurement_is_a_breach() -> None:
    """Not running a benchmark is no way past its floor."""
    (breach,) = floor_breaches({}, Floors({"gold_dev": {"toxicity": {"macro_f1": 0.7}}}))
    assert (breach.benchmark, breach.task) == ("gold_dev", "toxicity")
    assert "not measured" in str(breach)


def test_a_model_worse_beyond_noise_is_refused_and_noise_is_not() -> None:
    """Ten points down is a regression; a reshuffle of the same quality is none."""
    active = {"gold_dev": {"substance": figures(0.95)}}
    worse = {"gold_dev": {"substance": figures(0.85, seed=1)}}
    alike = {"gold_dev": {"substance": figures(0.95, seed=2)}}
    (breach,) = regressions(worse, active)
    assert "fell by" in breach.reason
    assert list(regressions(alike, active)) == []
    assert list(regressions(active, worse)) == []


def test_a_benchmark_that_is_no_longer_measured_is_a_breach() -> None:
    """A candidate cannot drop the test it would fail."""
    active = {"gold_dev": {"substance": figures(0.95)}}
    (breach,) = regressions({}, active)
    assert isinstance(breach, Breach)


def test_models_measured_on_other_items_are_compared_by_their_intervals() -> None:
    """Without pairs the candidate's interval must reach the active figure."""
    active = {"gold_dev": {"substance": figures(0.95)}}
    other = RNG.integers(0, 2, 300)
    near = figures(0.93, seed=3, truth=other)
    far = figures(0.80, seed=3, truth=other)
    assert paired_change(near, active["gold_dev"]["substance"]) is None
    assert list(regressions({"gold_dev": {"substance": near}}, active)) == []
    (breach,) = regressions({"gold_dev": {"substance": far}}, active)
    assert "on other items" in breach.reason


def test_one_false_alarm_where_nothing_is_spam_is_no_regression() -> None:
    """Where one label is ever right, accuracy is compared: macro-F1 would halve."""
    none = np.zeros(400, dtype=np.int64)
    active = {"gold_dev": {"authenticity": figures(1.0, truth=none)}}
    wrong = none.copy()
    wrong[:5] = 1
    ids = [str(number) for number in range(400)]
    alarms = figures(1.0, truth=none, macro_f1=0.497, outcomes=Outcomes.of(ids, ids, none, wrong))
    change = paired_change(alarms, active["gold_dev"]["authenticity"])
    assert change is not None
    assert change.value == pytest.approx(-5 / 400)


@pytest.fixture(scope="module")
def report(predictor_by_words: Callable[..., Predictor], data_root: Path) -> Report:
    """A small evaluation."""
    load = catalogue.reader(data_root)
    return run_suite(
        predictor_by_words(blind=["toxicity"]),
        ArtefactIdentity("rules@1", "0" * 64),
        Training(),
        catalogue.build(["gold_dev", "youtube_spam"], load),
        load=load,
        baselines=lambda _: (Majority(),),
        rules=Rules(replicates=50),
        progress=lambda _: None,
    )


def artefact(folder: Path, report: Report) -> Path:
    """A folder with the little of an artefact that the gate looks at."""
    (folder / "metrics.json").write_text('{"held_back_macro_f1": {}}', encoding="utf-8")
    (folder / "artifact.json").write_text('{"format": 1, "files": {}}', encoding="utf-8")
    store_evaluation(folder, report)
    return folder


def test_stored_figures_are_read_back(report: Report, tmp_path: Path) -> None:
    """What is stored in an artefact is what the report holds."""
    stored = read_stored(artefact(tmp_path, report) / "metrics.json")
    task = report.benchmark("gold_dev").tasks[0]
    assert stored["gold_dev"]["substance"].macro_f1 == pytest.approx(task.artefact.macro_f1.value)
    assert stored["gold_dev"]["substance"].outcomes == task.outcomes
    assert stored["youtube_spam"]["authenticity"].baselines.keys() == {"majority"}


def test_storing_keeps_what_training_wrote_and_renews_the_hash(
    report: Report, tmp_path: Path
) -> None:
    """The artefact stays whole: its manifest knows the new metrics file."""
    folder = artefact(tmp_path, report)
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert metrics.keys() == {"held_back_macro_f1", "evaluation"}
    record = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))["files"]
    assert record["metrics.json"]["bytes"] == (folder / "metrics.json").stat().st_size


def test_the_card_shows_what_is_stored(report: Report, tmp_path: Path) -> None:
    """Between its marks, all benchmarks, once; what stands around them stays."""
    card = tmp_path / "MODEL_CARD.md"
    card.write_text("# m\n<!-- evaluation -->\nnone\n<!-- /evaluation -->\n## end\n", "utf-8")
    folder = artefact(tmp_path, report)
    first = card.read_text(encoding="utf-8")
    store_evaluation(folder, replace(report, benchmarks=report.benchmarks[:1]))
    assert card.read_text(encoding="utf-8") == first
    assert first.startswith("# m\n<!-- evaluation -->\nMeasured on ")
    assert first.endswith("<!-- /evaluation -->\n## end\n")
    figure = report.benchmark("gold_dev").tasks[0].artefact.macro_f1.value
    assert f"{figure:.3f} (" in next(x for x in first.splitlines() if "| gold_dev" in x)
    assert "| youtube_spam (seen" in first or "| youtube_spam |" in first
    record = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))["files"]
    assert record["MODEL_CARD.md"]["bytes"] == card.stat().st_size


def test_the_gate_refuses_an_artefact_with_a_blind_task(report: Report, tmp_path: Path) -> None:
    """Floors are looked up in the stored figures of the folder."""
    floors = Floors({"gold_dev": {n: {"macro_f1": 0.6} for n in ("substance", "toxicity")}})
    breaches = gate(artefact(tmp_path, report), floors=floors)
    assert [breach.task for breach in breaches] == ["toxicity"]


def test_a_figure_changed_by_hand_is_found_out(report: Report, tmp_path: Path) -> None:
    """A macro-F1 that the stored answers do not give is refused."""
    path = artefact(tmp_path, report) / "metrics.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["evaluation"]["benchmarks"]["gold_dev"]["toxicity"]["macro_f1"] = 0.99
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(MetricsError, match=r"gold_dev\.toxicity.*changed by hand"):
        read_stored(path)


@pytest.mark.parametrize("content", [None, "no json", "{}", '{"evaluation": {}}'])
def test_missing_figures_say_how_to_get_them(content: str | None, tmp_path: Path) -> None:
    """No evaluation stored: the error names the command."""
    path = tmp_path / "metrics.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(MetricsError, match="sedno evaluate"):
        read_stored(path)


def test_stored_figures_hold_no_text(report: Report, data_root: Path) -> None:
    """Only positions, figures and a hash travel with the artefact."""
    stored = json.dumps(stored_form(report), ensure_ascii=False)
    load = catalogue.reader(data_root)
    texts = [item.text for item in load("gold_pl")]
    assert not [text for text in texts if text in stored]


def test_the_floors_of_the_package_name_real_benchmarks_tasks_and_baselines() -> None:
    """A typo in the file cannot make a floor vanish."""
    asked = read_floors()
    assert asked.floors
    assert asked.goals
    for table in (asked.floors, asked.goals):
        for benchmark, tasks in table.items():
            study, slash, _ = benchmark.partition("/")
            assert study in (STUDIES if slash else catalogue.BENCHMARKS)
            for task, floor in tasks.items():
                if not slash:
                    assert task in TASK_BY_NAME
                    named = {*floor.get("ahead_of", ()), *floor.get("clearly_ahead_of", ())}
                    assert named <= set(NAMES)


def test_a_benchmark_run_again_alone_keeps_the_other_figures(
    report: Report, tmp_path: Path
) -> None:
    """Of equal weights only what was measured again is replaced; other weights start anew."""
    folder = artefact(tmp_path, report)
    store_evaluation(folder, replace(report, benchmarks=report.benchmarks[:1]))
    assert read_stored(folder / "metrics.json").keys() == {"gold_dev", "youtube_spam"}
    other = replace(report, artefact=ArtefactIdentity("rules@1", "1" * 64))
    store_evaluation(folder, replace(other, benchmarks=report.benchmarks[:1]))
    assert read_stored(folder / "metrics.json").keys() == {"gold_dev"}


def test_figures_of_studies_are_stored_and_read_back(report: Report, tmp_path: Path) -> None:
    """Under study and panel, by subject, with a mark where the artefact may have learned."""
    row = Row("banking77", {"v_measure": Interval(0.7, 0.6, 0.8)}, seen=True)
    study = StudyResult("embedding", "", "", (Panel("clusters", "", (row,)),))
    folder = artefact(tmp_path, replace(report, studies=(study,)))
    assert read_studies(folder / "metrics.json") == {
        "embedding/clusters": {"banking77": {"v_measure": 0.7, "seen": 1.0}}
    }
