"""``sedno topics run``: finds the topics of stored comments anew; made for cron."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import extras, options
from sedno.serving.cli.exits import CommandError
from sedno.serving.cli.opening import Moment

if TYPE_CHECKING:
    from sedno.serving.settings import Settings
    from sedno.serving.store.database import Database
    from sedno.serving.store.tables.jobs import Job
    from sedno.serving.topics.choice import Choice

_LOOK_SECONDS = 1.0


@click.command("run", short_help="Find the topics of stored comments anew.")
@click.option(
    "--all/--questions", "everything", default=None,
    help="Take all comments that are neither spam nor toxic, or questions alone.",
)  # fmt: skip
@click.option("--source", "sources", multiple=True, metavar="NAME",
              help="Read comments of this source only; may be given several times, as may the "
              "next three.")  # fmt: skip
@click.option("--brand", "brands", multiple=True, metavar="NAME", help="Of this brand only.")
@click.option("--product", "products", multiple=True, metavar="NAME", help="Of this product only.")
@click.option("--language", "languages", multiple=True, metavar="CODE",
              help="Of this language only.")  # fmt: skip
@click.option("--since", type=Moment(), metavar="TIME", help="Posted then or later (UTC).")
@click.option("--until", type=Moment(), metavar="TIME", help="Posted before that (UTC).")
@click.option(
    "--apart-by", type=click.Choice(["source", "brand", "product", "language"]),
    help="What keeps topics apart from now on. Default: what does so far, at first the source.",
)  # fmt: skip
@click.option("--together", is_flag=True, help="Topics over all comments together from now on.")
@click.option("--wait", is_flag=True, help="End when the run has ended: 0 done, 1 not done.")
@click.option("--work", is_flag=True,
              help="Do it here, with a model of its own, instead of leaving it to the workers of a "
              "server.")  # fmt: skip
@options.model
@options.threads
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@options.debug
def command(
    everything: bool | None,
    apart_by: str | None,
    together: bool,
    wait: bool,
    work: bool,
    model: str | None,
    threads: int | None,
    quiet: bool,
    **given: Any,
) -> None:
    """Find the topics of stored comments anew, and print the number of the job.

    Ids, names and edits stay. Without a choice what topics are made of so far is read again: all
    questions, unless runs were limited to a part. With one, that part alone is read, and all
    others stay in their topics as they are.

    \b
    Examples:
      sedno topics run
      sedno topics run --product Kubek --since 2026-11-01 --wait
      sedno topics run --work && sedno topics digest --lang pl
    """
    from sedno.serving.cli.opening import opened
    from sedno.serving.topics.choice import TOGETHER, ChoiceError, choose

    if together and apart_by:
        raise click.UsageError("Give either --apart-by or --together.")
    kinds = {None: None, True: "all", False: "questions"}
    try:
        choice = choose(
            comments=kinds[everything], apart=TOGETHER if together else apart_by, **given
        )
    except ChoiceError as error:
        raise CommandError(str(error)) from error
    if work:
        extras.load("sedno.models.topics.engine", command="topics", extra="topics")
    with opened() as (settings, database):
        number = _ask(database, choice)
        click.echo(number)
        if work:
            _work(settings, database, number, model, threads)
        if work or wait:
            _tell(_ended(database, number, quiet=quiet), quiet=quiet)


def _ask(database: Database, choice: Choice) -> int:
    from sedno.serving.jobs.queue import JobQueue
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.store.transact import transact
    from sedno.serving.topics import runs
    from sedno.serving.topics.choice import ChoiceError

    queue = JobQueue(database)
    try:
        return transact(
            database, lambda session: runs.ask(session, queue.put, COMMAND_LINE, choice)
        )
    except ChoiceError as error:
        raise CommandError(str(error)) from error


def _work(
    settings: Settings, database: Database, number: int, model: str | None, threads: int | None
) -> None:
    from sedno.models.classifier import Classifier
    from sedno.serving.jobs.workers import JobWorkers

    with Classifier(model, threads=threads) as classifier:
        workers = JobWorkers(
            lambda: database,
            lambda comments: classifier.predict(comments, embeddings=True),
            lambda: classifier.name,
            workers=0,
            lease=timedelta(seconds=settings.job_lease_seconds),
            tell=lambda *_, **__: None,
        )
        while (pause := workers.work(database, number)) is not None:
            time.sleep(pause.total_seconds())


def _ended(database: Database, number: int, *, quiet: bool) -> Job:
    """The job once it has ended, by whoever works on it."""
    from sedno.serving.jobs import board
    from sedno.serving.topics.progress import progress_of

    said = ""
    while True:
        with database.session() as session:
            job = board.get(session, number)
        if job.state in board.ENDED:
            return job
        now = f"{progress_of(job).share:.0%} {job.step or job.state}"
        if not quiet and now != said:
            click.echo(f"{datetime.now().astimezone():%H:%M:%S} {now}", err=True)
            said = now
        time.sleep(_LOOK_SECONDS)


def _tell(job: Job, *, quiet: bool) -> None:
    if job.state != "done":
        raise CommandError(f"run {job.id} is {job.state}" + (f": {job.error}" if job.error else ""))
    if not quiet:
        click.echo(
            f"{job.counts['questions']:,} comments read, {job.counts['topics']:,} topics.", err=True
        )
