"""Topics are found by what is meant, with the shipped model over the bundled sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sedno.models.artifact import ArtifactError
from sedno.models.classifier import Classifier
from sedno.models.registry import Registry
from sedno.serving.demo_desk import fill
from sedno.serving.engine import Engine
from sedno.serving.settings import load_settings
from sedno.serving.store.database import Database
from sedno.serving.topics import search


@pytest.fixture(scope="module")
def model() -> Iterator[Classifier]:
    """The model that ships."""
    try:
        Registry.default().resolve()
    except ArtifactError:
        pytest.skip("no artefact is built in yet")
    with Classifier(threads=1) as classifier:
        yield classifier


@pytest.fixture(scope="module")
def desk(model: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The demonstration's desk."""
    folder = tmp_path_factory.mktemp("desk")
    fill(folder, model)
    database = Database(f"sqlite:///{folder / 'sedno.db'}")
    yield database
    database.close()


def look(desk: Database, model: Classifier, text: str) -> list[str]:
    """Names of what is found."""
    (answer,) = model.predict([search.matter(text)], embeddings=True)
    assert answer.embedding is not None
    with desk.session() as session:
        found = search.search(session, text, (model.name, answer.embedding))
        assert found.by == "meaning"
        return [f"{hit.row.topic.name} {hit.row.question}".lower() for hit in found.hits]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("zwroty", "zwrot"),
        ("O co pytają klienci w sprawie zwrotów?", "zwrot"),
        ("ile kosztuje wysylka", "koszt dostawy"),
        ("delivery cost", "koszt dostawy"),
        ("what do people ask about shipping cost?", "dostawy"),
        ("jaki rozmiar wybrac", "brać"),
        ("bateria", "bateri"),
        ("pranie", "pra"),
    ],
)
def test_what_is_meant_is_found(desk: Database, model: Classifier, text: str, word: str) -> None:
    """In other words, without diacritics, in English, as a sentence; the best first."""
    found = look(desk, model, text)
    assert word in found[0], found
    assert len(found) < 15


@pytest.mark.parametrize(
    "text", ["asdfgh qwerty", "kwantowa chromodynamika", "wybory prezydenckie w Chile", "!!!", "?"]
)
def test_nonsense_finds_nothing(desk: Database, model: Classifier, text: str) -> None:
    """What nobody asks has no topic."""
    assert look(desk, model, text) == []


def test_without_the_model_words_are_looked_for(desk: Database, tmp_path: Path) -> None:
    """While it is being loaded, and where it is another than the topics were found with."""

    def never() -> Classifier:
        raise AssertionError("not started")

    engine = Engine(never, load_settings(data_dir=tmp_path), observer=None, on_phase=print)  # type: ignore[arg-type]
    assert search.embed(engine, "zwroty") is None
    with desk.session() as session:
        found = search.search(session, "zwroty", None)
        assert found.by == "words"
        assert found.hits
        assert all(hit.by_words and hit.likeness is None for hit in found.hits)
        assert search.search(session, "chromodynamika", None).hits == []


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("What do people ask about returns?", "returns"),
        ("o co pytaja klienci w sprawie zwrotow", "zwrotow"),
        ("zwroty", "zwroty"),
        ("o co pytają?", "o co pytają"),
        ("?", "?"),
    ],
)
def test_what_a_search_is_about(text: str, matter: str) -> None:
    """The words around it are not looked for."""
    assert search.matter(text) == matter
