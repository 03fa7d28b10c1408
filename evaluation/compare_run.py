"""``sedno compare``: reads what two models are compared on, and writes the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sedno.datasets.comment import Comment
from sedno.datasets.corpora.example import Example
from sedno.datasets.io.reader import open_reader
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
        recent: A file of comments without labels.
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
        comments = _first(recent)
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


def _first(path: Path) -> list[Comment]:
    """The first comments of a file that can be read, each text once."""
    texts: dict[str, Comment] = {}
    with open_reader(path) as rows:
        for row in rows:
            if row.comment is not None:
                texts.setdefault(text_key(row.comment.text), row.comment)
            if len(texts) == MOST_RECENT:
                break
    return list(texts.values())
