"""The databases that benches run on: a SQLite file, and a real PostgreSQL where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sedno.evaluation.bench import postgres

BACKENDS = ("sqlite", "postgresql")


@contextmanager
def database(backend: str, folder: Path) -> Iterator[str | None]:
    """URL of an empty database; ``None`` where its server is not to be had.

    Args:
        backend: One of :data:`BACKENDS`.
        folder: Where a SQLite file goes.
    """
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    binaries = postgres.find_binaries()
    if binaries is None:
        yield None
        return
    with postgres.server(binaries, durable=True) as url:
        yield url
