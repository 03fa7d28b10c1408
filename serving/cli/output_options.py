"""The options of ``sedno classify`` that say what is written, and where."""

from __future__ import annotations

from functools import partial, reduce

import click

from sedno.serving.cli.input_options import FORMATS, Decorated
from sedno.serving.cli.options import SectionedOption

_output = partial(click.option, cls=SectionedOption, section="Output")

_OPTIONS = (
    _output("-o", "--output", metavar="FILE|-", help="Where the answers go; - prints them."),
    _output(
        "--output-format",
        type=click.Choice(FORMATS, case_sensitive=False),
        help="Format of the answers. Default: by the ending of --output; jsonl for -.",
    ),
    _output(
        "--rejects",
        metavar="FILE",
        help="Where rows go that cannot be read. Default: OUTPUT.rejects.jsonl; with -o - their "
        "line numbers and faults are printed.",
    ),
    _output("--resume", is_flag=True, help="Go on with an interrupted run, or begin."),
    _output("--overwrite", is_flag=True, help="Replace what an earlier run wrote."),
    _output("--keep-columns", is_flag=True, help="Write the columns of the input too."),
    _output("--scores", is_flag=True, help="Write the probability of every label in tables too."),
    _output(
        "--explain",
        is_flag=True,
        help="Name the words that drove each label; takes several times as long.",
    ),
    _output("--embeddings", is_flag=True, help="Write sentence embeddings too (JSONL only)."),
    _output(
        "--output-delimiter",
        metavar="CHAR",
        help="What stands between the fields of CSV that is written; 'tab' for a tab. Default: a "
        "comma.",
    ),
    _output(
        "--excel",
        is_flag=True,
        help="Write CSV that a double click opens in Excel: semicolons, byte order mark, no "
        "formulas.",
    ),
    _output(
        "--chunk",
        type=click.IntRange(1, 8192),
        metavar="N",
        default=512,
        show_default=True,
        help="Most rows answered together; 1 answers each line of a pipe as it comes.",
    ),
)


def output_options(function: Decorated) -> Decorated:
    """Adds the options to a command."""
    return reduce(lambda built, option: option(built), reversed(_OPTIONS), function)
