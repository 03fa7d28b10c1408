"""Messages that are to be sent: written by the transaction of what they tell of."""

from __future__ import annotations

import secrets
from datetime import timedelta

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.faq.formats import answer_html
from sedno.serving.store.base import now
from sedno.serving.store.numbered import newest
from sedno.serving.store.tables.faq import (
    DELIVERED,
    FAILED,
    WAITING,
    FaqEntry,
    FaqVersion,
    WebhookDelivery,
)

LEASE = timedelta(seconds=60)
"""How long whoever sends a message is believed to live, and a queued one not to be lost."""

GONE = 410
"""The status by which a receiver says that it wants no more."""


def put(session: Session, event: str, entry: FaqEntry, wording: FaqVersion) -> WebhookDelivery:
    """Writes a message of an entry."""
    at = now()
    data = {
        "id": entry.id,
        "family": entry.family_id,
        "language": entry.language,
        "version": entry.version,
        "status": entry.status,
        "question": wording.question,
        "products": list(wording.products),
    }
    if event == "faq.published":
        data |= {"answer": wording.answer, "answer_html": str(answer_html(wording.answer))}
    payload = {"type": event, "timestamp": at.isoformat(), "data": data}
    delivery = WebhookDelivery(
        message_id=f"msg_{secrets.token_urlsafe(18)}",
        event=event,
        entry_id=entry.id,
        payload=orjson.dumps(payload).decode(),
        state=WAITING,
        attempts=0,
        next_at=at,
        created_at=at,
    )
    session.add(delivery)
    session.flush()
    return delivery


def due(session: Session, *, limit: int = 100) -> list[WebhookDelivery]:
    """Messages whose time has come and that nobody is known to send; locked until the commit."""
    at = now()
    query = select(WebhookDelivery).where(
        WebhookDelivery.state == WAITING,
        WebhookDelivery.next_at <= at,
        WebhookDelivery.lease_until.is_(None) | (WebhookDelivery.lease_until < at),
    )
    ordered = query.order_by(WebhookDelivery.next_at, WebhookDelivery.id).limit(limit)
    return list(session.scalars(ordered.with_for_update(skip_locked=True)))


def lease(session: Session, delivery_id: int) -> WebhookDelivery | None:
    """Takes a message to be sent; ``None`` where that is done or not to be done yet."""
    found = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if found is None or found.state != WAITING or found.next_at > now():
        return None
    found.lease_until = now() + LEASE
    found.attempts += 1
    return found


def delivered(session: Session, delivery_id: int, status: int) -> None:
    """Notes that a message has arrived."""
    found = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    found.state, found.status, found.error = DELIVERED, status, None
    found.delivered_at, found.lease_until = now(), None


def not_delivered(
    session: Session,
    delivery_id: int,
    *,
    status: int | None,
    error: str,
    pause: timedelta | None,
) -> None:
    """Notes that an attempt failed.

    Args:
        session: A session that writes.
        delivery_id: Which message.
        status: HTTP status, where there was an answer.
        error: Kind of failure.
        pause: After which it is tried again; ``None`` to give it up.
    """
    found = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    found.status, found.error = status, error[:64]
    if pause is None:
        found.state, found.lease_until = FAILED, None
        return
    found.next_at = now() + pause
    # The queue's own schedule brings it back; only where that is lost it is looked for.
    found.lease_until = found.next_at + LEASE


def again(session: Session, delivery_id: int) -> WebhookDelivery | None:
    """Has a message sent once more, from the first attempt on; ``None`` where there is none."""
    found = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if found is None:
        return None
    found.state, found.attempts, found.next_at = WAITING, 0, now()
    found.lease_until = found.delivered_at = None
    return found


def page(session: Session, *, before: int | None = None, limit: int = 50) -> list[WebhookDelivery]:
    """Messages, the newest first."""
    return newest(session, WebhookDelivery, before=before, limit=limit)
