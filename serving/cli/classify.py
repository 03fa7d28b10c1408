"""``sedno classify``: the five answers about every comment of a file."""

from __future__ import annotations

import errno
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import exits, options, progress
from sedno.serving.cli.input_options import input_options
from sedno.serving.cli.output_options import output_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sedno.datasets.io.reader import Reader
    from sedno.datasets.io.rows import Row
    from sedno.models.artifact import Artifact
    from sedno.serving.bulk import BulkJob
    from sedno.serving.bulk_options import BulkOptions, Start
    from sedno.serving.summary import Summary

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


@click.command(cls=options.SectionedCommand, name="classify", no_args_is_help=True)
@click.argument("source", metavar="FILE|-")
@output_options
@input_options
@options.model
@options.target_error
@options.threads
@click.option("-q", "--quiet", is_flag=True, help="Print errors only: no progress, no summary.")
@options.debug
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    source: str,
    output: str | None,
    rejects: str | None,
    resume: bool,
    overwrite: bool,
    model: str | None,
    target_error: float,
    threads: int | None,
    quiet: bool,
    **given: Any,
) -> None:
    """Classify the comments of a file.

    Reads CSV of any delimiter and encoding, TSV, JSONL (each also gzipped) and Parquet, or
    standard input (-). Every row that can be read is answered, in order; rows that cannot are
    kept with their line number in OUTPUT.rejects.jsonl. The text and the id are found by the
    names of their columns. A summary goes to standard error.

    An interrupted run loses nothing: run the same command again with --resume.

    \b
    Examples:
      sedno classify comments.csv --output answers.csv --keep-columns
      sedno classify export.jsonl --output answers.jsonl --text-column snippet.text
      zcat big.csv.gz | sedno classify - --output - | jq .needs_review
    """
    from sedno.models.artifact import Artifact
    from sedno.models.registry import resolve
    from sedno.serving.bulk import BulkJob
    from sedno.serving.job_files import JobFiles

    start = _start(ctx, resume=resume, overwrite=overwrite)
    if output is None:
        raise click.UsageError(
            "Missing option '--output': say where the answers go, for example "
            "--output answers.jsonl, or --output - to print them.",
            ctx,
        )
    wanted = _wanted(given)
    files = JobFiles.of(source, output, rejects)
    if source == "-" and sys.stdin.isatty() and not quiet:
        click.echo("Reading comments from the terminal; end with Ctrl-D.", err=True)
    artifact = Artifact.load(resolve(model))
    with BulkJob(
        files, wanted, artifact, target_error=target_error, threads=threads, start=start
    ) as job:
        told = len(job.reader.notes)
        if not quiet:
            _tell_start(job)
        summary = job.finished or _run(job, artifact, target_error, threads, quiet=quiet)
        if not quiet:
            _tell_notes(job.reader.notes[told:])
            _tell_end(summary)
    ctx.exit(exits.REJECTS if summary.unanswered else exits.DONE)


def _run(
    job: BulkJob, artifact: Artifact, target_error: float, threads: int | None, *, quiet: bool
) -> Summary:
    from sedno.models.classifier import Classifier

    with progress.bar(wanted=not quiet) as show:
        try:
            with Classifier(artifact, threads=threads, target_error=target_error) as classifier:
                return job.run(classifier, show, on_reject=_tell_reject)
        except (KeyboardInterrupt, OSError) as error:
            if job.safe and job.resumable:
                click.echo(
                    f"\n{job.safe:,} rows are done and safe. To go on, run the same command with "
                    "--resume.",
                    err=True,
                )
            if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
                raise exits.CommandError(
                    f"--output: {job.files.output}: {error.strerror}"
                ) from error
            raise


def _start(ctx: click.Context, *, resume: bool, overwrite: bool) -> Start:
    from sedno.serving.bulk_options import Start

    if resume and overwrite:
        raise click.UsageError(
            "--resume goes on with an earlier run and --overwrite starts over: give one of them.",
            ctx,
        )
    if resume:
        return Start.RESUME
    return Start.OVERWRITE if overwrite else Start.NEW


def _wanted(given: dict[str, Any]) -> BulkOptions:
    from sedno.datasets.io.columns import Columns
    from sedno.datasets.io.csv_dialect import CsvOptions
    from sedno.datasets.io.csv_output import EXCEL, CsvOutput
    from sedno.serving.bulk_options import BulkOptions

    columns = {
        name.removesuffix("_column"): given.pop(name)
        for name in list(given)
        if name.endswith("_column")
    }
    quote = given.pop("quote")
    csv = CsvOptions(
        delimiter=given.pop("delimiter"),
        quote=None if quote == "none" else quote,
        escape=given.pop("escape"),
        header=not given.pop("no_header"),
    )
    delimiter = given.pop("output_delimiter")
    delimiter = "\t" if delimiter in {"tab", r"\t"} else delimiter
    output = EXCEL if given.pop("excel") else CsvOutput()
    return BulkOptions(
        columns=Columns(**columns),
        csv=csv,
        output_csv=replace(output, delimiter=delimiter or output.delimiter),
        **given,
    )


def _tell_start(job: BulkJob) -> None:
    if job.finished is not None:
        click.echo(
            f"An earlier run finished {job.files.output}; nothing is left to do. It came to:",
            err=True,
        )
        return
    click.echo(_taken_for(job.reader), err=True)
    _tell_notes(job.reader.notes)
    if job.resumed_at:
        click.echo(f"Going on after row {job.resumed_at:,}.", err=True)


def _taken_for(reader: Reader) -> str:
    """What the input was taken for, so that a wrong guess is seen at once."""
    kind = reader.format.upper()
    if reader.delimiter is not None:
        shown = {"\t": "tab"}.get(reader.delimiter, f"'{reader.delimiter}'")
        kind += f" ({shown} between fields)"
    if not reader.fields:
        return f"Reading {reader.name} as {kind}: it is empty."
    text = f"text from {reader.fields.get('text')!r}"
    others = [f"{field} from {name!r}" for field, name in reader.fields.items() if field != "text"]
    numbered = [] if "id" in reader.fields else ["no id, so rows are numbered from 1"]
    return f"Reading {reader.name} as {kind}: {', '.join([text, *others, *numbered])}."


def _tell_notes(notes: Sequence[str]) -> None:
    for note in notes:
        click.echo(f"Note: {note}", err=True)


def _tell_reject(row: Row) -> None:
    """Names a row that goes to no file; also with --quiet, because nothing else tells of it."""
    if row.error is not None:
        click.echo(f"Rejected: {row.error.code}, {row.error}", err=True)


def _tell_end(summary: Summary) -> None:
    click.echo("", err=True)
    for line in summary.lines():
        click.echo(line, err=True)
