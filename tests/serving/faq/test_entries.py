from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from sedno.serving.faq import entries, feed, steps
from sedno.serving.faq.entries import ANSWER, ASKED, Source
from sedno.serving.faq.errors import (
    BadEntryError,
    EntryChangedError,
    OwnWordingError,
    StepError,
    UnknownEntryError,
)
from sedno.serving.faq.wording import Wording
from sedno.serving.people.actor import Actor
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry

ABROAD = Wording.of("Czy wysyłacie za granicę?", "Tak, do krajów Unii.", ("Krem", "Serum"))


def make(database: Database, actor: Actor, wording: Wording = ABROAD, language: str = "pl") -> int:
    """A draft."""
    with database.transaction() as session:
        return entries.create(session, actor, wording, language=language).id


def go(
    database: Database, actor: Actor, entry_id: int, *names: str, four_eyes: bool = False
) -> None:
    """Takes steps, each with the version that is there."""
    for name in names:
        with database.transaction() as session:
            version = session.get_one(FaqEntry, entry_id).version
            steps.take(session, actor, entry_id, name, version=version, four_eyes=four_eyes)


def published(database: Database, **choice: Any) -> list[str]:
    """The answers that a feed shows."""
    with database.session() as session:
        return [item.answer for item in feed.read(session, **choice)]


def test_the_whole_way(database: Database, ewa: Actor, jan: Actor) -> None:
    """From draft to feed and out of it again; each step is in the history and the audit log."""
    entry_id = make(database, ewa)
    assert published(database) == []
    go(database, ewa, entry_id, "submit")
    go(database, jan, entry_id, "approve", "publish")
    assert published(database, product="Krem", language="pl") == ["Tak, do krajów Unii."]
    assert published(database, product="Mydło") == []
    assert published(database, language="en") == []
    go(database, jan, entry_id, "withdraw")
    assert published(database) == []
    with database.session() as session:
        history = [(step.step, step.by) for step in reversed(entries.steps_of(session, entry_id))]
        audited = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert history == [
        *(("created", "ewa"), ("submitted", "ewa")),
        *(("approved", "jan"), ("published", "jan"), ("withdrawn", "jan")),
    ]
    assert audited == [f"faq.{step}" for step, _ in history]


def test_what_is_published_stays_while_it_is_worded_anew(database: Database, ewa: Actor) -> None:
    """Readers see the old wording until the new one is published, products included."""
    entry_id = make(database, ewa)
    go(database, ewa, entry_id, "submit", "approve", "publish")
    with database.transaction() as session:
        new = Wording.of("Dokąd wysyłacie?", "Do Unii i do Norwegii.", ("Krem",))
        entries.save(session, ewa, entry_id, new, version=1)
    assert published(database, product="Serum") == ["Tak, do krajów Unii."]
    go(database, ewa, entry_id, "submit", "approve", "publish")
    assert published(database, product="Serum") == []
    assert published(database, product="Krem") == ["Do Unii i do Norwegii."]
    with database.session() as session:
        wordings = entries.versions_of(session, entry_id)
    assert [(one.number, one.by) for one in wordings] == [(2, "ewa"), (1, "ewa")]


def test_two_editors_at_once(database: Database, ewa: Actor, jan: Actor) -> None:
    """The second one is told, and nothing of the first one's is lost."""
    entry_id = make(database, ewa)
    with database.transaction() as session:
        entries.save(session, ewa, entry_id, Wording.of("A?", "Nowa.", ()), version=1)
    with database.transaction() as session:
        other = Wording.of("B?", "Inna.", ())
        with pytest.raises(EntryChangedError, match="is at version 2, not 1"):
            entries.save(session, jan, entry_id, other, version=1)
        with pytest.raises(EntryChangedError):
            steps.take(session, jan, entry_id, "submit", version=1)
        assert entries.wording_of(session, entries.get(session, entry_id)).answer == "Nowa."


def test_saving_the_same_adds_nothing(database: Database, ewa: Actor) -> None:
    """A second press of the button is no second version."""
    entry_id = make(database, ewa)
    with database.transaction() as session:
        assert entries.save(session, ewa, entry_id, ABROAD, version=1).version == 1
        assert len(entries.steps_of(session, entry_id)) == 1


@pytest.mark.parametrize(
    ("way", "step"),
    [
        ((), "approve"),
        ((), "publish"),
        ((), "withdraw"),
        (("submit",), "publish"),
        (("submit",), "submit"),
        (("submit", "approve"), "withdraw"),
        (("submit", "approve", "publish"), "publish"),
        (("submit", "approve", "publish"), "return"),
    ],
)
def test_steps_that_cannot_be_taken(
    database: Database, ewa: Actor, way: tuple[str, ...], step: str
) -> None:
    """Are refused with where the entry stands."""
    entry_id = make(database, ewa)
    go(database, ewa, entry_id, *way)
    with pytest.raises(StepError, match=f"{step}: entry {entry_id} is "):
        go(database, ewa, entry_id, step)


def test_an_empty_answer_goes_nowhere(database: Database, ewa: Actor) -> None:
    """Nothing is published that says nothing."""
    entry_id = make(database, ewa, Wording.of("Kiedy?", ""))
    with pytest.raises(BadEntryError, match="answer: is empty"):
        go(database, ewa, entry_id, "submit")


def test_four_eyes(database: Database, ewa: Actor, jan: Actor) -> None:
    """Where it is set, whoever wrote a wording cannot approve it."""
    entry_id = make(database, ewa)
    go(database, ewa, entry_id, "submit")
    with pytest.raises(OwnWordingError, match="SEDNO_FAQ_FOUR_EYES"):
        go(database, ewa, entry_id, "approve", four_eyes=True)
    go(database, jan, entry_id, "approve", four_eyes=True)


def test_languages_of_one_entry(database: Database, ewa: Actor) -> None:
    """Each has its own way, and there is one of each."""
    entry_id = make(database, ewa)
    english = Wording.of("Do you ship abroad?", "Yes, within the EU.")
    with database.transaction() as session:
        other = entries.create(session, ewa, english, language="en", translation_of=entry_id).id
        with pytest.raises(BadEntryError, match="language: 'en' is taken"):
            entries.create(session, ewa, english, language="en", translation_of=other)
        first = entries.get(session, entry_id)
        assert [one.language for one in entries.family_of(session, first)] == ["en"]
    go(database, ewa, other, "submit", "approve", "publish")
    assert published(database, language="en") == ["Yes, within the EU."]
    assert published(database, language="pl") == []


def test_a_general_answer_is_for_every_product(database: Database, ewa: Actor) -> None:
    """After the product's own; or not at all, as asked."""
    for wording in (Wording.of("Zwroty?", "30 dni."), ABROAD):
        go(database, ewa, make(database, ewa, wording), "submit", "approve", "publish")
    assert published(database, product="Krem") == ["Tak, do krajów Unii.", "30 dni."]
    with database.session() as session:
        own = feed.read(session, product="Krem", general=False)
    assert [item.question for item in own] == ["Czy wysyłacie za granicę?"]


def test_an_erased_comment_leaves_no_text(database: Database, ewa: Actor, add: object) -> None:
    """That there was a source stays, so that an editor can look; which one is gone."""
    assert callable(add)
    asked, answered = add("Wyślecie do Czech?", author="ola"), add("Tak!", author="rosa.polna")
    with database.transaction() as session:
        sources = [Source(asked, ASKED), Source(answered, ANSWER, by_brand=True)]
        entry_id = entries.create(session, ewa, ABROAD, language="pl", sources=sources).id
        assert entries.sources_of(session, entry_id, 1) == sources
    with database.transaction() as session:
        session.execute(delete(StoredComment).where(StoredComment.id == answered))
    with database.session() as session:
        assert entries.sources_of(session, entry_id, 1) == [
            Source(asked, ASKED),
            Source(None, ANSWER, by_brand=True),
        ]
    with database.transaction() as session:
        # Its next wording keeps what is left.
        entries.save(session, ewa, entry_id, Wording.of("Czechy?", "Tak."), version=1)
        assert len(entries.sources_of(session, entry_id, 2)) == 2


def test_a_failure_leaves_nothing_behind(database: Database, ewa: Actor) -> None:
    """No entry without its wording and where that comes from."""

    def fail() -> None:
        with database.transaction() as session:
            entries.create(session, ewa, ABROAD, language="pl", sources=[Source(77, ASKED)])

    with pytest.raises(BadEntryError, match="there is no comment 77"):
        fail()
    with database.session() as session:
        assert session.scalars(select(FaqEntry)).all() == []
        assert session.scalars(select(AuditEntry)).all() == []
        with pytest.raises(UnknownEntryError, match="there is no entry 1"):
            entries.get(session, 1)


def test_pages_and_words(database: Database, ewa: Actor) -> None:
    """The newest first; words are found with their Polish letters whatever the case."""
    for number in range(5):
        make(database, ewa, Wording.of(f"Pytanie {number}?", "100 % wełny"))
    make(database, ewa)
    with database.session() as session:
        found = entries.page(session, limit=2)
        assert [one.wording.question for one in found] == [ABROAD.question, "Pytanie 4?"]
        older = entries.page(session, before=found[-1].entry.id, limit=9)
        assert len(older) == 4
        assert len(entries.page(session, text="WYSYŁACIE".lower())) == 1
        assert len(entries.page(session, text="100 %")) == 5
        assert entries.page(session, text="100_%") == []
        assert entries.count_by_status(session) == {"draft": 6}


@pytest.mark.parametrize(
    ("question", "answer", "products", "message"),
    [
        (" \n ", "", (), "question: is blank"),
        ("a" * 501, "", (), "question: has 501 characters; shorten it to 500"),
        ("a", "b" * 10_001, (), "answer: has 10,001 characters"),
        ("a", "", ("p" * 257,), "products: has 257 characters"),
        ("a", "", tuple(map(str, range(51))), "products: are 51"),
    ],
)
def test_wordings_that_cannot_be_kept(
    question: str, answer: str, products: tuple[str, ...], message: str
) -> None:
    """Name the field, the value and what to do."""
    with pytest.raises(BadEntryError, match=message):
        Wording.of(question, answer, products)


def test_wordings_are_tidied() -> None:
    """Ends of lines, spaces and control characters; letters are composed."""
    tidied = Wording.of("  Czy\nto\x00  żo\u0301łw? ", "a  \r\nb\r\n\r\n", (" x ", "x", ""))
    assert tidied == Wording("Czy to żółw?", "a\nb", ("x",))
