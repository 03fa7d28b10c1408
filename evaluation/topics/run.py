"""``sedno topics evaluate``: measures, and writes a dated report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sedno.datasets.io.rows import Row
from sedno.evaluation.machine import git_commit, this_machine
from sedno.evaluation.topics import allegro, judging, lemmas, public, speed, streams
from sedno.evaluation.topics.judging import JudgementError
from sedno.evaluation.topics.report import markdown
from sedno.evaluation.topics.rivals import OURS, WAYS, Way, scored
from sedno.models.classifier import Classifier
from sedno.models.topics.engine import fit
from sedno.models.topics.records import Asked, Options

__all__ = ["PARTS", "JudgementError", "TakeIn", "Tell", "evaluate"]

PARTS: Final = ("streams", "public", "allegro", "stability", "speed", "lemmas")

Tell = Callable[[str], None]
TakeIn = Callable[[Iterable[Row], Classifier], list[Asked]]
"""Classifies the comments of a stream and cuts out what they ask, as ``sedno topics fit`` does."""


def evaluate(
    *,
    take_in: TakeIn,
    data: Path | None = None,
    output: Path | None = None,
    parts: Sequence[str] = (),
    model: str | None = None,
    rivals: bool = True,
    names: Path | None = None,
    judgements: Sequence[Path] = (),
    alike: Sequence[float] = (),
    tell: Tell = print,
) -> dict[str, Any]:
    """Measures topics and writes a dated report.

    Args:
        take_in: What finds the questions in comments.
        data: Folder of corpora; without it the public sets and the Allegro questions are left
            out.
        output: Folder for ``DATE-topics[-PARTS].md`` and ``.json``; not written where ``None``.
        parts: What to measure, of :data:`PARTS`; everything where empty.
        model: Name or folder of the model; the active one where ``None``.
        rivals: Whether to measure other ways to find topics too, which takes minutes.
        names: File for the names of the test streams' topics, for readers to judge.
        judgements: What readers said of those names, a file each.
        alike: Cosines from which Sedno takes two comments for alike, measured on the pairs.
        tell: Is told what is being done.

    Returns:
        What was measured, as plain JSON types.

    Raises:
        ValueError: A part is not known, or names are asked for without the streams.
        JudgementError: A file of judgements does not answer the list of names.
    """
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise ValueError(f"part: {unknown[0]!r} is not known; give one of {', '.join(PARTS)}")
    wanted = set(parts or PARTS)
    if (names or judgements) and "streams" not in wanted:
        raise ValueError("part: names are those of the streams; add --part streams")
    ways = WAYS if rivals else {OURS: WAYS[OURS]}
    found: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": asdict(this_machine()),
        "machine_line": this_machine().line(),
        "commit": git_commit(),
    }
    with Classifier(model) as classifier:
        found["model"] = classifier.name
        if "streams" in wanted:
            found |= _all_streams(take_in, classifier, ways, names, judgements, tell)
        if data is not None and "allegro" in wanted:
            tell("Allegro: pairs of questions")
            found["allegro"] = allegro.measure(
                data, take_in, classifier, rivals=rivals, alike=alike
            )
        if data is not None and wanted & {"public", "stability"}:
            for questions in public.sets(data):
                if "public" in wanted:
                    tell(f"{questions.name}: {len(questions.texts):,} questions")
                    figures = public.measure(questions, classifier, ways, tell)
                    found.setdefault("public", {})[questions.name] = figures
                if "stability" in wanted and "stability" not in found:
                    found["stability"] = {
                        "on": questions.name,
                        **public.stability(questions, classifier),
                    }
    if "speed" in wanted:
        tell("speed: 10,000 and 100,000 made-up questions")
        found["speed"] = speed.measure()
    if "lemmas" in wanted:
        tell("lemmas: 300 inflected words")
        found["lemmas"] = lemmas.measure()
    text = markdown(found)
    tell(text)
    if output is not None:
        _write(output, found, text, parts)
    return found


def _all_streams(
    take_in: TakeIn,
    classifier: Classifier,
    ways: Mapping[str, Way],
    names: Path | None,
    judgements: Sequence[Path],
    tell: Tell,
) -> dict[str, Any]:
    """All sets, and what readers said of the names that the test set got."""
    out: dict[str, Any] = {"streams": {}}
    for part, of in streams.SETS.items():
        figures = _streams(of, take_in, classifier, ways, tell)
        out["streams"][part] = figures
        if part == "test":
            to_judge = judging.listed(figures)
            if names is not None:
                judging.write(to_judge, names)
            if judgements:
                out["judged"] = judging.judged(to_judge, judgements)
    return out


def _streams(
    names: Sequence[str],
    take_in: TakeIn,
    classifier: Classifier,
    ways: Mapping[str, Way],
    tell: Tell,
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    options = Options()
    for name in names:
        lines = streams.load(name)
        tell(f"stream {name}: {len(lines)} comments")
        asked = take_in(streams.rows(lines), classifier)
        found = fit(asked, options, model=classifier.name)
        out[name] = {
            **streams.measure(lines, found.assignments()),
            **streams.weekly(lines, asked, options),
            "rivals": _rivals(lines, asked, ways),
            "names": streams.names(name, lines, found),
        }
    return out


def _rivals(
    lines: Sequence[streams.Line], asked: Sequence[Asked], ways: Mapping[str, Way]
) -> dict[str, Any]:
    """Other ways on the embeddings of comments that ask one thing, found to ask or not."""
    texts, vectors, truth = streams.single_units(lines, asked)
    return scored(ways, texts, vectors, truth)


def _write(output: Path, found: Mapping[str, Any], text: str, parts: Sequence[str]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    stem = output / "-".join([found["date"], "topics", *(["+".join(parts)] if parts else [])])
    stem.with_suffix(".md").write_text(text, encoding="utf-8")
    stem.with_suffix(".json").write_text(
        json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
