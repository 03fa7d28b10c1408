from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook, WebhookVerificationError

from sedno.serving.faq import entries, steps
from sedno.serving.faq.wording import Wording
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.faq import FaqEntry, WebhookDelivery
from sedno.serving.webhooks import outbox
from sedno.serving.webhooks.deliverer import NAME, Deliverer

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
EWA = Actor("person", 3, "ewa", Role.EDITOR)
NO_PAUSE = (timedelta(0), timedelta(0))
WAIT = 60.0


def settings(url: str, *, private: bool = True) -> Settings:
    """With a receiver."""
    return load_settings(webhook_url=url, webhook_secret=SECRET, webhook_allow_private=private)


def publish(database: Database, answer: str = "Tak, „do Unii”.") -> int:
    """Publishes an entry and tells of it; gives its number."""
    with database.transaction() as session:
        wording = Wording.of("Czy wysyłacie za granicę?", answer, ("Krem",))
        entry = entries.create(session, EWA, wording, language="pl")
        for step in ("submit", "approve", "publish"):
            steps.take(session, EWA, entry.id, step, version=1, tell=True)
        return entry.id


def deliveries(database: Database) -> list[WebhookDelivery]:
    """All messages, the oldest first."""
    with database.session() as session:
        return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def deliverer(
    database: Database, url: str, *, private: bool = True, told: list[Any] | None = None
) -> Deliverer:
    """One that does not pause between attempts."""

    def tell(event: str, **facts: Any) -> None:
        if told is not None:
            told.append((event, facts))

    return Deliverer(settings(url, private=private), lambda: database, tell=tell, pauses=NO_PAUSE)


def wait_until(true: Callable[[], object]) -> None:
    """Waits, up to a minute."""
    until = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def test_a_message_that_verifies(database: Database, receiver: Any) -> None:
    """By the library that receivers use; a changed byte is noticed."""
    entry_id = publish(database)
    [waiting] = deliveries(database)
    assert deliverer(database, receiver.url).deliver(database, waiting.id) is None
    [(headers, body)] = receiver.got
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "faq.published"
    assert told["data"]["id"] == entry_id
    assert told["data"]["answer"] == "Tak, „do Unii”."
    assert headers["webhook-id"] == waiting.message_id
    assert headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace("Tak", "Nie"), headers)
    [done] = deliveries(database)
    assert (done.state, done.status, done.attempts) == ("delivered", 204, 1)


def test_withdrawing_is_told_too(database: Database, receiver: Any) -> None:
    """Without the answer that is no longer to be shown."""
    entry_id = publish(database)
    with database.transaction() as session:
        steps.take(session, EWA, entry_id, "withdraw", version=1, tell=True)
    sender = deliverer(database, receiver.url)
    for waiting in deliveries(database):
        sender.deliver(database, waiting.id)
    kinds = [json.loads(body)["type"] for _, body in receiver.got]
    assert kinds == ["faq.published", "faq.withdrawn"]
    assert "answer" not in json.loads(receiver.got[1][1])["data"]


def test_a_step_that_fails_sends_nothing(database: Database) -> None:
    """The message is in the transaction of what it tells of."""

    def fail() -> None:
        with database.transaction() as session:
            entry = entries.create(session, EWA, Wording.of("A?", "B."), language="pl")
            for step in ("submit", "approve", "publish"):
                steps.take(session, EWA, entry.id, step, version=1, tell=True)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert deliveries(database) == []


def test_the_same_id_at_each_attempt(database: Database, receiver: Any) -> None:
    """So that a receiver knows a repeat; each attempt is signed anew."""
    receiver.statuses = [500, 503]
    told: list[Any] = []
    sender = deliverer(database, receiver.url, told=told)
    sender.start()
    try:
        publish(database)
        wait_until(lambda: [one.state for one in deliveries(database)] == ["delivered"])
    finally:
        sender.stop()
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    for headers, body in receiver.got:
        Webhook(SECRET).verify(body, headers)
    assert [event for event, _ in told] == [
        *("webhook_failed", "webhook_failed", "webhook_delivered"),
    ]
    assert all("Tak" not in str(facts) for _, facts in told)


def test_it_is_given_up_after_all_pauses(database: Database, receiver: Any) -> None:
    """And can be sent again by hand, from the first attempt on."""
    receiver.statuses = [500] * 3
    publish(database)
    [waiting] = deliveries(database)
    sender = deliverer(database, receiver.url)
    assert sender.deliver(database, waiting.id) is not None
    assert sender.deliver(database, waiting.id) is not None
    assert sender.deliver(database, waiting.id) is None
    [given_up] = deliveries(database)
    assert (given_up.state, given_up.status, given_up.error) == ("failed", 500, "refused")
    assert sender.deliver(database, waiting.id) is None
    assert len(receiver.got) == 3
    with database.transaction() as session:
        assert outbox.again(session, waiting.id) is not None
        assert outbox.again(session, 99) is None
    sender.deliver(database, waiting.id)
    assert deliveries(database)[0].state == "delivered"


@pytest.mark.parametrize(("status", "state"), [(410, "failed"), (302, "waiting"), (404, "waiting")])
def test_what_a_receiver_says(database: Database, receiver: Any, status: int, state: str) -> None:
    """Gone ends it; a redirect is not followed, since it could lead anywhere."""
    receiver.statuses = [status]
    publish(database)
    [waiting] = deliveries(database)
    deliverer(database, receiver.url).deliver(database, waiting.id)
    assert len(receiver.got) == 1
    [found] = deliveries(database)
    assert (found.state, found.status) == (state, status)


def test_a_lost_message_is_found_again(database: Database, receiver: Any) -> None:
    """Whoever was sending died: its lease ends, and the message is queued once more."""
    publish(database)
    [waiting] = deliveries(database)
    with database.transaction() as session:
        outbox.lease(session, waiting.id)
    sender = deliverer(database, receiver.url)
    queue = JobQueue(database, lambda number: sender.deliver(database, number), name=NAME)
    assert sender.look(database, queue) == 0
    with database.transaction() as session:
        late = now() - timedelta(seconds=1)
        session.execute(update(WebhookDelivery).values(lease_until=late))
    assert sender.look(database, queue) == 1
    assert sender.look(database, queue) == 0, "it is queued once"
    message = queue.huey.dequeue()
    queue.huey.execute(message)
    assert [one.state for one in deliveries(database)] == ["delivered"]
    with database.session() as session:
        assert session.scalars(select(FaqEntry)).one().status == "published"


def test_private_addresses_get_nothing(sqlite_database: Database, receiver: Any) -> None:
    """Unless the operator says so."""
    publish(sqlite_database)
    [waiting] = deliveries(sqlite_database)
    for url in (receiver.url, receiver.url.replace("http:", "https:")):
        sender = deliverer(sqlite_database, url, private=False)
        with sqlite_database.transaction() as session:
            outbox.again(session, waiting.id)
        sender.deliver(sqlite_database, waiting.id)
        [found] = deliveries(sqlite_database)
        assert found.error == "forbidden_address"
    assert receiver.got == []


def test_a_receiver_that_is_not_there(sqlite_database: Database) -> None:
    """Is tried again later."""
    publish(sqlite_database)
    [waiting] = deliveries(sqlite_database)
    sender = deliverer(sqlite_database, "http://127.0.0.1:9/hook")
    assert sender.deliver(sqlite_database, waiting.id) is not None
    assert deliveries(sqlite_database)[0].error == "connection"
