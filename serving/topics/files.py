"""Writes what ``sedno topics`` gives: assignments and reports, whole or not at all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from sedno.models.topics.records import Found
from sedno.serving.topics.report import as_json, as_markdown


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
    target = Path(path)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(lines)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def write_report(path: str, found: Found, *, most: int | None = None) -> None:
    """Writes a report: JSON where the name ends so, else Markdown."""
    if path.endswith(".json"):
        write(path, [json.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n"])
    else:
        write(path, [as_markdown(found, most=most)])
