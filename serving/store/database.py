"""Opens the database: a SQLite file by default, PostgreSQL by a URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 30
"""How long a writer waits for another before it gives up."""

_OPTIONS: dict[str, Any] = {
    # Errors are logged, and what is written must not be.
    "hide_parameters": True,
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}
_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class DatabaseError(ValueError):
    """The database cannot be opened; the message names the setting and the remedy."""


class Database:
    """One database: an engine, sessions, and whether it is SQLite.

    Attributes:
        engine: SQLAlchemy's engine.
        is_sqlite: Whether it is a SQLite file.
    """

    def __init__(self, url: str) -> None:
        """Prepares; connects with the first use.

        Args:
            url: ``sqlite:///path`` or ``postgresql://user:password@host/name``.

        Raises:
            DatabaseError: The URL cannot be read or names another database.
        """
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise DatabaseError(
                    "SEDNO_DATABASE_URL: a SQLite database has to be a file, since several threads "
                    "share it; write it like sqlite:////var/lib/sedno/sedno.db"
                )
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(
                self.url, connect_args={"timeout": BUSY_SECONDS}, **_OPTIONS
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(self.url, pool_pre_ping=True, pool_size=10, **_OPTIONS)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that reads; nothing is kept unless committed."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that writes: committed at the end, rolled back when an error leaves it.

        On SQLite it takes the write lock at once (``BEGIN IMMEDIATE``), so that two writers
        wait for each other instead of failing half-way.
        """
        with self._sessions.begin() as session:
            if self.is_sqlite:
                session.connection(execution_options={"sedno_writes": True})
            yield session

    def refresh_statistics(self) -> None:
        """Lets SQLite look at how its tables have grown, so that it chooses the right index.

        PostgreSQL does so by itself.
        """
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit=1000")
                connection.exec_driver_sql("PRAGMA optimize")

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def parse_url(url: str) -> URL:
    """Reads a database URL and chooses the driver.

    Raises:
        DatabaseError: It cannot be read or names another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(
            "SEDNO_DATABASE_URL cannot be read; write sqlite:////path/to/sedno.db or "
            "postgresql://user:password@host/name"
        ) from error
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise DatabaseError(
            f"SEDNO_DATABASE_URL names {backend!r}; Sedno keeps its data in sqlite or postgresql"
        )
    return parsed.set(drivername=_DRIVERS[backend])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late and only before writes; see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a decision that was answered survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "cache_size=-16384",  # of each connection; the system keeps more of the file
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("sedno_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
