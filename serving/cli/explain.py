"""``sedno explain``: the five answers about one text, and the words that drove them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from sedno.serving.cli import options, streams
from sedno.serving.cli.exits import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sedno.models.prediction import Answer, Prediction, Span

_CAVEATS = {
    "unsupported_language": "The model learned nothing in this language: have a person look.",
    "out_of_domain": "The text is unlike the comments the model learned from: have a person look.",
}
_WORDS = {
    ("substance", "substantive"): "has substance: something of its own to act on or learn from",
    ("substance", "generic"): "generic: could stand under any other post",
    ("authenticity", "real"): "real: said by a person in the discussion",
    ("authenticity", "spam"): "spam: promotion, scam, bot or copy-paste",
    ("sentiment", "negative"): "negative feeling",
    ("sentiment", "neutral"): "neutral: no feeling expressed",
    ("sentiment", "positive"): "positive feeling",
    ("sentiment", "mixed"): "mixed feelings: both good and bad",
    ("question", "question"): "asks something that wants an answer",
    ("question", "none"): "asks nothing",
    ("toxicity", "toxic"): "toxic: insults, threatens or demeans",
    ("toxicity", "ok"): "not toxic",
}
_MAX_MARKED = 3
_CONTEXT = 40
"""Characters of text shown on each side of a marked word in a long comment."""


@click.command(cls=options.SectionedCommand, name="explain")
@click.argument("text", metavar="TEXT|-")
@options.model
@options.target_error
@options.threads
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@options.debug
def command(
    text: str, model: str | None, target_error: float, threads: int | None, as_json: bool
) -> None:
    """Explain the answers about one comment.

    Prints the five answers about TEXT in words, how sure each is, and the text with the words
    that drove the answer marked: in colour on a terminal, in [brackets] elsewhere. TEXT "-"
    reads the comment from standard input.

    \b
    Examples:
      sedno explain "Świetny serial, ale kiedy drugi sezon?"
      sedno explain --json - < comment.txt
    """
    from sedno.datasets.comment import CommentError, make_comment
    from sedno.models.classifier import Classifier

    raw = (
        sys.stdin.buffer.read().decode("utf-8", "replace")
        if text == "-"
        else (streams.argument_text(text))
    )
    try:
        comment = make_comment({"text": raw}, default_id="1")
    except CommentError as error:
        raise CommandError(f"{error} (TEXT is what the comment says)") from error
    with Classifier(model, threads=threads, target_error=target_error) as classifier:
        prediction = classifier.predict([comment], explain=True)[0]
    if as_json:
        click.echo(json.dumps(prediction.to_dict(), ensure_ascii=False, indent=2))
        return
    for line in render(comment.text, prediction, colour=options.colour_wanted(sys.stdout)):
        click.echo(line, color=True)


def render(text: str, prediction: Prediction, *, colour: bool) -> list[str]:
    """The answers as lines to read.

    Args:
        text: The comment as it was given; spans count in it.
        prediction: What the model answered, with spans.
        colour: Mark the driving words with terminal colours instead of brackets.
    """
    if prediction.error is not None:
        return [f"No answer: {prediction.error}"]
    language = prediction.language or "not recognised"
    lines = [f"language: {language}   model: {prediction.model}"]
    lines += [_CAVEATS[caveat] for caveat in prediction.caveats]
    if prediction.truncated:
        lines.append("The text is longer than the model reads: only its start and end were used.")
    for task, answer in prediction.labels.items():
        words = _WORDS.get((task, answer.label), f"{task}: {answer.label}")
        note = "   (not sure: have a person look)" if answer.review else ""
        # Never 100: no answer is certain, and rounding must not say so.
        sure = min(answer.confidence, 0.99)
        heading = f"{task:<13}{sure:>4.0%}  {words}{note}"
        lines.extend(("", click.style(heading, bold=True) if colour else heading))
        marked = _drivers(answer)
        if marked:
            lines.append(f"{'':19}{_mark(text, marked, colour=colour)}")
    return lines


def _drivers(answer: Answer) -> list[Span]:
    """The strongest spans that speak for the label, in the order of the text."""
    strongest = [span for span in answer.spans if span.weight > 0][:_MAX_MARKED]
    return sorted(strongest, key=lambda span: span.start)


def _mark(text: str, spans: Sequence[Span], *, colour: bool) -> str:
    out: list[str] = []
    at = 0
    for number, span in enumerate(spans):
        out.append(_shorten(text[at : span.start], first=number == 0, last=False))
        word = text[span.start : span.end]
        out.append(click.style(word, fg="black", bg="yellow") if colour else f"[{word}]")
        at = span.end
    out.append(_shorten(text[at:], first=False, last=True))
    return " ".join("".join(out).split())


def _shorten(between: str, *, first: bool, last: bool) -> str:
    """Unmarked text, its far parts left out."""
    head = 0 if first else _CONTEXT
    tail = 0 if last else _CONTEXT
    if len(between) <= head + tail + 3:
        return between
    return between[:head] + " … " + (between[-tail:] if tail else "")
