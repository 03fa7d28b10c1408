"""Which stored comments topics are made of, as conditions of the store; needs no library."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from sedno.serving.store.tables.comments import CLASSIFIED, StoredComment
from sedno.serving.store.tables.topics import TopicState, TopicUnit
from sedno.serving.topics.certainty import PERHAPS
from sedno.serving.topics.choice import NAMES, TOGETHER, WHOLE, Selection


def part(selection: Selection) -> ColumnElement[bool]:
    """What holds for the comments of a selection's part, whatever the model says of them."""
    comment = StoredComment
    out: list[ColumnElement[bool]] = [true()]
    for name, column in NAMES.items():
        if wanted := getattr(selection, name):
            out.append(getattr(comment, column).in_(wanted))
    if selection.since is not None:
        out.append(comment.at >= selection.since)
    if selection.until is not None:
        out.append(comment.at < selection.until)
    return and_(*out)


def taken(model: str, reach: Sequence[Selection] = (WHOLE,)) -> list[ColumnElement[bool]]:
    """What topics are made of: what the model calls a question, or nearly so, or all comments.

    Never spam and toxic ones.

    Args:
        model: ``name@version``; answers of other models cannot be compared and are left out.
        reach: Selections, one of which a comment has to be of.
    """
    comment = StoredComment
    asks = or_(comment.question == "question", comment.question_score <= 1 - PERHAPS)
    return [
        comment.state == CLASSIFIED,
        comment.model == model,
        comment.embedding.is_not(None),
        comment.authenticity != "spam",
        comment.toxicity != "toxic",
        or_(*(part(one) if one.everything else and_(part(one), asks) for one in reach)),
    ]


def scope_of(comment: StoredComment, apart: str) -> str:
    """The value that keeps a comment's questions apart; empty where it has none."""
    return "" if apart == TOGETHER else getattr(comment, apart) or ""


def reach_of(state: TopicState | None) -> tuple[Selection, ...]:
    """What topics are made of: all questions, unless it was chosen otherwise."""
    if state is None or not state.reach:
        return (WHOLE,)
    return tuple(Selection.from_dict(one) for one in state.reach)


def outside(session: Session, selection: Selection) -> frozenset[str]:
    """Ids of comments that are in topics and are not of a selection's part."""
    if selection.is_whole:
        return frozenset()
    inside = select(StoredComment.id).where(part(selection))
    rows = session.scalars(
        select(TopicUnit.comment_id).where(TopicUnit.comment_id.not_in(inside)).distinct()
    )
    return frozenset(map(str, rows))


def cannot_part(now: str, wanted: str) -> str:
    """Why topics of a part cannot be kept apart by something else than the others."""
    return (
        f"apart: is {wanted!r}, but a choice of comments leaves topics as they are that are kept "
        f"apart by {now!r}, and one way has to do for all; leave 'apart' out, or choose no part"
    )
