"""``sedno serve``: the HTTP API."""

from __future__ import annotations

import os
import sys

import click

from sedno.serving.cli import options


@click.command(cls=options.SectionedCommand, name="serve")
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Address to listen on; 0.0.0.0 for all. Default: SEDNO_HOST, else 127.0.0.1",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port to listen on; 0 picks a free one. Default: SEDNO_PORT, else 8000",
)
@options.model
@options.target_error
@options.threads
@options.debug
def command(
    host: str | None,
    port: int | None,
    model: str | None,
    target_error: float | None,
    threads: int | None,
) -> None:
    """Start the HTTP API on this machine.

    Runs until Ctrl-C or SIGTERM, then answers what it accepted and ends. What else can be set
    stands in docs/settings.md: one SEDNO_... variable a setting.

    \b
    Example:
      sedno serve --port 8080
      curl -s localhost:8080/v1/classify -H 'Content-Type: application/json' \\
        -d '{"comments": [{"text": "Kiedy drugi sezon?"}]}'
    """
    from sedno.serving.server import run
    from sedno.serving.settings import load_settings

    console = sys.stderr.isatty() and "SEDNO_LOG_FORMAT" not in os.environ
    settings = load_settings(
        host=host,
        port=port,
        model=model,
        threads=threads,
        target_error=target_error,
        log_format="console" if console else None,
    )
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{'localhost' if name in {'0.0.0.0', '[::]'} else name}:{settings.port}"  # noqa: S104 - compared, not listened on
    if settings.port:
        click.echo(f"Sedno at {address}   pages to try it: {address}/docs", err=True)
    else:
        click.echo("Sedno picks a free port; it stands in the log as 'accepting'.", err=True)
    click.echo("Stop with Ctrl-C.", err=True)
    run(settings)
