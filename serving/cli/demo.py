"""``sedno demo``: classifies the bundled sample and shows what came out."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sedno.serving.cli import options, progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sedno.serving.demo_desk import Desk
    from sedno.serving.demo_report import Answered
    from sedno.serving.summary import Summary

_TOPICS_SHOWN = 8


@click.command(cls=options.SectionedCommand, name="demo")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="sedno-demo.jsonl",
    show_default=True,
    help="Where the answers go; what an earlier demonstration wrote is replaced.",
)
@click.option(
    "--desk",
    metavar="FOLDER",
    help="Also fill a review desk in this folder, with topics and a published answer. In a "
    "terminal it is then served until Ctrl-C, else it is to be opened with 'sedno serve'.",
)
@options.model
@options.target_error
@options.threads
@options.debug
def command(
    output: str, desk: str | None, model: str | None, target_error: float, threads: int | None
) -> None:
    """Classify the bundled sample and show what came out.

    The sample holds invented comments under posts of several niches and languages. Nothing is
    downloaded or sent anywhere.
    """
    if output == "-" or not output.endswith(".jsonl"):
        raise click.BadParameter("name a file that ends in .jsonl", param_hint="--output")
    summary = _classify(output, model, target_error, threads)
    answered = list(_answered(Path(output)))
    for line in _page(summary, answered, output):
        click.echo(line)
    if desk is not None:
        # Where the output goes elsewhere, nobody waits for a page, and the command has to end.
        stays = sys.stdout.isatty()
        for line in _desk(desk, model, target_error, threads, stays=stays):
            click.echo(line)
        if stays:
            _serve(desk, model, target_error, threads)


def _classify(output: str, model: str | None, target_error: float, threads: int | None) -> Summary:
    from sedno.datasets.sample import sample_path
    from sedno.models.artifact import Artifact
    from sedno.models.classifier import Classifier
    from sedno.models.registry import resolve
    from sedno.serving.bulk import BulkJob
    from sedno.serving.bulk_options import BulkOptions, Start
    from sedno.serving.job_files import JobFiles

    files = JobFiles.of(str(sample_path()), output)
    artifact = Artifact.load(resolve(model))
    with (
        BulkJob(
            files,
            BulkOptions(),
            artifact,
            target_error=target_error,
            threads=threads,
            start=Start.OVERWRITE,
        ) as job,
        progress.bar(wanted=True) as show,
        Classifier(artifact, threads=threads, target_error=target_error) as classifier,
    ):
        return job.run(classifier, show)


def _answered(output: Path) -> Iterator[Answered]:
    """The sample's comments beside their answers, read back from the output."""
    from sedno.datasets.sample import load_sample
    from sedno.serving.demo_report import Answered

    with output.open(encoding="utf-8") as lines:
        for row, line in zip(load_sample(), lines, strict=True):
            answer = json.loads(line)
            post = f"{row['source'].partition(':')[2]}: {row['post_id'].partition('-')[2]}"
            yield Answered(post, row["text"], answer["labels"], answer["needs_review"])


def _page(summary: Summary, answered: list[Answered], output: str) -> Iterator[str]:
    from sedno.serving import demo_report

    yield "How Sedno reads the comments under the posts of the bundled sample\n"
    yield from demo_report.posts(answered)
    yield "\nAll together\n"
    yield from summary.lines()
    yield "\nWhat it found, and how sure it is\n"
    yield from demo_report.examples(answered)
    doubtful = list(demo_report.reviews(answered))
    if doubtful:
        yield (
            f"\nWhere a person should look: {summary.tally.review:,} comments have an answer that "
            f"is too uncertain\nif {summary.target_error:.0%} of wrong answers are accepted. "
            "The least certain are\n"
        )
        yield from doubtful
    program = _program()
    yield ""
    yield f"Every answer with all its scores, one JSON object a comment:  {output}"
    yield f"Your own comments:  {program} classify comments.csv --output answers.jsonl"
    yield f'One comment, with the words that drove the answer:  {program} explain "Super odcinek!"'
    yield f"The HTTP API:  {program} serve   and then open http://127.0.0.1:8000/docs"


def _serve(folder: str, model: str | None, target_error: float, threads: int | None) -> None:
    from sedno.serving.server import run
    from sedno.serving.settings import load_settings

    run(
        load_settings(
            data_dir=Path(folder).resolve(),
            model=model,
            target_error=target_error,
            threads=threads,
            log_format="console",
            # The link shall not scroll away.
            log_level="warning",
        )
    )


def _desk(
    folder: str, model: str | None, target_error: float, threads: int | None, *, stays: bool
) -> Iterator[str]:
    from sedno.models.classifier import Classifier
    from sedno.serving.demo_desk import LOGIN, fill

    with Classifier(model, threads=threads, target_error=target_error) as classifier:
        filled = fill(Path(folder), classifier)
    yield from _asked(filled)
    in_make = os.environ.get("MAKELEVEL")
    serve = "make desk" if in_make else f"SEDNO_DATA_DIR={filled.folder} {_program()} serve"
    yield "\nThe review desk\n"
    yield f"It holds {filled.comments:,} comments in {filled.folder}; {filled.waiting:,} wait."
    if stays:
        yield f"Open it:  {filled.address}   It is served until Ctrl-C; later:  {serve}"
    else:
        yield f"Open it:  {serve}   and then {filled.address}"
    yield f"Signs you in once, as {LOGIN!r}:  {filled.link}"


def _asked(filled: Desk) -> Iterator[str]:
    """What people ask, and what is answered."""
    yield "\nWhat people keep asking\n"
    if filled.topics is None:
        yield "Topics are found with an extra: pip install 'sedno[topics]'"
        return
    for row in filled.topics[:_TOPICS_SHOWN]:
        yield f"  {row.topic.size:>3}  {row.topic.name}   ({row.topic.scope.partition(':')[2]})"
    yield f"All {len(filled.topics)} topics with their questions and weeks:  {filled.report}"
    if filled.answer is not None:
        yield "\nPublished, as a brand of the sample replied\n"
        yield f"  {filled.answer.question}"
        yield f"  {filled.answer.answer}"
        yield f"On the desk:  /desk/faq/{filled.answer.entry}"
        yield f"The feed of such answers, once signed in:  {filled.feed}"


def _program() -> str:
    """How the reader can type this program's name: short where the shell finds it."""
    found = shutil.which("sedno")
    given = Path(sys.argv[0])
    if given.name != "sedno" or (found and Path(found).resolve() == given.resolve()):
        return "sedno"
    relative = os.path.relpath(given)
    return str(given) if relative.startswith("..") else relative
