from __future__ import annotations

from pathlib import Path

import pytest

from sedno.datasets.corpora.rows import ROOT_VARIABLE, CorpusError, data_root, read_rows


def test_the_argument_wins_over_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said on the spot is meant."""
    monkeypatch.setenv(ROOT_VARIABLE, "elsewhere")
    assert data_root(tmp_path) == tmp_path


def test_the_variable_names_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder need not be repeated in every call."""
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    assert data_root() == tmp_path


@pytest.mark.parametrize("value", ["", "missing-folder"])
def test_a_missing_root_is_reported_with_its_remedy(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to read the source to learn where corpora are looked for."""
    monkeypatch.setenv(ROOT_VARIABLE, value)
    with pytest.raises(CorpusError, match=rf"root=.*--data FOLDER.*{ROOT_VARIABLE}"):
        data_root()


@pytest.mark.parametrize("line", ["{not json", "[1, 2]"])
def test_a_broken_line_is_named(line: str, tmp_path: Path) -> None:
    """A broken corpus file says where it is broken."""
    path = tmp_path / "data.jsonl"
    path.write_text('{"id": "1"}\n\n' + line + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="line 3"):
        list(read_rows(path))


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    """A trailing newline is not a row, and numbering counts lines."""
    path = tmp_path / "data.jsonl"
    path.write_text('\n{"id": "1"}\n\n', encoding="utf-8")
    assert list(read_rows(path)) == [(2, {"id": "1"})]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path tried stands in the error."""
    with pytest.raises(CorpusError, match="no-such"):
        list(read_rows(tmp_path / "no-such.jsonl"))
