from __future__ import annotations

import json
from pathlib import Path

import pytest

from sedno.datasets.corpora.registry import load
from sedno.datasets.corpora.rows import CorpusError
from sedno.evaluation.benchmarks.catalogue import UnknownBenchmarkError
from sedno.evaluation.floors import Floors
from sedno.evaluation.gate import gate
from sedno.evaluation.run import evaluate
from sedno.evaluation.studies.catalogue import STUDIES
from sedno.models.artifact import Artifact, ArtifactError


def test_an_artefact_is_evaluated_and_dated_files_are_written(
    toy_artifact: Path, data_root: Path, tmp_path: Path
) -> None:
    """From the folder of an artefact to the table on the terminal and the report on disk."""
    lines: list[str] = []
    report = evaluate(
        toy_artifact,
        data=data_root,
        output=tmp_path / "reports",
        replicates=50,
        threads=1,
        untouched=False,
        cache=tmp_path / "cache",
        echo=lines.append,
    )
    gold = report.benchmark("gold_dev")
    assert all(task.artefact.macro_f1.value > 0.95 for task in gold.tasks)
    assert gold.leakage.trained_on == ("gold_pl",)
    assert not gold.leakage.in_sample
    written = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert written == [f"{report.date}-evaluate.{form}" for form in ("html", "json", "md")]
    assert [study.name for study in report.studies] == list(STUDIES)
    assert any("gold_dev" in line and "substance" in line for line in lines)
    assert str(tmp_path / "reports" / written[0]) in "\n".join(lines)


def test_the_page_names_no_folder_of_this_machine(
    toy_artifact: Path, data_root: Path, tmp_path: Path
) -> None:
    """Reports are committed: neither the corpora's nor the artefact's place is in them."""
    evaluate(
        toy_artifact,
        data=data_root,
        output=tmp_path,
        benchmarks=["spam_pl"],
        replicates=10,
        untouched=False,
        cache=tmp_path / "cache",
        echo=lambda _: None,
    )
    written = list(tmp_path.glob("*-evaluate-spam_pl.*"))
    assert len(written) == 3
    for path in written:
        content = path.read_text(encoding="utf-8")
        assert str(data_root) not in content
        assert str(toy_artifact.parent) not in content


def test_only_the_benchmarks_asked_for_run_and_baselines_can_be_left_out(
    toy_artifact: Path, data_root: Path
) -> None:
    """A quick look at one figure needs no training of baselines, and writes nothing."""
    report = evaluate(
        toy_artifact,
        data=data_root,
        output=None,
        benchmarks=["youtube_spam"],
        baselines=False,
        untouched=False,
        replicates=10,
        echo=lambda _: None,
    )
    (result,) = report.benchmarks
    assert result.name == "youtube_spam"
    assert result.tasks[0].baselines == ()


def test_a_stored_evaluation_leaves_the_artefact_whole_and_feeds_the_gate(
    own_artifact: Path, data_root: Path
) -> None:
    """Hashes still fit, the name of what answers stays, and the gate reads the figures."""
    kept = [
        evaluate(
            own_artifact,
            data=data_root,
            output=None,
            benchmarks=["gold_dev"],
            baselines=False,
            untouched=False,
            store=True,
            replicates=10,
            echo=lambda _: None,
        ).artefact
        for _ in range(2)
    ]
    assert kept[0] == kept[1]
    assert list(Artifact.load(own_artifact).problems()) == []
    metrics = json.loads((own_artifact / "metrics.json").read_text(encoding="utf-8"))
    assert "quantisation" in metrics
    floors = Floors({"gold_dev": {"substance": {"macro_f1": 0.95}}})
    assert gate(own_artifact, floors=floors) == []


def test_unknown_benchmarks_are_refused_before_any_work(toy_artifact: Path) -> None:
    """Even where there are no corpora."""
    with pytest.raises(UnknownBenchmarkError, match="'gold'"):
        evaluate(toy_artifact, data="nowhere", output=None, benchmarks=["gold"])


def test_missing_corpora_and_artefacts_are_named(toy_artifact: Path, tmp_path: Path) -> None:
    """The error says which folder does not hold what is needed."""
    with pytest.raises(CorpusError, match="nowhere"):
        evaluate(toy_artifact, data="nowhere", output=None, untouched=False, echo=lambda _: None)
    with pytest.raises(ArtifactError, match="empty"):
        evaluate(tmp_path / "empty", data=tmp_path, output=None, echo=lambda _: None)


def test_texts_of_mistakes_enter_the_local_page_alone(
    own_artifact: Path, data_root: Path, tmp_path: Path
) -> None:
    """The page asked for quotes what went wrong; the forms that are committed quote nothing."""
    report = evaluate(
        own_artifact,
        data=data_root,
        output=tmp_path,
        benchmarks=["cbd", "umsab"],
        baselines=False,
        untouched=False,
        with_texts=True,
        replicates=10,
        echo=lambda _: None,
    )
    mistakes = [m for result in report.benchmarks for task in result.tasks for m in task.mistakes]
    assert mistakes
    texts = {
        example.text
        for corpus in ("cbd_poleval2019", "umsab_xlmt")
        for example in load(corpus, data_root)
    }
    pages = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*-evaluate-*")}
    quoting = [name for name, page in pages.items() if any(text in page for text in texts)]
    assert quoting == [f"{report.date}-evaluate-cbd+umsab-with-texts.html"]
    assert "do not publish" in pages[quoting[0]]
