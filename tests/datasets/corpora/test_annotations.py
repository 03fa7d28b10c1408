"""Labels kept without the texts they were read off."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from sedno.datasets.corpora.annotations import load_annotations
from sedno.datasets.corpora.rows import CorpusError

HEADER = "corpus\tid\tsubstance\tspam\tsentiment\tquestion\ttoxic\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of corpora with two unlabelled comments of a fan page."""
    folder = tmp_path / "corpora" / "pl_facebook_series"
    folder.mkdir(parents=True)
    rows = [
        {
            "id": f"plfb-{number}",
            "text": text,
            "label": None,
            "lang": "pl",
            "source": "test",
            "split": None,
            "author": "u_1",
            "date": "2017-01-01T00:00:00+0000",
            "post_id": "1",
            "page": "Serial",
            "post_text": "Nowy odcinek",
        }
        for number, text in enumerate(("kiedy kolejny odcinek", "nuda, ale muzyka piękna"))
    ]
    with gzip.open(folder / "data.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path / "corpora"


def _write(tmp_path: Path, lines: str) -> Path:
    path = tmp_path / "round1.tsv"
    path.write_text(HEADER + lines, encoding="utf-8")
    return path


def test_labels_meet_their_texts(tmp_path: Path, root: Path) -> None:
    """The text comes from the corpus, the labels from the file; an empty cell is no label."""
    lines = "pl_facebook_series\tplfb-1\tS\t0\tmix\t\t0\n"
    (example,) = load_annotations(_write(tmp_path, lines), root)
    assert example.text == "nuda, ale muzyka piękna"
    assert example.labels == {
        "substance": "substantive",
        "authenticity": "real",
        "sentiment": "mixed",
        "toxicity": "ok",
    }
    assert (example.corpus, example.kind) == ("round1", "pl_facebook_series")


def test_a_comment_the_corpus_lacks_is_named(tmp_path: Path, root: Path) -> None:
    """An id that is not there means another version of the corpus, and is not passed over."""
    lines = "pl_facebook_series\tplfb-9\tS\t0\tneu\t0\t0\n"
    with pytest.raises(CorpusError, match="no comment 'plfb-9'"):
        list(load_annotations(_write(tmp_path, lines), root))


def test_an_unknown_value_is_named(tmp_path: Path, root: Path) -> None:
    """The message names the comment, the field and the value."""
    lines = "pl_facebook_series\tplfb-1\tS\t0\tsad\t0\t0\n"
    with pytest.raises(CorpusError, match="plfb-1: field 'sentiment' holds 'sad'"):
        list(load_annotations(_write(tmp_path, lines), root))


def test_licences_leave_corpora_out(tmp_path: Path, root: Path) -> None:
    """The fan page names no licence, so "open" alone leaves its comments out."""
    lines = "pl_facebook_series\tplfb-1\tS\t0\tmix\t0\t0\n"
    path = _write(tmp_path, lines)
    assert list(load_annotations(path, root, licences=("open",))) == []
    assert len(list(load_annotations(path, root))) == 1


def test_evaluation_corpora_cannot_be_annotated_for_training(tmp_path: Path, root: Path) -> None:
    """A corpus that may not train is refused by name."""
    lines = "c3_constructive\tc3-1\tS\t0\tneu\t0\t0\n"
    with pytest.raises(CorpusError, match="c3_constructive"):
        list(load_annotations(_write(tmp_path, lines), root))


def test_a_row_whose_own_label_says_nothing_is_annotated_all_the_same(
    tmp_path: Path, root: Path
) -> None:
    """A middling score is no sentiment, so the corpus passes it over; the annotation counts."""
    folder = root / "mediakrytyk_reviews"
    folder.mkdir()
    row = {"id": "mk-1", "text": "niezłe, lecz za długie", "label": "6.0", "sentiment": None}
    row |= {"lang": "pl", "source": "mediakrytyk", "split": "train"}
    with gzip.open(folder / "data.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    path = _write(tmp_path, "mediakrytyk_reviews\tmk-1\tS\t0\tmix\t0\t0\n")
    (example,) = load_annotations(path, root)
    assert example.labels["sentiment"] == "mixed"
