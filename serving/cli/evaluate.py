"""``sedno evaluate``: what a model is worth on the benchmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sedno.serving.cli import extras, options


@click.command(cls=options.SectionedCommand, name="evaluate")
@click.argument("model", metavar="[NAME|FOLDER]", required=False)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="SEDNO_DATA",
    show_envvar=True,
    required=True,
    help="Folder of corpora that the benchmarks read.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the dated report (Markdown, JSON, HTML). Default: print only.",
)
@click.option(
    "--benchmark",
    "benchmarks",
    multiple=True,
    metavar="NAME",
    help="Run only this benchmark or study; may be given several times. Default: all.",
)
@click.option(
    "--baselines/--no-baselines", default=True, help="Compare with simple models. Default: yes."
)
@click.option(
    "--untouched/--no-untouched",
    default=True,
    help="Compare with the untouched encoder: minutes the first time, then kept. Default: yes.",
)
@click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for what no model changes: baselines' answers, the untouched encoder's "
    "embeddings. Default: this user's cache folder.",
)
@click.option("--store", is_flag=True, help="Put the figures into the model, for the quality gate.")
@click.option(
    "--with-texts",
    is_flag=True,
    help="Also write a page that quotes the worst mistakes. It holds texts of the corpora: "
    "do not publish it.",
)
@options.target_error
@options.threads
@options.debug
def command(
    model: str | None,
    data: Path,
    output: Path | None,
    benchmarks: tuple[str, ...],
    target_error: float,
    threads: int | None,
    **choices: Any,
) -> None:
    """Score a model on the benchmarks and studies, beside simple baselines.

    Without a name the active model is scored. Needs the evaluation extra:
    pip install 'sedno[evaluate]'

    \b
    Example:
      sedno evaluate --data corpora/ --output reports/
    """
    run = extras.load("sedno.evaluation.run", command="evaluate", extra="evaluate")
    run.evaluate(
        model,
        data=data,
        output=output,
        benchmarks=list(benchmarks) or None,
        target_error=target_error,
        threads=threads,
        echo=click.echo,
        **choices,
    )
