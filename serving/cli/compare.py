"""``sedno compare``: a new model beside the one in use."""

from __future__ import annotations

from pathlib import Path

import click

from sedno.serving.cli import extras, options


@click.command(cls=options.SectionedCommand, name="compare")
@click.argument("new", metavar="NAME|FOLDER")
@click.option(
    "--with", "old", metavar="NAME|FOLDER", help="Model to compare with. Default: the active one."
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="SEDNO_DATA",
    show_envvar=True,
    help="Folder of corpora; the gold comments are read from it.",
)
@click.option(
    "--decisions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An export of decisions; those held back from training are read.",
)
@click.option(
    "--recent",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Comments without labels (JSONL, CSV, Parquet): on the newest 20,000 texts changed "
    "labels are counted. The newest by posted_at; the last rows where no time is known.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the dated report (Markdown and JSON). Default: print only.",
)
@options.threads
@options.debug
def command(
    new: str,
    old: str | None,
    data: Path | None,
    decisions: Path | None,
    recent: Path | None,
    output: Path | None,
    threads: int | None,
) -> None:
    """Compare a new model with the one in use, before it is activated.

    On the gold comments, on decisions that were held back from training, and by counting the
    recent comments whose label would change. Ends with exit code 1 when the new model is worse
    beyond chance. Needs the evaluation extra: pip install 'sedno[evaluate]'

    \b
    Example:
      sedno compare my-model/ --decisions decisions.jsonl --recent comments.csv
      sedno models activate my-model/
    """
    if data is None and decisions is None and recent is None:
        raise click.UsageError("Name something to compare on: --data, --decisions or --recent.")
    run = extras.load("sedno.evaluation.compare_run", command="compare", extra="evaluate")
    found = run.compare_files(
        old,
        new,
        data=data,
        decisions=decisions,
        recent=recent,
        output=output,
        threads=threads,
        echo=click.echo,
    )
    if found.worse:
        raise click.exceptions.Exit(1)
