"""The page of all commands, made from their own help texts."""

from __future__ import annotations

from collections.abc import Iterator

import click

_WIDTH = 92
_HEAD = """\
# The command line

This page holds what `--help` prints. It is written by `sedno reference > docs/cli.md`; a test
fails when it is out of date.
"""


@click.command(name="reference", hidden=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print the page of all commands (docs/cli.md)."""
    click.echo(page(ctx.find_root().command), nl=False)


def page(app: click.Command) -> str:
    """The Markdown page of ``app`` and all its commands."""
    parts = [_HEAD, *_sections(app, "sedno", None)]
    return "\n".join(parts)


def _sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    ctx = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
        help_option_names=["-h", "--help"],
    )
    level = "##" if parent is None or parent.parent is None else "###"
    yield f"{level} {ctx.command_path}\n\n```text\n{command.get_help(ctx)}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(ctx):
            sub = command.get_command(ctx, child)
            if sub is not None and not sub.hidden:
                yield from _sections(sub, child, ctx)
