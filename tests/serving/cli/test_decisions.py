from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.models.taxonomy import TASKS
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.review import acts
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment

LABELS = {task.name: task.labels[0] for task in TASKS}


@pytest.fixture
def decided(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """A database with one decision, named to commands."""
    anna = Actor("person", 1, "anna", Role.MODERATOR)
    with sqlite_database.transaction() as session:
        comment = StoredComment(
            source="s", external_id="c", text="Kiedy?", text_key="k", folded="kiedy", at=now(),
            state="classified", review_state="open", language="pl",
        )  # fmt: skip
        session.add(comment)
        session.flush()
        acts.decide(session, anna, comment.id, LABELS, version=1)
    monkeypatch.setenv("SEDNO_DATABASE_URL", str(sqlite_database.url))
    monkeypatch.setenv("SEDNO_DATA_DIR", str(tmp_path / "data"))
    return sqlite_database


@pytest.mark.usefixtures("decided")
def test_export_writes_a_set_and_what_it_holds(sedno: Callable[..., Any], tmp_path: Path) -> None:
    """The version is the hash of the very bytes; nothing half written is left."""
    done = sedno("decisions", "export", "--output", "d.jsonl")
    assert done.code == 0, done.err
    rows = (tmp_path / "d.jsonl").read_bytes()
    told = json.loads((tmp_path / "d.manifest.json").read_text())
    assert (told["rows"], told["sha256"]) == (1, hashlib.sha256(rows).hexdigest())
    assert json.loads(rows)["labels"] == LABELS
    assert f"1 decided comments (1 {next(iter(told['splits']))}) in d.jsonl" in done.out
    assert not list(tmp_path.glob("*.part"))
    assert sedno("decisions", "export", "--output", "d.csv").code == 2
    assert sedno("decisions", "export", "--output", "none/d.jsonl").code == 1


@pytest.mark.usefixtures("decided")
def test_list_prints_the_latest(sedno: Callable[..., Any]) -> None:
    """As a table, and as JSON with everything."""
    assert "anna" in sedno("decisions", "list").out
    assert json.loads(sedno("decisions", "list", "--json").out)[0]["labels"] == LABELS


def _answered(number: int, text: str, sure: float, *, state: str = "none") -> StoredComment:
    labels = {
        task.name: {
            "label": task.labels[0],
            "scores": dict.fromkeys(task.labels, (1 - sure) / (len(task.labels) - 1))
            | {task.labels[0]: sure},
        }
        for task in TASKS
    }
    return StoredComment(
        source="s" if number % 2 else "t", external_id=f"a-{number}", text=text,
        text_key=str(number), folded=text.lower(), at=now(), state="classified",
        review_state=state, language="pl",
        answer={"labels": labels},
    )  # fmt: skip


def test_choose_gives_what_is_doubted_most(
    decided: Database, sedno: Callable[..., Any], tmp_path: Path
) -> None:
    """The most doubtful first, copies once, nothing that somebody decided on."""
    with decided.transaction() as session:
        session.add_all(
            [
                _answered(1, "pewny", 0.99),
                _answered(2, "żaden pewniak", 0.6, state="open"),
                _answered(3, "żaden pewniak", 0.6),
                _answered(4, "trochę", 0.8),
                _answered(5, "rozstrzygnięty", 0.5, state="decided"),
            ]
        )
    done = sedno("decisions", "choose", "--count", "2", "--output", "next.jsonl")
    assert done.code == 0, done.err
    assert "2 comments to label in next.jsonl" in done.err
    rows = [json.loads(line) for line in (tmp_path / "next.jsonl").read_text().splitlines()]
    assert [row["text"] for row in rows] == ["żaden pewniak", "trochę"]
    assert rows[0]["doubt"] > rows[1]["doubt"] > 0
    assert set(rows[0]["labels"]) == {task.name for task in TASKS}
    of_one = [
        json.loads(line) for line in sedno("decisions", "choose", "--source", "s").out.splitlines()
    ]
    assert [row["id"] for row in of_one] == ["a-3", "a-1"]
    assert sedno("decisions", "choose", "--source", "nowhere").out == ""
    assert sedno("decisions", "choose", "--output", "none/x.jsonl").code == 1
