"""A report of topics to read: Markdown, or JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sedno.models.topics.records import Found, Topic

_BARS: Final = "▁▂▃▄▅▆▇█"
_SHOWN_CHARS: Final = 160


def as_json(found: Found) -> dict[str, Any]:
    """Topics, what happened to them, and edits, as plain JSON types."""
    return {
        "run": found.run,
        "model": found.model,
        "questions": len({member.comment for member in found.members}),
        "single": _single(found),
        "topics": [topic.to_dict() for topic in found.topics],
        "events": [event.to_dict() for event in found.events],
        "edits": [dict(edit) for edit in found.edits],
    }


def as_markdown(found: Found, *, most: int | None = None) -> str:
    """A page a person reads: each topic with its question, size, weeks and examples.

    Args:
        found: The topics.
        most: Most topics of each scope; all where ``None``.
    """
    return "\n".join(_lines(found, most)) + "\n"


def _lines(found: Found, most: int | None) -> Iterator[str]:
    asked = len({member.comment for member in found.members})
    shown = [topic for topic in found.topics if not topic.hidden]
    yield "# What people ask"
    yield ""
    if not asked:
        yield "No comment asks anything."
        return
    yield (
        f"{_count(asked, 'comment')} with a question, {_count(len(shown), 'topic')}, "
        f"{_count(_single(found), 'single question')} that nobody else asks."
    )
    texts = {(member.comment, member.topic): member.text for member in found.members}
    first = {member.comment: member.text for member in reversed(found.members)}
    for scope in dict.fromkeys(topic.scope for topic in shown):
        topics = [topic for topic in shown if topic.scope == scope]
        yield ""
        yield f"## {scope or 'All comments'}"
        yield ""
        yield "| topic | id | comments | share | authors | weeks | trend |"
        yield "|---|---|--:|--:|--:|---|---|"
        for topic in topics[:most]:
            yield (
                f"| {_cell(topic.name)} | {topic.id} | {topic.size} | {topic.share:.1%} | "
                f"{topic.authors if topic.authors is not None else '–'} | {_bars(topic.weeks)} | "
                f"{_trend(topic)} |"
            )
        for topic in topics[:most]:
            yield from _details(topic, texts, first)


def _details(
    topic: Topic, texts: Mapping[tuple[str, str], str], first: Mapping[str, str]
) -> Iterator[str]:
    yield ""
    yield f"### {topic.name}"
    yield ""
    yield f"**{topic.canonical}**"
    yield ""
    yield f"- Key phrases: {', '.join(topic.phrases) or '–'}"
    moods = ", ".join(f"{label} {count}" for label, count in topic.sentiments.items())
    yield f"- Sentiment: {moods or 'not known'}"
    if topic.first_seen is not None and topic.last_seen is not None:
        yield (
            f"- First asked {topic.first_seen.date().isoformat()}, last asked "
            f"{topic.last_seen.date().isoformat()}"
        )
    yield "- Examples:"
    for comment in topic.examples:
        text = texts.get((comment, topic.id), first.get(comment, ""))
        yield f"    - {_cell(text)} ({_cell(comment)})"


def _trend(topic: Topic) -> str:
    trend = topic.trend
    if trend.verdict in {"unknown", "steady"}:
        return "–" if trend.verdict == "unknown" else "steady"
    return f"{trend.verdict} (p = {trend.p_value:.2g})"


def _bars(weeks: Mapping[str, int]) -> str:
    top = max(weeks.values(), default=0)
    if not top:
        return ""
    return "".join(
        "·" if not count else _BARS[round((len(_BARS) - 1) * count / top)]
        for count in weeks.values()
    )


def _single(found: Found) -> int:
    placed = {member.comment for member in found.members if member.topic}
    return len({member.comment for member in found.members} - placed)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _cell(text: str) -> str:
    plain = " ".join(text.split()).replace("|", "\\|")
    return plain if len(plain) <= _SHOWN_CHARS else plain[: _SHOWN_CHARS - 1] + "…"
