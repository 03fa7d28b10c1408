from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own for what is kept."""
    monkeypatch.setenv("SEDNO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SEDNO_DATABASE_URL", raising=False)


def test_a_file_is_worked_on_without_a_server(sedno: Any, toy: Path, tmp_path: Path) -> None:
    """Added, worked on, shown and written out, each by its command."""
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,Kiedy drugi sezon?\n2,\n", encoding="utf-8")
    added = sedno("jobs", "add", path, "--source", "sklep")
    assert (added.code, added.out) == (0, "1\n"), added.err
    worked = sedno("jobs", "work", "--until-empty", "--model", toy, "--threads", "1")
    assert worked.code == 0, worked.err
    assert "job_done" in worked.err
    shown = json.loads(sedno("jobs", "show", "1").out)
    assert (shown["state"], shown["counts"]) == ("done", {"stored": 1, "rejected": 1})
    rows = list(csv.DictReader(io.StringIO(sedno("jobs", "results", "1", "--format", "csv").out)))
    assert [row["outcome"] for row in rows] == ["stored", "rejected"]
    assert rows[0]["source"] == "sklep"
    listed = sedno("jobs", "list")
    assert listed.out.splitlines()[1].split()[:2] == ["1", "done"]
    again = sedno("jobs", "add", "--all", "--again")
    assert (again.code, again.out) == (0, "2\n")
    assert sedno("jobs", "cancel", "2").code == 0
    assert json.loads(sedno("jobs", "list", "--json").out)[0]["state"] == "cancelled"
    assert sedno("jobs", "retry", "2").code == 0


def test_mistakes_are_told(sedno: Any, tmp_path: Path) -> None:
    """A job that is none, and a command line that says nothing or too much."""
    missing = sedno("jobs", "show", "7")
    assert (missing.code, "there is no job 7" in missing.err) == (1, True)
    assert sedno("jobs", "add").code == 2
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,a\n", encoding="utf-8")
    assert sedno("jobs", "add", path, "--all").code == 2


def test_the_database_tells_what_is_in_it(sedno: Any) -> None:
    """Made by one command, described by the other; without a password."""
    assert sedno("db", "status").code == 1
    assert sedno("db", "migrate").code == 0
    found = json.loads(sedno("db", "status", "--json").out)
    assert found["revision"] == found["newest"]
    assert found["rows"]["comments"] == 0
