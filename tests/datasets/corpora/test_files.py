from __future__ import annotations

import json
from pathlib import Path

import pytest

from sedno.datasets.corpora.files import load_file
from sedno.datasets.corpora.rows import CorpusError


def write(path: Path, *rows: object) -> Path:
    """Writes rows as JSONL."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_gold_format_is_read(tmp_path: Path) -> None:
    """Own comments use the letters and numbers of the gold corpus."""
    row = {"id": "7", "text": "kiedy drugi sezon", "substance": "S", "spam": 0, "question": 1}
    (example,) = load_file(write(tmp_path / "mine.jsonl", {**row, "lang": "pl", "group": "p1"}))
    assert example.labels == {
        "substance": "substantive",
        "authenticity": "real",
        "question": "question",
    }
    assert (example.id, example.corpus, example.language, example.group) == (
        "7",
        "mine",
        "pl",
        "p1",
    )


def test_a_translation_is_kept(tmp_path: Path) -> None:
    """An English guide of the embedding reads it."""
    row = {"text": "kiedy drugi sezon", "question": 1, "english": "when is season two"}
    translated, plain = load_file(write(tmp_path / "mine.jsonl", row, {**row, "english": ""}))
    assert translated.meta == {"english": "when is season two"}
    assert plain.meta == {}


def test_the_taxonomys_words_are_read(tmp_path: Path) -> None:
    """Nobody needs to learn the short forms."""
    row = {"text": "super", "authenticity": "spam", "sentiment": "positive", "toxicity": "ok"}
    (example,) = load_file(write(tmp_path / "mine.jsonl", row))
    assert example.labels == {"authenticity": "spam", "sentiment": "positive", "toxicity": "ok"}


def test_answers_can_be_read_back(tmp_path: Path) -> None:
    """Decisions exported in the shape of an answer are training data."""
    labels = {"sentiment": {"label": "mixed", "scores": {}}, "question": "none"}
    (example,) = load_file(write(tmp_path / "mine.jsonl", {"text": "ok", "labels": labels}))
    assert example.labels == {"sentiment": "mixed", "question": "none"}


def test_csv_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    """A byte order mark, another delimiter, line breaks in cells and empty cells are usual."""
    path = tmp_path / "mine.csv"
    path.write_text(
        'text;spam;sentiment;split\r\n"dwie\nlinie";1;;dev\r\nsuper;;pos;\r\n', encoding="utf-8-sig"
    )
    first, second = load_file(path, delimiter=";")
    assert (first.text, first.labels, first.split) == (
        "dwie\nlinie",
        {"authenticity": "spam"},
        "dev",
    )
    assert (second.labels, second.split) == ({"sentiment": "positive"}, None)


def test_a_split_is_filtered(tmp_path: Path) -> None:
    """A file may hold its own test part."""
    path = write(
        tmp_path / "mine.jsonl",
        {"text": "a", "spam": 0, "split": "train"},
        {"text": "b", "spam": 0, "split": "test"},
    )
    assert [example.text for example in load_file(path, split="test")] == ["b"]


def test_rows_without_an_id_are_numbered(tmp_path: Path) -> None:
    """Every example can be named."""
    path = write(tmp_path / "mine.jsonl", {"text": "a", "spam": 0}, {"text": "b", "spam": 1})
    assert [example.id for example in load_file(path)] == ["1", "2"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "a", "sentiment": "happy"}, r"'sentiment' holds 'happy'; use one of neg"),
        ({"text": "a", "spam": 2}, r"'spam' holds 2"),
        ({"text": "a", "toxic": 0.5}, r"'toxic' holds 0\.5"),
        ({"text": "a", "labels": {"toxicity": "bad"}}, r"'toxicity' holds 'bad'"),
        ({"text": "a", "labels": "toxic"}, r"'labels' must be an object"),
        ({"text": "a", "spam": 1, "authenticity": "real"}, "contradict"),
        ({"text": " ", "spam": 1}, "'text' is missing or empty"),
        ({"spam": 1}, "'text' is missing or empty"),
        ({"text": "a", "spam": 1, "split": "validation"}, "'split' holds 'validation'"),
        ({"text": "a", "spam": 1, "weight": 3}, "weight must lie"),
    ],
)
def test_what_does_not_fit_names_line_and_field(
    row: dict[str, object], message: str, tmp_path: Path
) -> None:
    """A slip in row 2 of a long file is found from the error alone."""
    path = write(tmp_path / "mine.jsonl", {"text": "dobry", "spam": 0}, row)
    with pytest.raises(CorpusError, match=f"line 2.*{message}"):
        list(load_file(path))


def test_a_file_without_any_label_is_refused(tmp_path: Path) -> None:
    """A misspelt column would otherwise train on nothing, silently."""
    path = write(tmp_path / "mine.jsonl", {"text": "a", "sentimant": "pos"})
    with pytest.raises(CorpusError, match="no row has a label"):
        list(load_file(path))


@pytest.mark.parametrize("name", ["mine.xlsx", "missing.csv", "missing.jsonl"])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    """The error holds the path."""
    with pytest.raises(CorpusError, match=name):
        list(load_file(tmp_path / name))
