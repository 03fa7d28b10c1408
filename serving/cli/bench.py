"""``sedno bench``: speed, memory and size on this machine."""

from __future__ import annotations

import click

from sedno.serving.cli import extras, options


@click.command(cls=options.SectionedCommand, name="bench")
@click.argument("benches", metavar="[BENCH]...", nargs=-1)
@options.model
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False),
    envvar="SEDNO_DATA",
    show_envvar=True,
    help="Folder of corpora whose comments are read. Default: the bundled sample.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False),
    help="Folder for the dated report (Markdown and JSON). Default: print only.",
)
@click.option("--rows", type=click.IntRange(min=1), metavar="N", help="Rows of the long file.")
@click.option(
    "--stored", type=click.IntRange(min=1), metavar="N", help="Comments in the full database."
)
@click.option(
    "--faults", type=click.IntRange(min=1), metavar="N", help="How often the server is killed."
)
@click.option(
    "--uses", type=click.IntRange(min=1), metavar="N", help="Rounds of the server in long use."
)
@click.option("--rounds", type=click.IntRange(min=1), metavar="N", help="Repetitions of a run.")
@click.option(
    "--database",
    type=click.Choice(("sqlite", "postgresql")),
    help="Kind of database for benches that need one.  [default: each]",
)
@options.threads
@click.option("--tiny", is_flag=True, help="Only show that everything runs; figures mean nothing.")
@options.debug
@click.pass_context
def command(
    ctx: click.Context, /, benches: tuple[str, ...], **given: str | int | bool | None
) -> None:
    """Measure speed, memory and size of Sedno on this machine.

    Runs every BENCH unless some are named. Ends with exit code 1 when a floor is missed.
    Needs the bench extra: pip install 'sedno[bench]'

    \b
    Example:
      sedno bench throughput startup --output reports/
    """
    run = extras.load("sedno.evaluation.bench.run", command="bench", extra="bench")
    for name in benches:
        if name not in run.BENCHES:
            raise click.BadParameter(f"{name!r} is none; use {', '.join(run.BENCHES)}")
    arguments = list(benches)
    for name, value in given.items():
        if value is True:
            arguments.append(f"--{name}")
        elif value is not None and value is not False:
            arguments += [f"--{name}", str(value)]
    ctx.exit(run.main(arguments))
