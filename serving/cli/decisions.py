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
    """List what people decided, export it for training, and choose what to label next."""


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


@command.command("choose", short_help="Choose the comments that teach the next model most.")
@click.option("--count", type=click.IntRange(1, 100_000), default=200, show_default=True)
@click.option("--source", metavar="SOURCE", help="Only comments of this source.")
@click.option(
    "-o", "--output", metavar="FILE.jsonl", help="Where the rows go. Default: standard output."
)
@options.debug
def choose(count: int, source: str | None, output: str | None) -> None:
    """Choose stored comments to have labelled next, so that the next model learns most.

    Those come first whose labels the model doubts more than is usual for it; a comment that
    somebody decided on is left out, copies of a text count once. One row a comment: its number
    (the page is /desk/comments/NUMBER), source, id, masked text, proposed labels, and how many
    times the usual the doubt is. Reads every comment once; memory grows by 48 bytes a comment.

    \b
    Example:
      sedno decisions choose --count 300 --output to-label.jsonl
    """
    from sedno.serving.cli.exits import CommandError
    from sedno.serving.cli.opening import opened
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.people.audit import Subject, record
    from sedno.serving.review.choose import choose as chosen
    from sedno.serving.review.export import moment_of

    with opened() as (_, database):
        with moment_of(database) as session:
            rows = list(chosen(session, count, source=source))
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if output is None:
            click.echo(lines, nl=False)
        else:
            try:
                Path(output).write_text(lines, encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{output} cannot be written: {error.strerror}") from error
        with database.transaction() as session:
            subject = Subject("decisions", "to-label")
            record(session, COMMAND_LINE, "decisions.chosen", subject, rows=len(rows))
    where = "" if output is None else f" in {output}"
    click.echo(f"{len(rows):,} comments to label{where}", err=True)


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
