from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from sedno.models.taxonomy import TASKS
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import save, take, to_answer
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.review import acts, queue
from sedno.serving.review.errors import (
    BadLabelsError,
    ChangedError,
    NothingToUndoError,
    TakenError,
    UnknownCommentError,
)
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Claim, Decision, Escalation, SecondOpinion

PROPOSED = {task.name: task.labels[0] for task in TASKS}


def test_a_decision_keeps_what_was_seen_and_by_whom(desk: Any) -> None:
    """Version, model and proposal stand beside the labels, and the log names the person."""
    comment = desk.add()
    with desk.transaction() as session:
        queue.take_next(session, desk.anna)
        made = acts.decide(
            session, desk.anna, comment, desk.other, version=1, model="toy@1", note=" ironia "
        )
    with desk.database.session() as session:
        kept = session.get_one(Decision, made.id)
        assert (kept.verdict, kept.comment_version, kept.model) == ("corrected", 1, "toy@1")
        assert kept.proposal["sentiment"] == {"label": "negative", "score": 0.7, "review": True}
        assert kept.labels == desk.other
        assert (kept.by, kept.note) == ("anna", "ironia")
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.actor, entry.subject) == (
            "comment.corrected",
            "anna",
            str(comment),
        )
        assert session.scalars(select(Claim)).all() == []
    assert desk.state(comment) == "decided"


def test_the_same_labels_are_an_acceptance(desk: Any) -> None:
    """Whoever sends what the model proposed has accepted it."""
    comment = desk.add()
    with desk.transaction() as session:
        assert acts.decide(session, desk.anna, comment, PROPOSED, version=1).verdict == "accepted"


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        ({**PROPOSED, "sentiment": "glad"}, "labels.sentiment is 'glad'"),
        ({k: v for k, v in PROPOSED.items() if k != "toxicity"}, "labels.toxicity is None"),
        ({**PROPOSED, "mood": "glad"}, "no task 'mood'"),
    ],
)
def test_labels_have_to_fit_the_taxonomy(desk: Any, labels: dict[str, str], named: str) -> None:
    """What does not fit is refused by name and nothing is kept."""
    comment = desk.add()
    with pytest.raises(BadLabelsError, match=named), desk.transaction() as session:
        acts.decide(session, desk.anna, comment, labels, version=1)
    assert desk.state(comment) == "open"


def test_nobody_decides_what_another_has_open(desk: Any) -> None:
    """A comment that is open with somebody is theirs, until the lease runs out."""
    comment = desk.add()
    with desk.transaction() as session:
        queue.take_next(session, desk.anna)
    with pytest.raises(TakenError), desk.transaction() as session:
        acts.decide(session, desk.piotr, comment, PROPOSED, version=1)


def test_a_changed_text_is_not_decided_by_an_old_look(desk: Any) -> None:
    """The text changed between the look and the key: look again."""
    comment = desk.add()
    with desk.transaction() as session:
        session.get_one(StoredComment, comment).version = 2
    with pytest.raises(ChangedError), desk.transaction() as session:
        acts.decide(session, desk.anna, comment, PROPOSED, version=1)
    with pytest.raises(ChangedError), desk.transaction() as session:
        acts.decide(session, desk.anna, comment, PROPOSED, version=2, model="toy@2")


def test_an_erased_comment_is_told(desk: Any) -> None:
    """No half decision on what is gone."""
    with pytest.raises(UnknownCommentError, match="no comment 77"), desk.transaction() as s:
        acts.skip(s, desk.anna, 77, version=1)


def test_a_change_of_content_reopens_and_keeps_the_decision(desk: Any, answering: Any) -> None:
    """The new text waits for a look, whatever the model says; the old decisions stay."""
    preparer = Preparer(Pseudonyms(b"k" * 32))

    def receive(texts: list[str]) -> list[int]:
        records = [{"id": str(at), "text": text} for at, text in enumerate(texts)]
        taken = take(desk.database, preparer, records)
        asked = to_answer(taken)
        comments = [comment_of(one.item) for one in asked if one.item is not None]
        save(desk.database, asked, answering.predict(comments))
        return [one.comment_id for one in taken if one.comment_id is not None]

    ids = receive(["Kiedy drugi sezon?", "pozew będzie", "super"])
    decided, escalated, untouched = ids
    with desk.transaction() as session:
        acts.decide(session, desk.anna, decided, desk.proposed, version=1, second_share=1.0)
        acts.escalate(session, desk.anna, escalated, version=1, note="?")
    before = desk.state(untouched)
    assert receive(["Kiedy trzeci sezon?", "pozew wycofany", "super"]) == ids
    assert (desk.state(decided), desk.state(escalated)) == ("open", "open")
    assert desk.state(untouched) == before
    with desk.transaction() as session:
        assert session.get(Escalation, escalated) is None
        assert session.get(SecondOpinion, decided) is None
        acts.undo(session, desk.anna)  # of the old text: the new one is not touched
        assert session.scalar(select(func.count()).select_from(Decision)) == 2
    assert desk.state(escalated) == "open"


def test_escalated_comments_are_for_editors(desk: Any) -> None:
    """A moderator hands it over with a note; only an editor settles it; undo brings it back."""
    comment = desk.add()
    with desk.transaction() as session:
        acts.escalate(session, desk.anna, comment, version=1, note="pozew?")
    with desk.database.session() as session:
        waiting = session.get_one(Escalation, comment)
        assert (waiting.reason, waiting.note, waiting.by) == ("asked", "pozew?", "anna")
    with pytest.raises(TakenError, match="editors"), desk.transaction() as session:
        acts.decide(session, desk.piotr, comment, PROPOSED, version=1)
    with desk.transaction() as session:
        acts.decide(session, desk.ewa, comment, PROPOSED, version=1, second_share=1.0)
        assert session.get(Escalation, comment) is None
        assert session.get(SecondOpinion, comment) is None
    assert desk.state(comment) == "decided"
    with desk.transaction() as session:
        acts.undo(session, desk.ewa)
        assert session.get_one(Escalation, comment).note == "pozew?"
    assert desk.state(comment) == "escalated"


def test_undo_goes_back_step_by_step(desk: Any) -> None:
    """Each key press takes back one thing more, the last first, until nothing is left."""
    first, second = desk.add("a"), desk.add("b")
    with desk.transaction() as session:
        acts.decide(session, desk.anna, first, PROPOSED, version=1)
        acts.skip(session, desk.anna, second, version=1)
    for reopened in (second, first):
        with desk.transaction() as session:
            assert [d.comment_id for d in acts.undo(session, desk.anna).decisions] == [reopened]
        assert desk.state(reopened) == "open"
    with pytest.raises(NothingToUndoError), desk.transaction() as session:
        acts.undo(session, desk.anna)


def test_nobody_undoes_anothers_work_save_an_editor(desk: Any) -> None:
    """A moderator's decision is theirs; an editor may take it back."""
    comment = desk.add()
    with desk.transaction() as session:
        made = acts.decide(session, desk.anna, comment, PROPOSED, version=1)
    with pytest.raises(NothingToUndoError), desk.transaction() as session:
        acts.undo(session, desk.piotr, made.id)
    with desk.transaction() as session:
        acts.undo(session, desk.ewa, made.id)
    assert desk.state(comment) == "open"
    with pytest.raises(NothingToUndoError, match="undone already"), desk.transaction() as s:
        acts.undo(s, desk.anna, made.id)


def test_two_who_differ_send_it_to_the_editors(desk: Any) -> None:
    """The second person decides blind; where they differ an editor settles it."""
    comment = desk.add()
    with desk.transaction() as session:
        acts.decide(session, desk.anna, comment, PROPOSED, version=1, second_share=1.0)
        assert queue.take_next(session, desk.anna) is None
        taken = queue.take_next(session, desk.piotr)
        assert taken is not None
        assert (taken.comment.id, taken.blind) == (comment, True)
        acts.decide(session, desk.piotr, comment, desk.other, version=1, second_share=1.0)
    with desk.database.session() as session:
        assert session.get_one(Escalation, comment).reason == "disagreement"
        assert session.get(SecondOpinion, comment) is None
    with desk.transaction() as session:
        acts.undo(session, desk.piotr)
        assert session.get(Escalation, comment) is None
        assert session.get_one(SecondOpinion, comment).first_person_id == desk.anna.id
    assert desk.state(comment) == "decided"


def test_two_who_agree_settle_it(desk: Any) -> None:
    """Nobody is asked a third time."""
    comment = desk.add()
    with desk.transaction() as session:
        acts.decide(session, desk.anna, comment, PROPOSED, version=1, second_share=1.0)
        queue.take_next(session, desk.piotr)
        acts.decide(session, desk.piotr, comment, PROPOSED, version=1, second_share=1.0)
        assert queue.take_next(session, desk.ewa) is None
    assert desk.state(comment) == "decided"
