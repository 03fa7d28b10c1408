"""``sedno compare``: reads what two models are compared on, and writes the report."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sedno.datasets.comment import Comment
from sedno.datasets.corpora.example import Example
from sedno.datasets.io.reader import open_reader
from sedno.datasets.stand_ins import with_stand_ins
from sedno.datasets.textkey import text_key
from sedno.evaluation.compare import Comparison, compare, decision_set, gold_set, markdown
from sedno.evaluation.report.json_form import to_json
from sedno.models.classifier import Classifier
from sedno.models.registry import resolve

MOST_RECENT = 20_000
"""Recent comments read at most: their share of changed labels is then known to a third of a
percent."""


def compare_files(
    old: str | None,
    new: str,
    *,
    data: Path | None,
    decisions: Path | None,
    recent: Path | None,
    output: Path | None,
    threads: int | None = None,
    echo: Callable[[str], None] = print,
) -> Comparison:
    """Compares the models ``old`` (the active one for ``None``) and ``new``.

    Args:
        old: Name or folder of the model in use.
        new: Name or folder of the other.
        data: Folder of corpora, for the gold comments.
        decisions: An export of decisions.
        recent: A file of comments without labels, of which the newest are read.
        output: Folder for ``DATE-compare.md`` and ``.json``; printed only for ``None``.
        threads: Threads of a classifier.
        echo: Takes the lines that a person reads.

    Raises:
        ArtifactError: A model is missing or broken.
        CorpusError: A file cannot be read.
    """
    sets: list[tuple[str, list[Example]]] = []
    if data is not None:
        sets.append(gold_set(data))
    if decisions is not None:
        sets.append(decision_set(decisions))
    comments: list[Comment] = []
    if recent is not None:
        comments = newest(recent)
    with (
        Classifier(resolve(old), threads=threads) as before,
        Classifier(resolve(new), threads=threads) as after,
    ):
        found = compare(before, after, sets, comments)
    text = markdown(found)
    echo(text)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for suffix, content in ((".md", text), (".json", to_json(found))):
            path = output / f"{found.date}-compare{suffix}"
            path.write_text(content, encoding="utf-8")
            echo(f"written: {path}")
    return found


def newest(path: Path, most: int = MOST_RECENT) -> list[Comment]:
    """The newest comments of a file that can be read, each text once, as service reads them.

    The newest by their time. One without a time is taken for as new as the one before it, so
    that of a file without any time the last rows are the newest.

    Args:
        path: JSONL, CSV or Parquet, plain or compressed.
        most: Most comments.

    Returns:
        The comments, the oldest first.
    """
    found: dict[str, tuple[float, int, Comment]] = {}
    at = -math.inf
    with open_reader(path) as rows:
        for number, row in enumerate(rows):
            comment = row.comment
            if comment is None:
                continue
            if comment.posted_at is not None:
                at = comment.posted_at.timestamp()
            key = text_key(comment.text)
            if key not in found or found[key][:2] <= (at, number):
                read = replace(comment, text=with_stand_ins(comment.text), original=None)
                found[key] = (at, number, read)
            if len(found) >= 2 * most:
                found = _latest(found, most)
    return [comment for _, _, comment in _latest(found, most).values()]


def _latest(
    found: dict[str, tuple[float, int, Comment]], most: int
) -> dict[str, tuple[float, int, Comment]]:
    """Those that are newest, in the order of their time."""
    return dict(sorted(found.items(), key=lambda one: one[1][:2])[-most:])
