"""``sedno topics``: the questions that keep coming back."""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import exits, extras, options, topic_runs, topics_edit
from sedno.serving.cli.input_options import input_options
from sedno.serving.cli.topic_reports import digest, lang_option, load_state, report, write_report

if TYPE_CHECKING:
    from sedno.models.topics.records import Found
    from sedno.serving.topics.intake import Taken

_EXTRA = "topics"

_choice = (
    click.option(
        "--all", "everything", is_flag=True,
        help="Take all comments that are neither spam nor toxic, not only questions.",
    ),
    click.option(
        "--apart-by", metavar="COLUMN",
        help="Column (brand, product) whose values have topics of their own. Default: the source.",
    ),
    click.option("--together", is_flag=True, help="Topics over all sources together."),
    click.option(
        "--source", "sources", multiple=True, metavar="NAME",
        help="Take comments of this source only; may be given several times, as may the next.",
    ),
    click.option(
        "--brand", "brands", multiple=True, metavar="NAME",
        help="Take comments of this brand (column brand) only.",
    ),
    click.option(
        "--product", "products", multiple=True, metavar="NAME",
        help="Take comments on this product (column product) only.",
    ),
    click.option(
        "--language", "languages", multiple=True, metavar="CODE",
        help="Take comments of this language only; may be given several times.",
    ),
    click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day taken (UTC)."),
    click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="First day not taken (UTC)."),
)  # fmt: skip
_report_option = click.option(
    "--report", metavar="FILE|-",
    help="Write a report: HTML, XLSX, CSV or JSON where the name ends so, else Markdown.",
)  # fmt: skip
_assignments = click.option(
    "--assignments", metavar="FILE|-",
    help='Write one line of JSON for each row, in order: {"id": ..., "topics": [ids, best first]}.',
)  # fmt: skip


def _choice_options(function: Any) -> Any:
    for option in reversed(_choice):
        function = option(function)
    return function


@click.group(name="topics")
def command() -> None:
    """Find the questions that keep coming back, follow and report them."""


command.add_command(report)
command.add_command(digest)
command.add_command(topics_edit.command)
command.add_command(topic_runs.command)


@command.command("fit", cls=options.SectionedCommand, short_help="Find the topics of a file.")
@click.argument("source", metavar="FILE|-")
@_assignments
@_report_option
@lang_option
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path),
    help="File that keeps the topics. Where it is there already, ids, names and edits are kept.",
)  # fmt: skip
@_choice_options
@click.option(
    "--min-size", type=click.IntRange(min=1), default=2, show_default=True,
    help="Fewest comments of a topic; fewer are single questions.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="Seed of all chance.")  # fmt: skip
@input_options
@options.model
@options.threads
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@options.debug
@click.pass_context
def fit(
    ctx: click.Context,
    /,
    *,
    source: str,
    assignments: str | None,
    report: str | None,
    lang: str,
    state: Path | None,
    min_size: int,
    seed: int,
    quiet: bool,
    **given: Any,
) -> None:
    """Find the topics of the questions in a file.

    Reads what 'sedno classify' reads and classifies it once. Questions are cut out of the chatter
    around them, spam and toxic comments are left out, and each source has topics of its own.

    \b
    Examples:
      sedno topics fit comments.csv --report topics.md
      sedno topics fit week.jsonl --state topics.state --assignments out.jsonl
    """
    _needs_output(ctx, assignments, report, state)
    engine = extras.load("sedno.models.topics.engine", command="topics", extra=_EXTRA)
    from sedno.models.topics.records import Options

    previous = load_state(state) if state is not None and state.exists() else None
    taken, model = _read(source, given, quiet=quiet)
    wanted = Options(min_size=min_size, seed=seed)
    found = engine.fit(
        taken.asked, wanted, previous=previous, model=model,
        tell=(lambda _: None) if quiet else lambda what: click.echo(what, err=True),
    )  # fmt: skip
    if report is not None or state is not None:
        from sedno.models.topics import projection

        found = projection.drawn(found, seed=seed)
    _write(found, taken, assignments, report, state, lang)
    if not quiet:
        _tell(found, taken)
    ctx.exit(exits.REJECTS if taken.left["unreadable"] else exits.DONE)


@command.command("update", cls=options.SectionedCommand, short_help="Let new comments join.")
@click.argument("source", metavar="FILE|-")
@click.option(
    "--state", type=click.Path(dir_okay=False, exists=True, path_type=Path), required=True,
    help="File of the topics, which is written anew.",
)  # fmt: skip
@_assignments
@_report_option
@lang_option
@_choice_options
@input_options
@options.model
@options.threads
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@options.debug
@click.pass_context
def update(
    ctx: click.Context,
    /,
    *,
    source: str,
    state: Path,
    assignments: str | None,
    report: str | None,
    lang: str,
    quiet: bool,
    **given: Any,
) -> None:
    """Let the questions of new comments join the topics there are.

    Much faster than 'fit', and finds no new topics: run 'fit' now and then, over all comments.
    Comments whose id is known already are not read again.
    """
    engine = extras.load("sedno.models.topics.engine", command="topics", extra=_EXTRA)
    previous = load_state(state)
    known = frozenset(member.comment for member in previous.members)
    taken, model = _read(source, given, quiet=quiet, known=known, must_be=previous.model)
    del model
    from sedno.models.topics import projection

    found = projection.joined(engine.update(previous, taken.asked))
    _write(found, taken, assignments, report, state, lang)
    if not quiet:
        _tell(found, taken)
    ctx.exit(exits.REJECTS if taken.left["unreadable"] else exits.DONE)


@command.command("evaluate", short_help="Measure topics against known intents.")
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="SEDNO_DATA", show_envvar=True,
    help="Folder of corpora. Without it only the streams that come with Sedno are measured.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the dated report (Markdown, JSON). Default: print only.",
)  # fmt: skip
@click.option("--part", "parts", multiple=True, metavar="NAME",
              help="Measure only this part (streams, public, allegro, speed, stability); may be "
              "given several times. Default: all.")  # fmt: skip
@click.option(
    "--names", type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the names of the test streams' topics here, for readers to judge.",
)  # fmt: skip
@click.option(
    "--judgements", multiple=True, metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What one reader said of those names; may be given several times.",
)  # fmt: skip
@click.option(
    "--rivals/--no-rivals", default=True,
    help="Measure other ways to find topics too: minutes more. Default: yes.",
)  # fmt: skip
@options.model
@options.debug
def evaluate(
    data: Path | None,
    output: Path | None,
    parts: tuple[str, ...],
    rivals: bool,
    names: Path | None,
    judgements: tuple[Path, ...],
    model: str | None,
) -> None:
    """Measure topics against known intents, beside BERTopic's defaults and k-means.

    Needs the evaluation extra: pip install 'sedno[topics,evaluate]'. BERTopic, UMAP and HDBSCAN
    are compared where they are installed.
    """
    run = extras.load("sedno.evaluation.topics.run", command="topics evaluate", extra="evaluate")
    from sedno.serving.review.alike import SAME, SIMILAR
    from sedno.serving.topics.intake import Choice, take_in

    if (names or judgements) and parts and "streams" not in parts:
        raise click.UsageError("--names and --judgements need --part streams, whose names they are")
    # A stream is one brand on several platforms, as "sedno topics fit --together" takes it.
    choice = Choice(together=True)
    try:
        run.evaluate(
            take_in=lambda rows, classifier: take_in(rows, classifier, choice).asked,
            data=data, output=output, parts=parts, model=model, rivals=rivals, names=names,
            judgements=judgements, alike=(SIMILAR, SAME), tell=click.echo,
        )  # fmt: skip
    except run.JudgementError as error:
        raise exits.CommandError(f"--judgements: {error}") from error


def _needs_output(
    ctx: click.Context, assignments: str | None, report: str | None, state: Path | None
) -> None:
    if assignments is None and report is None and state is None:
        raise click.UsageError(
            "nothing would be kept: give --assignments FILE, --report FILE or --state FILE "
            "(- prints the first two).",
            ctx,
        )


def _read(
    source: str,
    given: dict[str, Any],
    *,
    quiet: bool,
    known: frozenset[str] = frozenset(),
    must_be: str | None = None,
) -> tuple[Taken, str]:
    from sedno.datasets.io.columns import Columns
    from sedno.datasets.io.csv_dialect import CsvOptions
    from sedno.datasets.io.reader import open_reader
    from sedno.models.classifier import Classifier
    from sedno.serving.topics.intake import take_in

    quote = given["quote"]
    columns = {
        name.removesuffix("_column"): value
        for name, value in given.items()
        if name.endswith("_column")
    }
    reader = open_reader(
        source,
        format=given["format"],
        columns=Columns(**columns),
        csv=CsvOptions(
            delimiter=given["delimiter"],
            quote=None if quote == "none" else quote,
            escape=given["escape"],
            header=not given["no_header"],
        ),
        encoding=given["encoding"],
    )
    choice = _chosen(given)

    shown = not quiet and sys.stderr.isatty()

    def tell(rows: int) -> None:
        if shown:
            click.echo(f"\r{rows:,} rows read", nl=False, err=True)

    with reader, Classifier(given["model"], threads=given["threads"]) as classifier:
        if must_be is not None and classifier.name != must_be:
            raise exits.CommandError(
                f"--model: is {classifier.name}, the topics were made with {must_be}, and their "
                f"vectors cannot be compared; add --model {must_be}, or run 'sedno topics fit' anew"
            )
        if choice.apart_by is not None and choice.apart_by not in reader.columns:
            raise exits.CommandError(
                f"--apart-by: there is no column {choice.apart_by!r}; the columns are: "
                f"{', '.join(reader.columns)}"
            )
        for column, names in (("brand", choice.brands), ("product", choice.products)):
            if names and column not in reader.columns:
                raise exits.CommandError(
                    f"--{column}: there is no column {column!r}, so that no comment would be left; "
                    f"the columns are: {', '.join(reader.columns)}"
                )
        rows = itertools.islice(reader, given["limit"])
        taken = take_in(rows, classifier, choice, known=known, tell=tell)
        if shown:
            click.echo("", err=True)
        return taken, classifier.name


def _chosen(given: dict[str, Any]) -> Any:
    from sedno.serving.topics.intake import Choice

    def utc(day: datetime | None) -> datetime | None:
        return None if day is None else day.replace(tzinfo=UTC)

    return Choice(
        everything=given["everything"],
        apart_by=given["apart_by"],
        together=given["together"],
        sources=frozenset(given["sources"]),
        brands=frozenset(given["brands"]),
        products=frozenset(given["products"]),
        languages=frozenset(given["languages"]),
        since=utc(given["since"]),
        until=utc(given["until"]),
    )


def _write(
    found: Found,
    taken: Taken,
    assignments: str | None,
    report: str | None,
    state: Path | None,
    lang: str,
) -> None:
    from sedno.models.topics.state import save
    from sedno.serving.topics import files

    if state is not None:
        save(found, state)
    if assignments is not None:
        files.write(assignments, files.assignments(taken.ids, taken.keys, found.assignments()))
    if report is not None:
        write_report(report, found, lang=lang)


def _tell(found: Found, taken: Taken) -> None:
    left = ", ".join(f"{count:,} {why}" for why, count in sorted(taken.left.items()))
    click.echo(
        f"{len(taken.ids):,} rows: {len(taken.asked):,} with a question"
        + (f" ({left})" if left else "")
        + f"; {len(found.topics):,} topics.",
        err=True,
    )
    for topic in found.topics[:10]:
        click.echo(f"  {topic.size:>6,}  {topic.name}", err=True)
