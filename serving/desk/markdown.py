"""Topics as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sedno.serving.desk import words
from sedno.serving.desk.language import Speaker, speaker
from sedno.serving.desk.sheet import counted, mood
from sedno.serving.topics.history import Change
from sedno.serving.topics.shown import Report, Shown

_BARS: Final = "▁▂▃▄▅▆▇█"
_SHOWN_CHARS: Final = 160
_MARKUP = re.compile(r"([\\`*_\[\]<>|])")
_PERCENT_DIGITS: Final = 1


def as_markdown(report: Report, lang: str) -> str:
    """A page a person reads: each topic with its question, size, weeks and examples.

    Args:
        report: The topics.
        lang: Language of its words.
    """
    return "\n".join(_lines(report, speaker(lang))) + "\n"


def _lines(report: Report, speak: Speaker) -> Iterator[str]:
    yield f"# {speak.say('What people ask')}"
    yield ""
    if report.wanted:
        yield plain(speak.say("Only: %(what)s.", what=words.only(speak, report.wanted)))
        yield ""
    if not report.questions:
        yield speak.say("No comment asks anything.")
        return
    comments = speak.count(
        "%(num)s comment with a question", "%(num)s comments with a question", report.questions
    )
    topics = speak.count("%(num)s topic", "%(num)s topics", len(report.topics))
    single = speak.count(
        "%(num)s single question that nobody else asks",
        "%(num)s single questions that nobody else asks",
        report.single,
    )
    yield f"{comments}, {topics}, {single}."
    for scope, inside in report.scopes().items():
        yield ""
        yield f"## {plain(scope) or speak.say('All comments')}"
        yield ""
        heads = ("Topic", "Comments", "Share", "Authors", "Weeks", "Trend")
        first, *rest = (speak.say(head) for head in heads)
        yield f"| {first} | id | {' | '.join(rest)} |"
        yield "|---|---|--:|--:|--:|---|---|"
        for topic in inside:
            authors = topic.data["authors"]
            cells = (
                plain(topic.name),
                topic.id,
                speak.number(topic.size),
                speak.percent(topic.data["share"], _PERCENT_DIGITS),
                speak.number(authors) if authors is not None else "–",
                _bars(topic.weeks),
                _trend(topic, speak),
            )
            yield f"| {' | '.join(cells)} |"
        for topic in inside:
            yield from _details(topic, report, speak)
    if report.history:
        yield ""
        yield f"### {speak.say('History')}"
        yield ""
        yield from (f"- {_change(change, speak)}" for change in report.history)


def _details(topic: Shown, report: Report, speak: Speaker) -> Iterator[str]:
    data = topic.data
    moods = ", ".join(
        f"{mood(label, speak)} {speak.number(count)}" for label, count in data["sentiments"].items()
    )
    yield ""
    yield f"### {plain(topic.name)}"
    yield ""
    yield f"**{plain(topic.question or speak.say('The question was erased.'))}**"
    yield ""
    yield f"- {speak.say('Key phrases')}: {plain(', '.join(data['phrases'])) or '–'}"
    yield f"- {speak.say('Sentiment')}: {moods or speak.say('not known')}"
    if data["first_seen"] and data["last_seen"]:
        yield f"- {speak.say('First asked')}: {data['first_seen'][:10]}"
        yield f"- {speak.say('Last asked')}: {data['last_seen'][:10]}"
    if data.get("products"):
        yield f"- {speak.say('Products')}: {plain(counted(data['products'], speak))}"
    near = [name for _, name in report.related(topic)]
    if near:
        yield f"- {speak.say('Related topics')}: {plain('; '.join(near))}"
    if topic.answers is not None:
        published = speak.number(topic.published or 0)
        yield (
            f"- {speak.say('Answers')}: {speak.number(topic.answers)}, "
            f"{speak.say('published')}: {published}"
        )
    yield f"- {speak.say('Examples')}:"
    for one in topic.asked:
        yield f"    - {plain(one.text)} ({plain(one.comment)})"


def _change(change: Change, speak: Speaker) -> str:
    said = [speak.say(words.TOPIC_CHANGES[change.kind])]
    if change.name:
        said.append(f"„{plain(change.name)}”")
    if change.other:
        said.append(f"{plain(change.other_name or '')} ({change.other})".strip())
    facts = [speak.moment(change.at) if change.at else speak.say("time not known")]
    if change.by:
        facts.append(plain(change.by))
    return f"{' '.join(said)}: {', '.join(facts)}"


def _trend(topic: Shown, speak: Speaker) -> str:
    said = speak.say(words.TRENDS[topic.verdict])
    if topic.verdict == "unknown":
        return "–"
    if topic.verdict == "steady":
        return said
    return f"{said} (p = {topic.data['trend']['p_value']:.2g})"


def _bars(weeks: Mapping[str, int]) -> str:
    top = max(weeks.values(), default=0)
    if not top:
        return ""
    return "".join(
        "·" if not count else _BARS[round((len(_BARS) - 1) * count / top)]
        for count in weeks.values()
    )


def plain(text: str) -> str:
    """A text on one line that Markdown takes for text."""
    line = " ".join(text.split())
    short = line if len(line) <= _SHOWN_CHARS else line[: _SHOWN_CHARS - 1] + "…"
    return _MARKUP.sub(r"\\\1", short)
