"""A new model beside the one in use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.rows import CorpusError
from sedno.evaluation.answers import comment_of
from sedno.evaluation.compare import decision_set
from sedno.evaluation.compare_run import compare_files, newest


@pytest.fixture
def insulted(own_artifact: Path) -> Path:
    """The toy artefact under another name, which calls everything toxic."""
    path = own_artifact / "calibration.json"
    calibration = json.loads(path.read_text(encoding="utf-8"))
    calibration["toxicity"]["bias"] = [50.0, -50.0]
    path.write_text(json.dumps(calibration), encoding="utf-8")
    manifest = json.loads((own_artifact / "artifact.json").read_text(encoding="utf-8"))
    content = path.read_bytes()
    manifest["files"]["calibration.json"] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    manifest["name"], manifest["selftest"] = "insulted", []
    (own_artifact / "artifact.json").write_text(json.dumps(manifest), encoding="utf-8")
    return own_artifact


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    """Forty decisions, of which a quarter is held back for testing."""
    rows = [
        {
            "id": f"d{number}",
            "text": f"film numer {number} {'głupek' if number % 3 == 0 else 'zwykły'}",
            "labels": {"toxicity": "toxic" if number % 3 == 0 else "ok"},
            "split": "test" if number % 4 == 0 else "train",
        }
        for number in range(60)
    ]
    path = tmp_path / "decisions.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


def test_a_worse_model_is_called_worse(
    toy_artifact: Path, insulted: Path, data_root: Path, decisions: Path, tmp_path: Path
) -> None:
    """On gold and on held-back decisions alike; other tasks are untouched."""
    told: list[str] = []
    found = compare_files(
        str(toy_artifact),
        str(insulted),
        data=data_root,
        decisions=decisions,
        recent=decisions,
        output=tmp_path / "reports",
        threads=1,
        echo=told.append,
    )
    assert set(found.worse) == {("gold_dev", "toxicity"), ("decisions", "toxicity")}
    gold, decided = found.sets
    assert {task.task for task in gold.tasks} >= {"substance", "question", "toxicity"}
    assert [(task.task, task.items) for task in decided.tasks] == [("toxicity", 15)]
    changed = {one.task: one for one in found.disagreement}
    assert changed["toxicity"].items == 60
    assert changed["toxicity"].share == pytest.approx(40 / 60)
    assert changed["toxicity"].turned == (("ok", "toxic", 40),)
    assert changed["question"].share == 0.0
    assert "**Worse beyond chance:** toxicity on gold_dev" in told[0]
    written = sorted(path.suffix for path in (tmp_path / "reports").iterdir())
    assert written == [".json", ".md"]


@pytest.mark.parametrize("timed", [True, False])
def test_the_newest_comments_are_read(tmp_path: Path, timed: bool) -> None:
    """By their time, wherever they stand; without times the last rows. Each text once."""
    rows: list[dict[str, object]] = [
        {"id": str(number), "text": f"film {number}"} for number in range(40)
    ]
    if timed:
        for number, row in enumerate(rows):
            row["posted_at"] = f"2026-10-01T12:{59 - number:02}:00Z"
    rows.append({**rows[3 if timed else 39], "id": "again"})
    path = tmp_path / "comments.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    read = [comment.id for comment in newest(path, 4)]
    assert read == (["again", "2", "1", "0"] if timed else ["36", "37", "38", "again"])


def test_marks_are_filled_as_in_service(tmp_path: Path) -> None:
    """In recent comments and in decisions alike: a telephone number makes an advertisement."""
    path = tmp_path / "kept.jsonl"
    text = "dzwoń [telefon]"
    row = {"id": "1", "text": text, "labels": {"toxicity": "ok"}, "split": "test"}
    path.write_text(json.dumps(row), encoding="utf-8")
    (recent,) = newest(path)
    (decided,) = decision_set(path)[1]
    gold = Example(id="2", text=text, labels={"toxicity": "ok"}, corpus="gold")
    told = [recent.text, decided.text, comment_of(decided).text, comment_of(gold).text]
    assert set(told) == {"dzwoń 600 000 000"}


def test_a_model_is_no_better_than_itself(toy_artifact: Path, data_root: Path) -> None:
    """Nothing changes and nothing is claimed."""
    told: list[str] = []
    found = compare_files(
        str(toy_artifact),
        str(toy_artifact),
        data=data_root,
        decisions=None,
        recent=None,
        output=None,
        threads=1,
        echo=told.append,
    )
    assert not found.worse
    assert all(task.ahead.macro_f1.value == 0.0 for task in found.sets[0].tasks)
    assert "**No difference beyond chance**" in told[0]


def test_decisions_without_a_label_are_refused(toy_artifact: Path, tmp_path: Path) -> None:
    """The message names the file."""
    path = tmp_path / "empty.jsonl"
    path.write_text('{"id": "1", "text": "film"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"empty\.jsonl: no row has a label"):
        compare_files(
            str(toy_artifact),
            str(toy_artifact),
            data=None,
            decisions=path,
            recent=None,
            output=None,
            threads=1,
        )
