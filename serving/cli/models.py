"""``sedno models``: which models there are, which one answers, and whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import options
from sedno.serving.cli.exits import FAILED, CommandError

if TYPE_CHECKING:
    from sedno.models.artifact import Artifact
    from sedno.models.manifest import Manifest
    from sedno.models.registry import Entry, Registry

_MEGABYTE = 1_000_000


@click.group(name="models")
def command() -> None:
    """List, inspect, check and choose models.

    Models come with the package, or lie in your own model folder (set SEDNO_MODELS to move it).
    """


@command.command("list")
@options.as_json
@options.debug
def list_models(as_json: bool) -> None:
    """List the models there are, the active one first."""
    registry = _registry()
    entries = registry.entries()
    if as_json:
        _print_json([_entry_fields(entry) for entry in entries])
        return
    if not entries:
        raise CommandError(
            f"no model found, neither in the package nor in {registry.user_folder}; "
            "add one with: sedno models activate FOLDER"
        )
    rows = [
        (
            "*" if entry.active else "",
            entry.ref,
            entry.manifest.created[:10] if entry.manifest else "",
            "built in" if entry.built_in else str(entry.path),
            f"BROKEN: {entry.problem}" if entry.problem else "",
        )
        for entry in entries
    ]
    for line in _table(("", "model", "made", "where", ""), rows):
        click.echo(line)
    click.echo("\n* answers when no model is named")


@command.command("show", short_help="Show what a model answers and was made from.")
@click.argument("model", metavar="[NAME|FOLDER]", required=False)
@click.option("--card", is_flag=True, help="Print the whole model card.")
@options.as_json
@options.debug
def show(model: str | None, card: bool, as_json: bool) -> None:
    """Show what a model answers, what it was made from and how well it does.

    Without a name it shows the active one.
    """
    artifact = _artifact(model)
    if card:
        path = artifact.layout.card
        if not path.is_file():
            raise CommandError(f"{artifact.ref}: has no model card ({path.name} is missing)")
        click.echo(path.read_text(encoding="utf-8"))
        return
    if as_json:
        _print_json(
            {
                **_manifest_fields(artifact.manifest),
                "path": str(artifact.layout.root),
                "metrics": artifact.metrics(),
            }
        )
        return
    for name, value in _description(artifact):
        click.echo(f"{name:<12}{value}")


@command.command("verify", short_help="Check that a model is whole and answers as it did.")
@click.argument("model", metavar="[NAME|FOLDER]", required=False)
@options.as_json
@options.debug
@click.pass_context
def verify(ctx: click.Context, model: str | None, as_json: bool) -> None:
    """Check that a model's files are whole and that it answers as it did where it was made.

    Ends with exit code 1 when something is wrong.
    """
    from sedno.models.verify import verify as check

    result = check(model)
    if as_json:
        _print_json(
            {
                "model": result.ref,
                "path": str(result.path),
                "healthy": result.healthy,
                "files": result.files,
                "sentences": result.sentences,
                "largest_difference": result.largest_difference,
                "problems": list(result.problems),
            }
        )
    elif result.healthy:
        answers = (
            f"; {result.sentences} sentences answered as when it was made (largest difference "
            f"{result.largest_difference:.3f})"
            if result.largest_difference is not None
            else ""
        )
        click.echo(f"{result.ref} is whole: {result.files} files{answers}")
    else:
        click.echo(f"{result.ref} in {result.path} is not well:")
        for problem in result.problems:
            click.echo(f"  - {problem}")
    if not result.healthy:
        ctx.exit(FAILED)


@command.command("activate", short_help="Let a model answer wherever none is named.")
@click.argument("model", metavar="NAME|FOLDER")
@options.as_json
@options.debug
def activate(model: str, as_json: bool) -> None:
    """Let a model answer from now on wherever none is named.

    A model in a folder is checked and copied into your model folder first. A running
    'sedno serve' that uses the same model folder takes the model within seconds, without a
    restart or a lost request, and goes back with 'rollback'; one started with --model
    (or SEDNO_MODEL) stays with that.
    """
    _tell_active(_registry().activate(model), as_json=as_json)


@command.command("rollback")
@options.as_json
@options.debug
def rollback(as_json: bool) -> None:
    """Go back to the model that was active before."""
    _tell_active(_registry().rollback(), as_json=as_json)


@command.command("deactivate")
@options.debug
def deactivate() -> None:
    """Forget every choice, so that the built-in model answers again."""
    _registry().deactivate()
    click.echo("The built-in model answers from now on.")


def _tell_active(entry: Entry, *, as_json: bool) -> None:
    if as_json:
        _print_json(_entry_fields(entry))
    else:
        click.echo(f"{entry.ref} answers from now on ({entry.path})")


def _registry() -> Registry:
    from sedno.models.registry import Registry

    return Registry.default()


def _artifact(model: str | None) -> Artifact:
    from sedno.models.artifact import Artifact

    return Artifact.load(_registry().resolve(model))


def _entry_fields(entry: Entry) -> dict[str, Any]:
    return {
        "model": entry.ref,
        "active": entry.active,
        "built_in": entry.built_in,
        "path": str(entry.path),
        "problem": entry.problem,
        **(_manifest_fields(entry.manifest) if entry.manifest else {}),
    }


def _manifest_fields(manifest: Manifest) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "created": manifest.created,
        "base": manifest.base,
        "max_tokens": manifest.max_tokens,
        "embedding_dim": manifest.embedding_dim,
        "tasks": {task.name: list(task.labels) for task in manifest.tasks},
        "languages": list(manifest.languages),
        "bytes": sum(record.size for record in manifest.files.values()),
    }


def _description(artifact: Artifact) -> Iterator[tuple[str, str]]:
    manifest = artifact.manifest
    yield "model", manifest.ref
    yield "made", manifest.created
    yield "made from", manifest.base
    yield "folder", str(artifact.layout.root)
    yield "size", f"{sum(record.size for record in manifest.files.values()) / _MEGABYTE:.1f} MB"
    yield "languages", ", ".join(manifest.languages)
    yield "reads", f"up to {manifest.max_tokens} tokens of a comment"
    for number, task in enumerate(manifest.tasks):
        yield "" if number else "answers", f"{task.name:<14}{', '.join(task.labels)}"
    yield from _quality(artifact)
    if artifact.layout.card.is_file():
        yield "", ""
        yield "model card", f"sedno models show {manifest.ref} --card"


def _quality(artifact: Artifact) -> Iterator[tuple[str, str]]:
    """How well it does, and which of its answers need no review."""
    from sedno.models.metrics import macro_f1

    title = "macro-F1"
    for benchmark, tasks in macro_f1(artifact.metrics()).items():
        scores = ", ".join(f"{task} {score:.3f}" for task, score in tasks.items())
        yield title, f"{benchmark:<14}{scores}"
        title = ""
    title = "no review"
    for task, calibration in artifact.calibration.items():
        band = calibration.risk.band(options.DEFAULT_TARGET_ERROR)
        told = f"never, to have at most {band.target_error:.0%} wrong"
        if band.threshold is not None:
            told = (
                f"from {band.threshold:.3f} on: {band.coverage:.0%} of answers, at most "
                f"{band.target_error:.0%} wrong"
            )
        yield title, f"{task:<14}{told}"
        title = ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _print_json(content: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))
