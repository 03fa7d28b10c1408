"""``sedno jobs``: work on files and stored comments that survives a crash."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import options

if TYPE_CHECKING:
    from sedno.serving.store.database import Database

_NUMBER = click.argument("number", metavar="JOB", type=click.IntRange(min=1))


@click.group(name="jobs")
def command() -> None:
    """Work on files and stored comments that survives a crash.

    A server with SEDNO_JOB_WORKERS works on jobs by itself; 'sedno jobs work' does so without
    one, on this machine or on another with the same database.
    """


@command.command("add", short_help="Make a job of a file, or of stored comments.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--source", metavar="NAME", help="The source of comments that name none.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "tsv", "jsonl", "parquet"]),
    help="Where the file's name does not tell.",
)
@click.option("--waiting", is_flag=True, help="Instead of a FILE: stored comments without answer.")
@click.option("--all", "everything", is_flag=True, help="Instead of a FILE: all stored comments.")
@click.option("--again", is_flag=True, help="Also comments that the model has answered already.")
@options.debug
def add(
    file: str | None,
    source: str | None,
    form: str | None,
    waiting: bool,
    everything: bool,
    again: bool,
) -> None:
    """Make a job that keeps and labels the comments of FILE, and print its number.

    \b
    Example:
      sedno jobs add comments.csv --source shop
      sedno jobs add --all          # label all stored comments with the present model
    """
    from sedno.serving.cli.opening import opened
    from sedno.serving.ingest.incoming import preparer_of
    from sedno.serving.jobs.queue import JobQueue
    from sedno.serving.jobs.upload import upload

    if (file is not None) + waiting + everything != 1:
        raise click.UsageError("Give either a FILE, or --waiting, or --all.")
    with opened() as (settings, database):
        if file is None:
            number = _add_selection(database, waiting=waiting, again=again)
        else:
            number = upload(
                database,
                file,
                preparer_of(settings, source=source),
                name=click.format_filename(file, shorten=True),
                format=form,
                created_by="command line",
                queue=JobQueue(database).put,
            )
    click.echo(number)


@command.command("list", short_help="List jobs, the newest first.")
@click.option(
    "--state",
    type=click.Choice(["uploading", "queued", "running", "done", "failed", "cancelled"]),
    help="Only those in this state.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@options.as_json
@options.debug
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """List jobs, the newest first."""
    from sedno.serving.cli.opening import day, opened, table
    from sedno.serving.jobs import board, results

    with opened() as (_, database), database.session() as session:
        found = [results.job_dict(job) for job in board.jobs(session, state=state, limit=limit)]
    if as_json:
        _print(found)
        return
    head = ("JOB", "STATE", "DONE", "OF", "MADE", "WHAT")
    rows: list[tuple[str, ...]] = [
        (
            str(job["id"]),
            job["state"],
            f"{job['done']:,}",
            "" if job["total"] is None else f"{job['total']:,}",
            day(job["created_at"]),
            job["options"].get("file") or job["kind"],
        )
        for job in found
    ]
    table(head, rows)


@command.command("show")
@_NUMBER
@options.debug
def show(number: int) -> None:
    """Show how far JOB is, as JSON."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.jobs import board, results

    with opened() as (_, database), database.session() as session:
        _print(results.job_dict(board.get(session, number)))


@command.command("cancel")
@_NUMBER
@options.debug
def cancel(number: int) -> None:
    """Cancel JOB; what is done stays done."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.jobs import board
    from sedno.serving.store.transact import transact

    with opened() as (_, database):
        job = transact(database, lambda session: board.cancel(session, number))
    ended = job.state == "cancelled"
    click.echo(f"Job {number} {'is cancelled' if ended else 'ends with its next step'}.", err=True)


@command.command("retry")
@_NUMBER
@options.debug
def retry(number: int) -> None:
    """Go on with JOB, which failed or was cancelled, where it was."""
    from sqlalchemy.orm import Session

    from sedno.serving.cli.opening import opened
    from sedno.serving.jobs import board
    from sedno.serving.jobs.queue import JobQueue
    from sedno.serving.store.transact import transact

    with opened() as (_, database):
        queue = JobQueue(database)

        def again(session: Session) -> None:
            board.retry(session, number)
            queue.put(session, number)

        transact(database, again)
    click.echo(f"Job {number} is queued.", err=True)


@command.command("results", short_help="Write what came of each row of a job.")
@_NUMBER
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    default="jsonl",
    show_default=True,
)
@click.option(
    "--output", type=click.File("wb"), default="-", help="A file. Default: standard output."
)
@options.debug
def results_(number: int, form: str, output: Any) -> None:
    """Write what came of each row of JOB, in the order of the rows."""
    from sedno.serving.cli.exits import CommandError
    from sedno.serving.cli.opening import opened
    from sedno.serving.ingest import export
    from sedno.serving.jobs import board, results

    kind = export.Format(form)
    try:
        export.check(kind)
    except ModuleNotFoundError as error:
        raise CommandError("parquet needs the extra: pip install 'sedno[parquet]'") from error
    with opened() as (_, database):
        with database.session() as session:
            board.get(session, number)
        rows = results.every(database, number, table=kind is not export.Format.JSONL)
        for part in export.write(rows, kind, results.COLUMNS):
            output.write(part)


@command.command("work", short_help="Work on jobs until told to stop.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N")
@click.option("--until-empty", is_flag=True, help="End when no job is left to do.")
@options.model
@options.target_error
@options.threads
@options.debug
def work(
    workers: int,
    until_empty: bool,
    model: str | None,
    target_error: float,
    threads: int | None,
) -> None:
    """Work on jobs until Ctrl-C or SIGTERM; what is under way is gone on with later.

    \b
    Example:
      sedno jobs add comments.csv && sedno jobs work --until-empty
    """
    from sedno.models.classifier import Classifier
    from sedno.serving.cli.opening import opened
    from sedno.serving.jobs.alone import work_until

    def tell(event: str, **facts: Any) -> None:
        told = [event, *(f"{name}={value}" for name, value in facts.items())]
        click.echo(" ".join(told), err=True)

    with (
        opened() as (settings, database),
        Classifier(model, threads=threads, target_error=target_error) as classifier,
    ):
        work_until(
            database,
            classifier,
            workers=workers,
            lease_seconds=settings.job_lease_seconds,
            until_empty=until_empty,
            tell=tell,
        )


def _add_selection(database: Database, *, waiting: bool, again: bool) -> int:
    from sqlalchemy.orm import Session

    from sedno.serving.jobs import board
    from sedno.serving.jobs.queue import JobQueue
    from sedno.serving.store.comments import Filters
    from sedno.serving.store.transact import transact

    queue = JobQueue(database)
    filters = Filters(state="waiting") if waiting else Filters()

    def make(session: Session) -> int:
        asked = {"filters": filters.to_dict(), "again": again}
        job = board.create(session, board.SELECTION, asked, created_by="command line")
        queue.put(session, job.id)
        return job.id

    return transact(database, make)


def _print(value: Any) -> None:
    import orjson

    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    sys.stdout.write(text.decode() + "\n")
