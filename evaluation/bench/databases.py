"""The databases that benches run on: a SQLite file, and a real PostgreSQL where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sedno.evaluation.bench import postgres
from sedno.evaluation.bench.setting import Setting


@contextmanager
def database(backend: str, folder: Path) -> Iterator[str | None]:
    """URL of an empty database; ``None`` where its server is not to be had.

    Args:
        backend: ``sqlite`` or ``postgresql``.
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


def on_each(setting: Setting, skipped: list[str]) -> Iterator[tuple[str, Path, str]]:
    """Name, a new folder and the URL of each kind of database, one after the other.

    Args:
        setting: Where the folders go.
        skipped: Gets the names of those whose server is not to be had.
    """
    for backend in setting.backends:
        place = setting.work / backend
        place.mkdir(parents=True)
        with database(backend, place) as url:
            if url is None:
                skipped.append(backend)
            else:
                yield backend, place, url


def without(skipped: list[str]) -> str:
    """What a report says of databases that were skipped; nothing where there were none."""
    return f" Did not run on {', '.join(skipped)}: no server was found." if skipped else ""
