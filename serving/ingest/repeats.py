"""Requests that may come twice: the second gets the first one's answer."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import RepeatableRequest
from sedno.serving.store.transact import transact

KEPT = timedelta(hours=24)
"""How long a repeat gets the same answer."""

LEASE = timedelta(minutes=2)
"""How long a request may be under way before a repeat takes its place: then its server died."""


class UnderWayError(Exception):
    """The first request has not been answered yet."""


class OtherRequestError(Exception):
    """The key was used for a request that asked something else."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key in use.

    Attributes:
        outcomes: What came of the first request; ``None`` where this is the first.
    """

    caller: str
    key: str
    outcomes: list[Any] | None


def begin(database: Database, caller: str, key: str, digest: str) -> Repeat:
    """Begins a request, or finds what came of it the first time.

    Args:
        database: Where.
        caller: Who sends it.
        key: The ``Idempotency-Key``.
        digest: Of all that is asked.

    Raises:
        UnderWayError: The first one has not ended.
        OtherRequestError: The first one asked something else.
    """

    def work(session: Session) -> Repeat:
        moment = now()
        known = session.get(RepeatableRequest, (caller, key), with_for_update=True)
        if known is not None and known.created_at <= moment - KEPT:
            session.delete(known)
            session.flush()
            known = None
        if known is None:
            session.add(
                RepeatableRequest(
                    caller=caller,
                    key=key,
                    digest=digest,
                    created_at=moment,
                    lease_until=moment + LEASE,
                )
            )
            session.flush()
            return Repeat(caller, key, None)
        if known.digest != digest:
            raise OtherRequestError
        if known.outcomes is not None:
            return Repeat(caller, key, orjson.loads(zlib.decompress(known.outcomes)))
        if known.lease_until > moment:
            raise UnderWayError
        known.lease_until = moment + LEASE
        return Repeat(caller, key, None)

    try:
        return transact(database, work)
    except IntegrityError as error:
        # Two at once: the other one was first.
        raise UnderWayError from error


def renew(database: Database, repeat: Repeat) -> None:
    """Says that the request is still being worked on."""
    _set(database, repeat, lease_until=now() + LEASE)


def end(database: Database, repeat: Repeat, outcomes: Sequence[Any]) -> None:
    """Keeps what came of the request."""
    _set(database, repeat, outcomes=zlib.compress(orjson.dumps(list(outcomes)), 1))


def give_up(database: Database, repeat: Repeat) -> None:
    """Forgets a request that failed, so that it can be sent again at once."""
    with database.transaction() as session:
        session.execute(
            delete(RepeatableRequest).where(
                RepeatableRequest.caller == repeat.caller,
                RepeatableRequest.key == repeat.key,
                RepeatableRequest.outcomes.is_(None),
            )
        )


def forget_old(database: Database) -> None:
    """Deletes what no repeat is answered from any more."""
    with database.transaction() as session:
        session.execute(
            delete(RepeatableRequest).where(RepeatableRequest.created_at <= now() - KEPT)
        )


def _set(database: Database, repeat: Repeat, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(
            update(RepeatableRequest)
            .where(RepeatableRequest.caller == repeat.caller, RepeatableRequest.key == repeat.key)
            .values(**values)
        )
