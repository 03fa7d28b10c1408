"""``sedno decisions``: what people decided, for the next model."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from sedno.serving.cli import options
from sedno.serving.cli.opening import Moment, day


@click.group(name="decisions")
def command() -> None:
    """List what people decided, and export it for training."""


@command.command("export", short_help="Write the decisions that count as a training set.")
@click.option(
    "-o",
    "--output",
    metavar="FILE.jsonl",
    required=True,
    help="Where the rows go; what they hold is told in FILE.manifest.json beside it.",
)
@click.option("--since", type=Moment(), metavar="TIME", help="Only decisions from then on.")
@options.debug
def export(output: str, since: datetime | None) -> None:
    """Write the decisions that count now as a training set.

    One row a comment: the masked text, the decided labels, and where they come from. A fifth of
    the texts are marked as split 'test': they are held back to compare models on. A recipe of
    'sedno train' names the file as a corpus.

    \b
    Example:
      sedno decisions export --output decisions.jsonl
    """
    from sedno.serving.cli.exits import CommandError
    from sedno.serving.cli.opening import opened
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.people.audit import Subject, record
    from sedno.serving.review.export import Export, moment_of

    path = Path(output)
    if path.suffix != ".jsonl":
        raise click.BadParameter("name a file that ends in .jsonl", param_hint="--output")
    part = path.with_name(path.name + ".part")
    with opened() as (_, database):
        with moment_of(database) as session:
            made = Export(session, since=since)
            try:
                with part.open("wb") as rows:
                    rows.writelines(made.lines())
                manifest = json.dumps(made.manifest.to_dict(), indent=2) + "\n"
                path.with_suffix(".manifest.json").write_text(manifest, encoding="utf-8")
                # Last, so that a file of this name is always a whole set.
                part.replace(path)
            except OSError as error:
                part.unlink(missing_ok=True)
                raise CommandError(f"{output} cannot be written: {error.strerror}") from error
        with database.transaction() as session:
            record(
                session,
                COMMAND_LINE,
                "decisions.exported",
                Subject("decisions", "training-set"),
                rows=made.manifest.rows,
                sha256=made.manifest.sha256,
            )
    told = made.manifest
    splits = ", ".join(f"{number:,} {name}" for name, number in sorted(told.splits.items()))
    click.echo(
        f"{told.rows:,} decided comments ({splits or 'none yet'}) in {output}, "
        f"version {told.sha256[:12]}"
    )


@command.command("list", short_help="Print the latest decisions.")
@click.option("--limit", type=click.IntRange(1, 500), default=20, show_default=True)
@options.as_json
@options.debug
def list_decisions(limit: int, as_json: bool) -> None:
    """Print the latest decisions, the newest first."""
    from sedno.serving.cli.opening import opened, table
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.review import records

    with opened() as (_, database), database.session() as session:
        found = records.page(session, COMMAND_LINE, limit=limit)
    if as_json:
        click.echo(json.dumps([records.fields(one) for one in found], ensure_ascii=False))
        return
    table(
        ("decision", "when", "by", "what", "comment", "model", ""),
        [
            (
                str(one.id),
                day(one.decided_at),
                one.by,
                one.verdict,
                str(one.comment_id),
                one.model or "",
                f"undone by {one.undone_by}" if one.undone_at else "",
            )
            for one in found
        ],
    )
