"""The queue of jobs: huey, with its messages in Sedno's own database.

huey brings a storage for SQL databases, but through another library (peewee) with connections of
its own, so that a job and its message could not be written by one transaction. This storage
writes to the database that is open already, SQLite and PostgreSQL alike; the queue itself, its
workers, its schedule and its retries are huey's.

A message says no more than a job's number. What is done of a job stands in the table ``jobs``,
so a message that is lost with its worker, or comes twice, does no harm: whoever looks after the
workers queues what nobody works on, and a job that another has is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from huey import Huey
from huey.constants import EmptyData
from huey.exceptions import RetryTask
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import BaseStorage
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import QueuedTask, QueueValue, ScheduledTask

NAME = "jobs"

Work = Callable[[int], timedelta | None]
"""Works on a job; gives the time after which to try it again, or ``None``."""


class JobQueue:
    """Puts jobs into the queue, and is what a consumer takes them from.

    Attributes:
        huey: For a consumer.
    """

    def __init__(self, database: Database, work: Work | None = None, *, name: str = NAME) -> None:
        """Prepares.

        Args:
            database: Where the messages are.
            work: Works on a job; not needed to put jobs into the queue.
            name: Of the queue; other things to do than jobs have queues of their own.
        """
        self.huey = Huey(
            name,
            results=False,
            serializer=_JsonSerializer(),
            storage_class=_Storage,
            database=database,
        )

        def run(job_id: int) -> None:
            pause = work(job_id) if work is not None else None
            if pause is not None:
                raise RetryTask(delay=pause.total_seconds())

        self._task = self.huey.task(name="work")(run)

    def put(self, session: Session, job_id: int) -> None:
        """Queues a job with the transaction that makes it: both are there or neither."""
        message = self.huey.serialize_task(self._task.s(job_id))
        session.add(QueuedTask(queue=self.huey.name, data=message, priority=0.0))


class _JsonSerializer(Serializer):  # type: ignore[misc]
    """JSON, where huey would use pickle: who can write to the database is not to run code."""

    def _serialize(self, data: Any) -> bytes:
        if isinstance(data, Message):
            known = {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in data._asdict().items()
                if value is not None
            }
            return orjson.dumps({"message": known})
        return orjson.dumps({"value": data})

    def _deserialize(self, data: bytes) -> Any:
        found = orjson.loads(data)
        if "message" not in found:
            return found["value"]
        known = found["message"]
        for name in ("eta", "expires_resolved"):
            if name in known:
                known[name] = datetime.fromisoformat(known[name])
        return Message(**known)


class _Storage(BaseStorage):  # type: ignore[misc]
    """What huey asks of a storage, over SQLAlchemy."""

    def __init__(self, name: str, *, database: Database) -> None:
        super().__init__(name)
        self._database = database

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        with self._database.transaction() as session:
            session.add(QueuedTask(queue=self.name, data=data, priority=priority or 0.0))

    def dequeue(self) -> bytes | None:
        first = (
            select(QueuedTask)
            .where(QueuedTask.queue == self.name)
            .order_by(QueuedTask.priority.desc(), QueuedTask.id)
            .limit(1)
        )
        # A look before the lock: workers ask all the time, and mostly there is nothing.
        with self._database.session() as session:
            if session.scalars(first).first() is None:
                return None
        with self._database.transaction() as session:
            task = session.scalars(first.with_for_update(skip_locked=True)).first()
            if task is None:
                return None
            session.delete(task)
            return task.data

    def queue_size(self) -> int:
        return self._count(QueuedTask)

    def enqueued_items(self, limit: int | None = None) -> list[bytes]:
        query = (
            select(QueuedTask.data)
            .where(QueuedTask.queue == self.name)
            .order_by(QueuedTask.priority.desc(), QueuedTask.id)
        )
        return self._all(query, limit)

    def flush_queue(self) -> None:
        self._flush(QueuedTask)

    def add_to_schedule(self, data: bytes, ts: datetime) -> None:
        with self._database.transaction() as session:
            session.add(ScheduledTask(queue=self.name, data=data, at=_seconds(ts)))

    def read_schedule(self, ts: datetime) -> list[bytes]:
        due = select(ScheduledTask).where(
            ScheduledTask.queue == self.name, ScheduledTask.at <= _seconds(ts)
        )
        with self._database.session() as session:
            if session.scalars(due.limit(1)).first() is None:
                return []
        with self._database.transaction() as session:
            tasks = session.scalars(
                due.order_by(ScheduledTask.at, ScheduledTask.id).with_for_update(skip_locked=True)
            ).all()
            for task in tasks:
                session.delete(task)
            return [task.data for task in tasks]

    def schedule_size(self) -> int:
        return self._count(ScheduledTask)

    def scheduled_items(self, limit: int | None = None) -> list[bytes]:
        query = (
            select(ScheduledTask.data)
            .where(ScheduledTask.queue == self.name)
            .order_by(ScheduledTask.at)
        )
        return self._all(query, limit)

    def flush_schedule(self) -> None:
        self._flush(ScheduledTask)

    def put_data(self, key: str, value: bytes, is_result: bool = False) -> None:
        del is_result
        with self._database.transaction() as session:
            session.merge(QueueValue(queue=self.name, key=_text(key), value=value))

    def peek_data(self, key: str) -> Any:
        with self._database.session() as session:
            found = session.get(QueueValue, (self.name, _text(key)))
            return EmptyData if found is None else found.value

    def pop_data(self, key: str) -> Any:
        if self.peek_data(key) is EmptyData:
            return EmptyData
        with self._database.transaction() as session:
            found = session.get(QueueValue, (self.name, _text(key)), with_for_update=True)
            if found is None:
                return EmptyData
            session.delete(found)
            return found.value

    def has_data_for_key(self, key: str) -> bool:
        return self.peek_data(key) is not EmptyData

    def incr(self, key: str, amount: int = 1) -> int:
        raise NotImplementedError("counters are for chords of tasks, which jobs have not")

    def delete_counter(self, key: str) -> None:
        raise NotImplementedError("counters are for chords of tasks, which jobs have not")

    def result_store_size(self) -> int:
        with self._database.session() as session:
            return session.scalar(select(func.count()).select_from(QueueValue)) or 0

    def result_items(self) -> dict[str, bytes]:
        with self._database.session() as session:
            return {value.key: value.value for value in session.scalars(select(QueueValue))}

    def flush_results(self) -> None:
        with self._database.transaction() as session:
            session.execute(delete(QueueValue).where(QueueValue.queue == self.name))

    def flush_counters(self) -> None:
        """There are none."""

    def _count(self, table: type[QueuedTask | ScheduledTask]) -> int:
        with self._database.session() as session:
            query = select(func.count(table.id)).where(table.queue == self.name)
            return session.scalar(query) or 0

    def _all(self, query: Select[Any], limit: int | None) -> list[bytes]:
        with self._database.session() as session:
            found: Iterable[bytes] = session.scalars(query.limit(limit) if limit else query)
            return list(found)

    def _flush(self, table: type[QueuedTask | ScheduledTask]) -> None:
        with self._database.transaction() as session:
            session.execute(delete(table).where(table.queue == self.name))


def _seconds(moment: datetime) -> float:
    # huey's times are UTC and do not say so.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _text(key: str | bytes) -> str:
    return key.decode() if isinstance(key, bytes) else key
