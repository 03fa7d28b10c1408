"""The options of ``sedno classify`` that say how the input is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import click

from sedno.serving.cli.options import SectionedOption

FORMATS = ("csv", "tsv", "jsonl", "parquet")

Decorated = Callable[..., Any]

_input = partial(click.option, cls=SectionedOption, section="Input")
_columns = partial(click.option, cls=SectionedOption, section="Columns", metavar="NAME")

_OPTIONS = (
    _input(
        "--format",
        type=click.Choice(FORMATS, case_sensitive=False),
        help="Format of FILE. Default: by its ending; for standard input by its first character.",
    ),
    _input(
        "--encoding",
        metavar="NAME",
        help="Encoding of text, such as windows-1250. Default: found out.",
    ),
    _input(
        "--delimiter",
        metavar="CHAR",
        help="What stands between the fields of CSV; 'tab' for a tab. Default: found out.",
    ),
    _input(
        "--quote",
        metavar="CHAR",
        default='"',
        show_default=True,
        help="What encloses fields of CSV; 'none' where quotes are ordinary characters.",
    ),
    _input(
        "--escape",
        metavar="CHAR",
        help="What stands before a quote inside a field of CSV. Default: quotes are doubled.",
    ),
    _input(
        "--no-header",
        is_flag=True,
        help="The first line of CSV is a comment already; columns are called 1, 2, ...",
    ),
    _input("--limit", type=click.IntRange(min=1), metavar="N", help="Read the first N rows only."),
    _columns(
        "--text-column",
        help="Column of the comments; in JSONL dots lead into objects. Default: by its name.",
    ),
    _columns("--id-column", help="Column of the ids. Default: by its name, else row numbers."),
    _columns("--author-column", help="Column of the authors."),
    _columns("--posted-at-column", help="Column of the times."),
    _columns("--source-column", help="Column of the platforms or pages."),
    _columns("--post-id-column", help="Column of the posts that comments stand under."),
    _columns("--context-column", help="Column of the posts' texts; the model does not read them."),
    _columns("--language-column", help="Column of the languages, which are then not guessed."),
)


def input_options(function: Decorated) -> Decorated:
    """Adds the options to a command."""
    return reduce(lambda built, option: option(built), reversed(_OPTIONS), function)
