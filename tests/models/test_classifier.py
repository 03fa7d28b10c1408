"""The classifier on a toy artefact whose answers can be told from its words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.domain import Domain, fit_domain
from sedno.models.inference import Inference

TEXTS = ["kiedy bateria ?", "super 😍", "fatalny dźwięk", "kretyn", "promocja zarabiaj"]


def test_one_answer_a_comment_in_order(classifier: Classifier) -> None:
    """Whatever is given, its answer stands at its place; ids come back."""
    given = [*TEXTS, None, "", Comment(id="x", text="super"), "super 😍"]
    answers = classifier.predict(given)
    assert [answer.id for answer in answers] == ["0", "1", "2", "3", "4", "5", "6", "x", "8"]
    assert [bool(answer.error) for answer in answers] == [False] * 5 + [True] * 2 + [False] * 2
    assert [answers[n].labels["sentiment"].label for n in (1, 2, 8)] == [
        "positive", "negative", "positive",
    ]  # fmt: skip
    assert answers[0].labels["question"].label == "question"
    assert answers[4].labels["authenticity"].label == "spam"
    assert classifier.predict([]) == []


def test_scores_are_probabilities(classifier: Classifier) -> None:
    """The label is the most probable one; all of a task sum to one."""
    for answer in classifier.predict(TEXTS):
        for task in answer.labels.values():
            assert sum(task.scores.values()) == pytest.approx(1.0)
            assert task.confidence == max(task.scores.values())
            assert task.review == (task.confidence < 0.9)  # the toy's risk curve: 4 % from .9 on


def test_the_band_follows_from_the_target(artifact_folder: Path) -> None:
    """Who accepts more errors reviews less; who accepts none of what is known reviews all."""
    text = ["super"]
    for target, sure in ((0.10, 0.7), (0.20, 0.4), (0.01, None)):
        with Classifier(artifact_folder, threads=1, target_error=target) as classifier:
            (answer,) = classifier.predict(text)
            assert classifier.bands["sentiment"].threshold == sure
            confidence = answer.labels["sentiment"].confidence
            assert answer.labels["sentiment"].review == (sure is None or confidence < sure)


def test_equal_texts_are_computed_once(
    artifact_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one call, between calls, and not when nothing may be remembered."""
    computed: list[list[str]] = []
    read = Inference.read

    def counted(self: Inference, texts: list[str], *, embeddings: bool = False) -> object:
        computed.append(list(texts))
        return read(self, texts, embeddings=embeddings)

    monkeypatch.setattr(Inference, "read", counted)
    with Classifier(artifact_folder, threads=1) as classifier:
        classifier.predict(["super", "kiedy", "super"])
        classifier.predict(["super"])
        classifier.predict(["super"], remember=False)
        classifier.predict(["super"], embeddings=True)
    assert computed == [["super", "kiedy"], [], ["super"], ["super"]]


def test_an_embedding_is_of_length_one_and_cannot_be_changed(classifier: Classifier) -> None:
    """It is shared with the cache, so a caller must not write into it."""
    (answer,) = classifier.predict(["super bateria"], embeddings=True)
    assert answer.embedding is not None
    assert np.linalg.norm(answer.embedding) == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        answer.embedding[0] = 2.0
    (bare,) = classifier.predict(["super bateria"])
    assert bare.embedding is None


def test_spans_lie_in_the_text_as_given(classifier: Classifier) -> None:
    """They count in the characters of the caller, disguises included."""
    text = "no s\u200buper, ale\r\nkiedy?"
    (answer,) = classifier.predict([text], explain=True)
    span = answer.labels["sentiment"].spans[0]
    assert text[span.start : span.end] == span.text
    assert span.text.replace("\u200b", "").strip(" ,") == "super"
    assert span.weight > 0


def test_many_threads_get_the_same(classifier: Classifier) -> None:
    """One classifier, eight threads at once."""
    expected = [answer.to_dict() for answer in classifier.predict(TEXTS)]
    start = threading.Barrier(8)

    def ask(_: int) -> list[dict[str, object]]:
        start.wait()
        return [answer.to_dict() for answer in classifier.predict(TEXTS)]

    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(ask, range(8)))


def test_a_closed_one_says_so(artifact_folder: Path) -> None:
    """Also a single text instead of a list is told what to do."""
    classifier = Classifier(artifact_folder, threads=1)
    with pytest.raises(TypeError, match=r"give a list: predict\(\[comment\]\)"):
        classifier.predict("super")
    classifier.close()
    with pytest.raises(RuntimeError, match="closed; make a new one"):
        classifier.predict(["super"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threads": 0}, "threads: is 0"),
        ({"target_error": 1.0}, "target_error: is 1.0"),
        ({"token_budget": 0}, "token_budget: is 0"),
        ({"cache_size": -1}, "cache_size: is -1"),
    ],
)
def test_options_out_of_range(
    artifact_folder: Path, options: dict[str, float], message: str
) -> None:
    """The message names option, value and what is allowed."""
    with pytest.raises(ValueError, match=message):
        Classifier(artifact_folder, **options)  # type: ignore[arg-type]  # what is tested


def test_a_language_it_has_not_learned(classifier: Classifier) -> None:
    """Answered, with a caveat, and for review; no language at all is no caveat."""
    given = [
        Comment(id="cs", text="super", language="cs"),
        Comment(id="pl", text="super", language="pl"),
        Comment(id="none", text="😍"),
    ]
    czech, polish, emoji = classifier.predict(given)
    assert (czech.caveats, czech.needs_review) == (("unsupported_language",), True)
    assert czech.to_dict()["caveats"] == ["unsupported_language"]
    assert czech.labels == polish.labels
    assert polish.caveats == emoji.caveats == ()
    assert "caveats" not in polish.to_dict()


@pytest.fixture
def narrow(classifier: Classifier, make_artifact: Callable[..., Path], tmp_path: Path) -> Path:
    """An artefact to which only praise is familiar."""

    def vectors(*texts: str) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        answers = classifier.predict(texts, embeddings=True)
        return np.stack([a.embedding for a in answers if a.embedding is not None])

    words = ("super", "bateria", "dźwięk", "😍", "nie")
    praise = ["super " + " ".join(more) for n in (1, 2, 3) for more in combinations(words, n)]
    domain: Domain = fit_domain(vectors(*praise), vectors(*praise), directions=4)
    folder = make_artifact(tmp_path / "narrow")
    domain.save(folder / "domain.npz")
    return folder


def test_a_text_unlike_what_it_learned_from(narrow: Path) -> None:
    """The caveat comes from the text alone: the same with and without embeddings or cache."""
    with Classifier(narrow, threads=1) as classifier:
        for _ in range(2):
            odd, usual = classifier.predict(["kretyn zarabiaj promocja", "super super bateria"])
            assert (odd.caveats, usual.caveats) == (("out_of_domain",), ())
            assert odd.needs_review
        (again,) = classifier.predict(["kretyn zarabiaj promocja"], embeddings=True)
        assert again.caveats == odd.caveats
        assert again.labels == odd.labels
