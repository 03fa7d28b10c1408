"""Scores of words, their file, and their place in the classifier's answers."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sedno.models.artifact import Artifact, ArtifactError, Layout
from sedno.models.classifier import Classifier
from sedno.models.lexical.features import count_features
from sedno.models.lexical.scorer import Lexical, LexicalError, columns_of, read_lexical
from sedno.models.taxonomy import TASKS

BITS = 16
LABELS = columns_of(TASKS)
TOXIC = LABELS.index("toxicity/toxic")


@pytest.fixture(scope="module")
def lexical() -> Lexical:
    """Weights that call one word toxic and know nothing else."""
    weights = np.zeros((1 << BITS, len(LABELS)), dtype=np.float16)
    weights[count_features(["ciemniak"], BITS).bucket, TOXIC] = 6.0
    return Lexical(np.ones(1 << BITS, dtype=np.float16), weights, LABELS)


def test_a_word_counts_where_it_stands(lexical: Lexical) -> None:
    """The text that has it gets its score; others, and empty ones, none."""
    scores = lexical.scores(["to ciemniak", "zupa była dobra", "", "CIEMNIAK"])
    assert scores.shape == (4, len(LABELS))
    assert scores[0, TOXIC] > 2.0
    assert scores[3, TOXIC] > scores[0, TOXIC]
    assert np.abs(scores[:, [c for c in range(len(LABELS)) if c != TOXIC]]).max() == 0.0
    assert scores[1, TOXIC] == 0.0
    assert scores[2, TOXIC] == 0.0


def test_no_texts_have_no_scores(lexical: Lexical) -> None:
    """An empty list is answered with an empty table."""
    assert lexical.scores([]).shape == (0, len(LABELS))


def test_company_and_portions_change_no_bit() -> None:
    """Alone, among others, and beside texts too long to be counted together."""
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(1 << BITS, len(LABELS))).astype(np.float16)
    lexical = Lexical(np.ones(1 << BITS, dtype=np.float16), weights, LABELS)
    texts = ["kiedy drugi sezon?", "długi tekst " * 9_000, "super", "inny długi " * 12_000, "ile?"]
    together = lexical.scores(texts)
    for at, text in enumerate(texts):
        assert np.array_equal(lexical.scores([text])[0], together[at])


def test_the_file_gives_the_same(lexical: Lexical, tmp_path: Path) -> None:
    """Written and read back, the same weights."""
    lexical.save(tmp_path / "lexical.npz")
    again = read_lexical(tmp_path / "lexical.npz", TASKS)
    assert np.array_equal(again.weights, lexical.weights)
    assert again.labels == lexical.labels


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04damaged"])
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    """The error names the file and the remedy."""
    path = tmp_path / "lexical.npz"
    path.write_bytes(content)
    with pytest.raises(LexicalError, match=r"lexical\.npz.*copy the whole artefact again"):
        read_lexical(path, TASKS)


def test_a_file_for_other_labels_is_refused(lexical: Lexical, tmp_path: Path) -> None:
    """Columns in another order would answer the wrong task."""
    lexical.save(tmp_path / "lexical.npz")
    with pytest.raises(LexicalError, match="export the artefact again"):
        read_lexical(tmp_path / "lexical.npz", TASKS[::-1])


def test_parts_that_do_not_fit_are_refused() -> None:
    """A table is a power of two long, and as wide as its labels."""
    with pytest.raises(LexicalError, match="power of two"):
        Lexical(np.ones(12, np.float16), np.ones((12, 1), np.float16), ("a/b",))
    with pytest.raises(LexicalError, match="weights of shape"):
        Lexical(np.ones(8, np.float16), np.ones((8, 2), np.float16), ("a/b",))


@pytest.fixture
def with_words(artifact_folder: Path, lexical: Lexical, tmp_path: Path) -> Path:
    """The toy artefact with word weights, which its manifest knows."""
    folder = tmp_path / "toy"
    shutil.copytree(artifact_folder, folder)
    path = Layout(folder).lexical
    lexical.save(path)
    manifest = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    manifest["files"][path.name] = {"sha256": digest, "bytes": len(content)}
    (folder / "artifact.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_the_classifier_adds_what_words_say(artifact_folder: Path, with_words: Path) -> None:
    """A word that the encoder has never met makes a comment toxic, and is named as the reason."""
    text = "to jest ciemniak"
    with Classifier(artifact_folder) as before, Classifier(with_words) as after:
        assert before.predict([text])[0].labels["toxicity"].label == "ok"
        found = after.predict([text], explain=True)[0].labels["toxicity"]
        same = [answers.predict(["super bateria"])[0].labels for answers in (before, after)]
    assert found.label == "toxic"
    assert found.spans
    assert text[found.spans[0].start : found.spans[0].end] == "ciemniak"
    assert same[0]["sentiment"].label == same[1]["sentiment"].label


def test_a_damaged_artefact_says_so(with_words: Path) -> None:
    """Bytes that changed in place are found by the hash, and by the reader."""
    path = Layout(with_words).lexical
    path.write_bytes(b"\0" * path.stat().st_size)
    with pytest.raises(ArtifactError, match=r"lexical\.npz"):
        Artifact.load(with_words)
