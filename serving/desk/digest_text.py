"""The weekly digest as plain text, to be sent by e-mail or read on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from sedno.serving.desk import words
from sedno.serving.desk.language import Speaker, speaker
from sedno.serving.topics.digest import Digest, Line, Persisting

_WIDTH: Final = 72


def as_text(digest: Digest, *, lang: str, url: str | None = None) -> str:
    """A digest with its subject in the first line, no line longer than mail programs keep whole.

    Args:
        digest: What the week brought.
        lang: Language of the words.
        url: Address of the server, so that topics can be opened; none are named without it.
    """
    return "\n".join(_lines(digest, speaker(lang), url)) + "\n"


def subject(digest: Digest, speak: Speaker) -> str:
    """The digest's title."""
    if digest.monday is None or digest.sunday is None:
        return speak.say("What people ask")
    return speak.say(
        "What people asked, %(first)s – %(last)s",
        first=speak.day(digest.monday),
        last=speak.day(digest.sunday),
    )


def summary(digest: Digest, speak: Speaker) -> str:
    """What the week was like, in a sentence."""
    if digest.monday is None:
        return speak.say("No question with a time is known yet.")
    return speak.count(
        "%(num)s question of these topics was asked in the week, %(before)s in the week before.",
        "%(num)s questions of these topics were asked in the week, %(before)s in the week before.",
        digest.asked,
        before=speak.number(digest.before),
    )


def _lines(digest: Digest, speak: Speaker, url: str | None) -> Iterator[str]:
    title = subject(digest, speak)
    yield title
    yield "=" * min(len(title), _WIDTH)
    yield ""
    yield from textwrap.wrap(summary(digest, speak), _WIDTH)
    for name, lines in digest.parts.items():
        yield ""
        count = digest.counts[name]
        head = f"{speak.say(words.DIGEST_PARTS[name])} ({speak.number(count)})"
        yield head
        yield "-" * min(len(head), _WIDTH)
        if not lines:
            yield speak.say("None this week.")
        for line in lines:
            yield from _entry(line, speak, url)
        if count > len(lines):
            yield speak.count("… and %(num)s more", "… and %(num)s more", count - len(lines))
    if digest.still is not None:
        yield from _still(digest.still, speak, url)
    if url:
        yield ""
        yield f"{url}/desk/topics/digest"


def _still(lines: Sequence[Persisting], speak: Speaker, url: str | None) -> Iterator[str]:
    yield ""
    head = f"{speak.say(words.STILL_ASKED)} ({speak.number(len(lines))})"
    yield head
    yield "-" * min(len(head), _WIDTH)
    if not lines:
        yield speak.say("None this week.")
    for line in lines:
        yield from _wrapped(f"* {' '.join(line.question.split())}")
        yield from _wrapped(f"  {rates_of(line, speak)}", "  ")
        if url:
            yield f"  {url}/desk/faq/{line.entry}"


def rates_of(line: Persisting, speak: Speaker) -> str:
    """How often an answered question is asked, against the time before its answer."""
    return speak.say(
        "%(after)s a week since it is published, %(before)s before",
        after=speak.number(line.weekly_after),
        before=speak.number(line.weekly_before),
    )


def _entry(line: Line, speak: Speaker, url: str | None) -> Iterator[str]:
    topic = line.topic
    yield from _wrapped(f"* {' '.join(topic.name.split())}")
    facts = [week_of(line, speak)]
    if topic.scope:
        facts.append(topic.scope)
    if topic.answers and not topic.published:
        facts.append(speak.say("a draft of an answer waits"))
    yield from _wrapped(f"  {', '.join(facts)}", "  ")
    if topic.example:
        question = " ".join(topic.example.split())
        yield from _wrapped(f"  “{textwrap.shorten(question, 200, placeholder='…')}”", "  ")
    if url:
        yield f"  {url}/desk/topics/{topic.id}"


def week_of(line: Line, speak: Speaker) -> str:
    """How often a topic was asked, against the week before."""
    now = speak.count("%(num)s question", "%(num)s questions", line.now)
    return speak.say("%(now)s (the week before: %(before)s)", now=now,
                     before=speak.number(line.before))  # fmt: skip


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent or "  ")
