"""``sedno audit``: who did what."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from typing import Any

import click

from sedno.serving.cli import options
from sedno.serving.cli.opening import Moment


@click.command(name="audit", cls=options.SectionedCommand)
@click.option("--since", type=Moment(), metavar="TIME", help="Not before, such as 2026-11-30.")
@click.option("--until", type=Moment(), metavar="TIME", help="Before.")
@click.option("--actor", metavar="NAME", help="Done by this person or key.")
@click.option("--action", metavar="ACTION", help="Such as person.signed_in, or person. for all.")
@click.option("--subject", metavar="KIND:NAME", help="Done to this, such as comment:17.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "jsonl", "csv"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@options.debug
def command(
    since: datetime | None,
    until: datetime | None,
    actor: str | None,
    action: str | None,
    subject: str | None,
    style: str,
) -> None:
    """Print the audit log, the oldest entry first.

    It holds what people, keys and Sedno itself did: signing in, looking at comments, deciding,
    exporting, erasing, and every change of people and keys.

    \b
    Example:
      sedno audit --since 2026-11-01 --action comment. --format csv > looks.csv
    """
    from sedno.serving.cli.opening import opened
    from sedno.serving.people import audit

    kind, _, name = (subject or "").partition(":")
    wanted = audit.Wanted(
        since=since,
        until=until,
        actor=actor,
        action=action,
        subject_kind=kind or None,
        subject=name or None,
    )
    rows = csv.writer(sys.stdout)
    if style == "csv":
        rows.writerow(audit.COLUMNS)
    with opened() as (_, database), database.session() as session:
        for entry in audit.every(session, wanted):
            fields = audit.fields(entry)
            if style == "csv":
                rows.writerow(audit.cells(fields))
            elif style == "jsonl":
                click.echo(json.dumps(fields, ensure_ascii=False))
            else:
                click.echo(_line(fields))


def _line(fields: dict[str, Any]) -> str:
    detail = " ".join(f"{name}={value}" for name, value in fields["detail"].items())
    subject = f"{fields['subject_kind']}:{fields['subject']}"
    return (
        f"{fields['at'][:19]}  {fields['actor']}  {fields['action']}  {subject}  {detail}".rstrip()
    )
