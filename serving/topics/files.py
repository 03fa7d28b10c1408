"""Writes what ``sedno topics`` gives: assignments and reports, whole or not at all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import click


def assignments(
    ids: Sequence[str | None], keys: Sequence[str], topics: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """One line of JSON for each row of the input, in order."""
    for given, key in zip(ids, keys, strict=True):
        line = {"id": given, "topics": list(topics.get(key, ()))}
        yield json.dumps(line, ensure_ascii=False) + "\n"


def write(path: str, lines: Iterable[str]) -> None:
    """Writes lines to a file, or to standard output for ``-``.

    Raises:
        OSError: It cannot be written; a file that was there stays.
    """
    if path == "-":
        for line in lines:
            click.echo(line, nl=False)
        return
    with _instead_of(path) as out:
        out.writelines(line.encode() for line in lines)


def write_bytes(path: str, content: bytes) -> None:
    """Writes a file whole, or to standard output for ``-``.

    Raises:
        OSError: It cannot be written; a file that was there stays.
    """
    if path == "-":
        click.echo(content, nl=False)
        return
    with _instead_of(path) as out:
        out.write(content)


@contextlib.contextmanager
def _instead_of(path: str) -> Iterator[BinaryIO]:
    """A file beside its place that is moved there once all is written."""
    target = Path(path)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
