from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sedno.serving.faq import draft, entries
from sedno.serving.faq.brand import Brand
from sedno.serving.faq.entries import ANSWER, ASKED, Source
from sedno.serving.faq.errors import BadEntryError, EntryChangedError
from sedno.serving.faq.material import gather, material_of, question_in
from sedno.serving.people.actor import Actor
from sedno.serving.store.database import Database

Add = Callable[..., int]


def direction(at: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """An embedding; the nearer two numbers, the nearer the embeddings."""
    vector = np.zeros(384)
    vector[0], vector[1] = np.cos(at), np.sin(at)
    return vector


@pytest.fixture
def thread(add: Add) -> dict[str, int]:
    """Three who ask the same, and what was said below."""
    ids = {
        "first": add("Hej! Wysyłacie do Czech? Pozdro", author="ola", external_id="w-1",
                     embedding=direction(0.0)),
        "second": add("czy wyslecie do czech?", author="jan", minutes=3, embedding=direction(0.05)),
        "copy": add("czy wyslecie do czech?", author="iza", minutes=4, embedding=direction(0.05)),
        "early": add("Kurier był dziś rano, wszystko całe", author="zosia", minutes=-60),
        "brand": add("Tak, wysyłamy do Czech i na Słowację.", author="rosa.polna", minutes=9,
                     thread_id="w-1", substance="generic"),
        "buyer": add("Zamawiałam do Brna, doszło w 3 dni", author="ewa", minutes=12,
                     thread_id="w-1", embedding=direction(0.2)),
        "asker": add("Super, dzięki, to zamawiam do Ostrawy", author="ola", minutes=15,
                     thread_id="w-1"),
        "spam": add("Tanie paczki do Czech, pisz priv", author="x", minutes=16, thread_id="w-1",
                    authenticity="spam"),
        "toxic": add("Do Czech to se sam zanieś", author="y", minutes=17, thread_id="w-1",
                     toxicity="toxic"),
        "post": add("Zapach mógłby być słabszy", author="z", minutes=20, embedding=direction(1.4)),
        "other": add("Wysyłka za granicę trwa tydzień", author="q", minutes=21, post_id="serum"),
    }  # fmt: skip
    return ids


def test_the_brand_first_then_the_thread_then_the_post(
    database: Database, thread: dict[str, int], brand: Brand
) -> None:
    """Nothing of another post, of who asked, of spam, of insults, nor from before the question."""
    asked = [thread[name] for name in ("first", "second", "copy")]
    with database.session() as session:
        found = gather(session, asked, brand)
    got = [(one.comment.id, one.by_brand, one.in_thread) for one in found.candidates]
    assert got == [
        (thread["brand"], True, True),
        (thread["buyer"], False, True),
        (thread["post"], False, False),
    ]
    assert [(one.comment.id, one.count) for one in found.variants] == [
        (thread["second"], 2),
        (thread["first"], 1),
    ]


def test_a_draft_invents_nothing(
    database: Database, thread: dict[str, int], brand: Brand, ewa: Actor
) -> None:
    """Its question is one that was asked, its answer is empty until one is chosen."""
    asked = [thread[name] for name in ("first", "second", "copy")]
    with database.transaction() as session:
        entry = draft.from_comments(session, ewa, asked, brand, topic="t1")
        wording = entries.wording_of(session, entry)
        assert wording.question in {"Wysyłacie do Czech?", "czy wyslecie do czech?"}
        assert (wording.answer, wording.products) == ("", ["Krem z dziką różą"])
        assert (entry.language, entry.topic, entry.status) == ("pl", "t1", "draft")
        sources = entries.sources_of(session, entry.id, 1)
        assert {one.comment_id for one in sources} == set(asked)
        assert {one.kind for one in sources} == {ASKED}
        assert len(material_of(session, entry, brand).candidates) == 3


def test_answers_keep_their_source(
    database: Database, thread: dict[str, int], brand: Brand, ewa: Actor
) -> None:
    """One below the other, each once, each with the comment that it is from."""
    with database.transaction() as session:
        entry = draft.from_comments(session, ewa, [thread["first"]], brand)
        for name in ("brand", "buyer", "brand"):
            draft.take_answer(session, ewa, entry.id, thread[name], brand, version=entry.version)
        wording = entries.wording_of(session, entry)
        assert wording.answer == (
            "Tak, wysyłamy do Czech i na Słowację.\n\nZamawiałam do Brna, doszło w 3 dni"
        )
        assert entry.version == 3
        assert entries.sources_of(session, entry.id, 3)[-2:] == [
            Source(thread["brand"], ANSWER, by_brand=True),
            Source(thread["buyer"], ANSWER, by_brand=False),
        ]
        with pytest.raises(EntryChangedError):
            draft.take_answer(session, ewa, entry.id, thread["buyer"], brand, version=1)
        with pytest.raises(BadEntryError, match="no comment 999"):
            draft.take_answer(session, ewa, entry.id, 999, brand, version=3)


def test_no_comment_left(database: Database, brand: Brand, ewa: Actor) -> None:
    """A draft of nothing is refused; an entry whose comments are gone can still be worked on."""
    with database.transaction() as session:
        with pytest.raises(BadEntryError, match="comment_ids: none of these"):
            draft.from_comments(session, ewa, [1, 2], brand)
        with pytest.raises(BadEntryError, match="comment_ids: there is no comment 5"):
            draft.alike_to(session, 5)
        assert gather(session, [], brand).candidates == []


def test_questions_that_are_nearly_the_same(database: Database, add: Add) -> None:
    """Found by their embeddings; what asks nothing stays out."""
    first = add("Czy można oddać?", author="a", embedding=direction(0.0))
    near = add("Da się zwrócić?", author="b", embedding=direction(0.1))
    add("Oddałam, bez problemu", author="c", embedding=direction(0.1))
    add("Ile kosztuje?", author="d", embedding=direction(1.5))
    with database.session() as session:
        assert draft.alike_to(session, first) == [first, near]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hej! Kiedy drugi sezon? Bo czekam.", "Kiedy drugi sezon?"),
        ("kiedy drugi sezon", "kiedy drugi sezon"),
        ("Serio?? Ile to kosztuje z wysyłką???", "Ile to kosztuje z wysyłką???"),
        ("Ile?", "Ile?"),
        ("?", "?"),
        ("Wersja 2.5 kiedy?!", "5 kiedy?!"),
    ],
)
def test_the_question_in_the_chatter(text: str, question: str) -> None:
    """The first sentence that asks and says something."""
    assert question_in(text) == question
