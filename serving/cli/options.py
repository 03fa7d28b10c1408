"""Options that several commands share, and how their help is laid out."""

from __future__ import annotations

import os
from typing import Any, TextIO

import click

DEFAULT_TARGET_ERROR = 0.05


class SectionedOption(click.Option):
    """An option that stands under a heading of its own in the help.

    Attributes:
        section: The heading.
    """

    def __init__(self, *args: Any, section: str = "Options", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


class SectionedCommand(click.Command):
    """A command whose help groups its options by heading, in the order they were declared."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes one definition list a heading."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                name = param.section if isinstance(param, SectionedOption) else "Options"
                sections.setdefault(name, []).append(record)
        last = sections.pop("Options", [])
        for name, records in [*sections.items(), ("Options", last)]:
            if records:
                with formatter.section(name):
                    formatter.write_dl(records)


model = click.option(
    "--model",
    cls=SectionedOption,
    section="Model",
    metavar="NAME|FOLDER",
    envvar="SEDNO_MODEL",
    show_envvar=True,
    help="Model to ask: a name from 'sedno models list' or an artefact folder. "
    "Default: the active model.",
)
target_error = click.option(
    "--target-error",
    cls=SectionedOption,
    section="Model",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=DEFAULT_TARGET_ERROR,
    show_default=True,
    envvar="SEDNO_TARGET_ERROR",
    show_envvar=True,
    metavar="SHARE",
    help="Share of wrong answers you accept among those not marked for review. "
    "Smaller means more answers for a person to check.",
)
threads = click.option(
    "--threads",
    cls=SectionedOption,
    section="Model",
    type=click.IntRange(min=1),
    envvar="SEDNO_THREADS",
    show_envvar=True,
    metavar="N",
    help="CPU threads for the model. Default: one a usable processor, at most 8.",
)
debug = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show the traceback when something fails."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def colour_wanted(stream: TextIO) -> bool:
    """Whether colours belong on ``stream``: a terminal, and ``NO_COLOR`` unset or empty."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
