"""``sedno train``: from a recipe to a model, with the training extra."""

from __future__ import annotations

from pathlib import Path

import click

from sedno.serving.cli import extras, options


@click.command(name="train")
@click.argument("recipe", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="SEDNO_DATA",
    show_envvar=True,
    required=True,
    help="Folder of corpora that the recipe names.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the artefact; must not exist or be empty.",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for checkpoints and the run log. Default: OUTPUT.run",
)
@click.option(
    "--licences",
    type=click.Choice(["open", "any"]),
    default="any",
    show_default=True,
    help="open: leave out every corpus whose licence is not stated.",
)
@click.option("--resume", is_flag=True, help="Go on from the last checkpoint of an earlier run.")
@options.debug
def command(
    recipe: Path, data: Path, output: Path, work: Path | None, licences: str, resume: bool
) -> None:
    """Train a model by a RECIPE file.

    The recipe (TOML) describes the model completely: base encoder, corpora, stages, seeds.
    Needs the training extra: pip install 'sedno[train]'

    \b
    Example:
      sedno train recipe.toml --data corpora/ --output my-model/
      sedno models activate my-model/
    """
    run = extras.load("sedno.training.run", command="train", extra="train")
    admitted = ["open"] if licences == "open" else None
    folder = run.train(
        recipe, data=data, output=output, work=work, resume=resume, licences=admitted
    )
    click.echo(f"The model is in {folder}")
    click.echo(f"Use it:  sedno models activate {folder}")
