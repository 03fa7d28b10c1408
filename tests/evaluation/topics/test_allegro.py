from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sedno.datasets.corpora.rows import CorpusError
from sedno.evaluation.topics import allegro
from sedno.evaluation.topics.allegro import (
    Labelled,
    best_level,
    fill,
    measure,
    pairs,
    scores,
    write,
)
from sedno.evaluation.topics.allegro_draw import NEIGHBOURS, QUOTAS, Pair, draw, questions
from sedno.evaluation.topics.judging import JudgementError
from sedno.evaluation.topics.report import markdown
from sedno.evaluation.topics.rivals import BERTOPIC
from sedno.models.classifier import Classifier
from sedno.serving.topics.intake import Choice, take_in
from tests.evaluation.conftest import write_corpus

TEXTS = {
    "a1": "Ile kosztuje dostawa do Czech?",
    "a2": "Jaki jest koszt dostawy do Czech?",
    "b1": "Jak zmienić hasło do konta?",
    "b2": "Jak mogę zmienić hasło do mojego konta?",
    "c1": "Czy wystawiacie faktury na firmę?",
    "d1": "Kiedy wróci rozmiar 42?",
}


@pytest.fixture(scope="module")
def classifier() -> Iterator[Classifier]:
    """The model that ships."""
    with Classifier(threads=1) as opened:
        yield opened


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A made-up corpus of shop questions beside one of another kind."""
    rows = [
        {"id": id_, "text": text, "label": "allegro-faq", "lang": "pl", "source": "s",
         "split": "test"}
        for id_, text in TEXTS.items()
    ]  # fmt: skip
    rows.append({**rows[0], "id": "w1", "text": "Kto napisał Lalkę?", "label": "wiki-trivia"})
    write_corpus(tmp_path, "poleval2022_questions_pl", rows)
    return tmp_path


def labelled(*said: tuple[str, str, int, int]) -> list[Labelled]:
    """Pairs with the answers of both annotators."""
    return [
        Labelled(at, Pair(a, b, "random" if at == 4 else "both", 10), (first, second))
        for at, (a, b, first, second) in enumerate(said, 1)
    ]


def test_pairs_that_come_with_sedno_are_those_of_the_quotas() -> None:
    """Ids alone, no pair twice in either order, no stratum in one lump."""
    found = pairs()
    assert Counter(one.pair.stratum for one in found) == QUOTAS
    assert [one.n for one in found] == list(range(1, 401))
    assert len({frozenset((one.pair.a, one.pair.b)) for one in found}) == 400
    assert all(one.pair.a.startswith("pr22-") and one.pair.b.startswith("pr22-") for one in found)
    assert sum(one.pair.stratum != other.pair.stratum for one, other in pairwise(found)) > 100
    assert all(len(one.said) in {0, 2} for one in found)


def test_only_questions_of_customers_are_taken(data: Path) -> None:
    """The corpus holds trivia and law too."""
    assert questions(data) == TEXTS


def test_drawing_is_the_same_each_time_and_takes_near_pairs_by_stratum() -> None:
    """Nothing but ids, texts and embeddings has a say; pools cover all pairs once."""
    rng = np.random.default_rng(1)
    words = ["dostawa", "zwrot", "hasło", "faktura", "rata", "kurier", "kupon", "oferta"]
    texts = {f"q{at}": " ".join(rng.choice(words, 4)) for at in range(80)}
    vectors = rng.normal(size=(80, 16)).astype(np.float32)
    found = draw(texts, vectors)
    assert found == draw(texts, vectors)
    pools = {one.stratum: one.pool for one in found}
    assert sum(pools.values()) == 80 * 79 // 2
    drawn = Counter(one.stratum for one in found)
    assert drawn == {name: min(QUOTAS[name], pools[name]) for name in pools}
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = unit @ unit.T
    np.fill_diagonal(alike, -1)
    nearest = np.argsort(-alike, axis=1)[:, :NEIGHBOURS]
    for one in found:
        a, b = int(one.a[1:]), int(one.b[1:])
        assert (b in nearest[a] or a in nearest[b]) == (one.stratum in {"both", "embedding"})
    assert {one.a < one.b for one in found} == {True, False}


def test_scores_by_hand() -> None:
    """Two of three said are right, two of four found; weights count pairs as many."""
    truth = np.array([True, True, True, True, False, False])
    said = np.array([True, True, False, False, True, False])
    found = scores(truth, said)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == 0.5
    assert found.f1 == pytest.approx(4 / 7)
    weighted = scores(truth, said, np.array([1.0, 1, 1, 1, 8, 1]))
    assert weighted.precision == pytest.approx(0.2)
    assert weighted.recall == 0.5
    nothing = scores(truth, np.zeros(6, dtype=bool))
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, 0.0, 0.0)


def test_the_best_level_is_that_of_the_best_f1() -> None:
    """One wrong pair is worth taking for two right ones."""
    cosines = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    truth = np.array([True, False, True, True, False])
    assert best_level(cosines, truth) == 0.6


def test_answers_of_annotators_are_kept_by_id(tmp_path: Path) -> None:
    """What is written is read again."""
    empty = [Labelled(one.n, one.pair) for one in pairs()][:3]
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    for file, said in ((first, [1, 0, 0]), (second, [1, 1, 0])):
        file.write_text(
            "".join(json.dumps({"n": at, "label": one}) + "\n" for at, one in enumerate(said, 1))
        )
    filled = fill(first, second, empty)
    assert [one.said for one in filled] == [(1, 1), (0, 1), (0, 0)]
    write(filled, tmp_path / "pairs.tsv")
    assert pairs((tmp_path / "pairs.tsv").read_text(encoding="utf-8")) == filled
    second.write_text('{"n": 1, "label": 3}\n')
    with pytest.raises(JudgementError, match="label is 3"):
        fill(first, second, empty)


def test_topics_are_held_against_the_pairs(data: Path, classifier: Classifier) -> None:
    """The shipped model tells which shop questions are one; differing answers are left out."""
    found = measure(
        data,
        lambda rows, opened: take_in(rows, opened, Choice(together=True)).asked,
        classifier,
        rivals=False,
        alike=(0.0, 1.01),
        labelled=labelled(
            ("a1", "a2", 1, 1), ("b2", "b1", 1, 1), ("a1", "c1", 0, 0), ("d1", "b1", 0, 0),
            ("c1", "d1", 0, 1),
        ),
    )  # fmt: skip
    assert (found["pairs"], found["agreed"], found["same"]) == (5, 4, 2)
    assert found["annotators"]["same"] == 0.8
    ways = found["ways"]
    # Among six questions the one about invoices lies near enough to join a topic.
    assert ways[allegro.OURS]["precision"] > 0.6
    assert ways[allegro.OURS]["recall"] == 1.0
    every = ways["cosine ≥ 0.0"]
    assert (every["precision"], every["recall"], every["random_taken"]) == (0.5, 1.0, 1)
    assert every["weighted"]["precision"] == pytest.approx(2 / 3)
    assert (ways["cosine ≥ 1.01"]["precision"], ways["cosine ≥ 1.01"]["f1"]) == (None, 0.0)
    low, high = every["f1_interval"]
    assert low <= every["f1"] <= high
    assert BERTOPIC not in ways
    text = markdown({
        "model": "m", "date": "2026-11-30", "machine_line": "", "machine": {"load": 0},
        "commit": None, "allegro": found,
    })  # fmt: skip
    assert "2 are the same question" in text


def test_pairs_without_answers_are_said_to_be_so(data: Path, classifier: Classifier) -> None:
    """No figure is made up, and nothing is clustered for nothing."""
    found = measure(data, lambda *_: [], classifier, labelled=[Labelled(1, pairs()[0].pair)])
    assert found == {"labelled": False, "pairs": 1}


def test_a_question_that_the_corpus_lacks_is_named(data: Path, classifier: Classifier) -> None:
    """The pairs belong to one version of the corpus."""
    with pytest.raises(CorpusError, match="'zz'"):
        measure(data, lambda *_: [], classifier, labelled=labelled(("a1", "zz", 1, 1)))
