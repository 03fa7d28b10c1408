"""Two models side by side, before the new one goes into service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from sedno.datasets.comment import Comment
from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.files import load_file
from sedno.datasets.corpora.registry import load
from sedno.datasets.textkey import text_key
from sedno.evaluation.answers import artefact_answers, comment_of, indices
from sedno.evaluation.bootstrap import Interval, Resamples
from sedno.evaluation.metrics import Answers, Difference, Truth, difference, score
from sedno.evaluation.report.tables import table
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.models.taxonomy import TASK_BY_NAME, TASKS

_UNLABELLED = (
    "Nobody has labelled them: this tells how much will look different, not which model is right. "
    "The ids are of comments of which both models are surest."
)

FEWEST = 10
"""Labelled comments that a task needs to be compared on a set at all."""


@dataclass(frozen=True, slots=True)
class TaskComparison:
    """Both models on one task of one set.

    Attributes:
        task: Name of the task.
        items: How many comments are labelled.
        old: Macro-F1 of the model in use.
        new: Macro-F1 of the other.
        ahead: By how much the new one is ahead, with the paired 95 % interval.
    """

    task: str
    items: int
    old: float
    new: float
    ahead: Difference


@dataclass(frozen=True, slots=True)
class SetComparison:
    """Both models on one labelled set."""

    name: str
    tasks: tuple[TaskComparison, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Unlabelled comments that the two models answer differently.

    Attributes:
        task: Name of the task.
        items: Comments that both answered.
        share: Share of them with another label.
        turned: ``(old label, new label)`` -> comments, most frequent first.
        examples: Ids of comments that differ, those first of which both models are surest.
    """

    task: str
    items: int
    share: float
    turned: tuple[tuple[str, str, int], ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What speaks for the new model and what against it."""

    date: str
    old: str
    new: str
    sets: tuple[SetComparison, ...]
    disagreement: tuple[Disagreement, ...]

    @property
    def worse(self) -> tuple[tuple[str, str], ...]:
        """``(set, task)`` where the new model is behind and the interval is clear of zero."""
        return tuple(
            (found.name, task.task)
            for found in self.sets
            for task in found.tasks
            if task.ahead.macro_f1.high < 0.0
        )


def compare(
    old: Classifier,
    new: Classifier,
    labelled: Iterable[tuple[str, Sequence[Example]]],
    recent: Sequence[Comment] = (),
) -> Comparison:
    """Asks both models and lines their answers up.

    Args:
        old: The model in use.
        new: The one that may follow it.
        labelled: Name and examples of every set; neither model may have learned from them.
        recent: Comments without labels, on which disagreement is counted.
    """
    sets = tuple(_compare_set(old, new, name, list(examples)) for name, examples in labelled)
    return Comparison(
        date=datetime.now(UTC).date().isoformat(),
        old=old.name,
        new=new.name,
        sets=sets,
        disagreement=_disagreement(old, new, list(recent)) if recent else (),
    )


def gold_set(data: Path) -> tuple[str, list[Example]]:
    """The gold comments that no recipe may train on."""
    return "gold_dev", list(load("gold_pl", data, split="dev"))


def decision_set(path: Path) -> tuple[str, list[Example]]:
    """The decisions of an export that are held back from training: those of its test split.

    Raises:
        CorpusError: The file cannot be read.
    """
    return path.stem, [example for example in load_file(path) if example.split == "test"]


def _compare_set(
    old: Classifier, new: Classifier, name: str, examples: list[Example]
) -> SetComparison:
    comments = [comment_of(example) for example in examples]
    answers = {model.name: model.predict(comments) for model in (old, new)} if comments else {}
    tasks: list[TaskComparison] = []
    for task in TASKS:
        labels = TASK_BY_NAME[task.name].labels
        truth = Truth(task.name, labels, indices([e.labels for e in examples], task.name, labels))
        if int(truth.known.sum()) < FEWEST:
            continue
        resamples = Resamples.draw([e.group or text_key(e.text) for e in examples])
        first, second = (
            _answers(label, answers[model.name], task.name, labels)
            for label, model in (("old", old), ("new", new))
        )
        tasks.append(
            TaskComparison(
                task.name,
                int(truth.known.sum()),
                score(truth, first, resamples).macro_f1.value,
                score(truth, second, resamples).macro_f1.value,
                difference(truth, second, first, resamples),
            )
        )
    return SetComparison(name, tuple(tasks))


def _answers(
    system: str, predictions: Sequence[Prediction], task: str, labels: tuple[str, ...]
) -> Answers:
    return artefact_answers(system, predictions, task, labels).answers


def _disagreement(
    old: Classifier, new: Classifier, recent: list[Comment]
) -> tuple[Disagreement, ...]:
    before, after = old.predict(recent), new.predict(recent)
    out: list[Disagreement] = []
    for task in TASKS:
        pairs = [
            (comment.id, a.labels[task.name], b.labels[task.name])
            for comment, a, b in zip(recent, before, after, strict=True)
            if task.name in a.labels and task.name in b.labels
        ]
        changed = [(name, a, b) for name, a, b in pairs if a.label != b.label]
        surest = sorted(
            changed,
            key=lambda item: -min(item[1].scores[item[1].label], item[2].scores[item[2].label]),
        )
        turned = Counter((a.label, b.label) for _, a, b in changed)
        out.append(
            Disagreement(
                task.name,
                len(pairs),
                len(changed) / len(pairs) if pairs else float(np.nan),
                tuple((a, b, count) for (a, b), count in turned.most_common()),
                tuple(str(name) for name, _, _ in surest[:10]),
            )
        )
    return tuple(out)


def markdown(found: Comparison) -> str:
    """The report: one table a question, and what they come to."""
    rows = [
        (
            one.name,
            task.task,
            str(task.items),
            f"{task.old:.3f}",
            f"{task.new:.3f}",
            _signed(task.ahead.macro_f1),
        )
        for one in found.sets
        for task in one.tasks
    ]
    parts = [
        f"# {found.new} against {found.old}, {found.date}",
        _verdict(found),
        "## Labelled comments",
        "Macro-F1; the difference with its paired 95 % interval.",
        table(("set", "task", "comments", "old", "new", "new is ahead by"), rows, left=2)
        if rows
        else f"No set has {FEWEST} labelled comments of a task.",
    ]
    if found.disagreement:
        told = [
            (
                one.task,
                str(one.items),
                f"{100 * one.share:.1f} %",
                ", ".join(f"{a} → {b}: {count}" for a, b, count in one.turned) or "–",
                " ".join(one.examples[:5]) or "–",
            )
            for one in found.disagreement
        ]
        parts += [
            "## Recent comments that change their label",
            _UNLABELLED,
            table(("task", "comments", "changed", "from and to", "look at"), told, left=1),
        ]
    return "\n\n".join(parts) + "\n"


def _signed(found: Interval) -> str:
    return f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


def _verdict(found: Comparison) -> str:
    if not any(one.tasks for one in found.sets):
        return "**Nothing to judge by:** no labelled comments."
    if found.worse:
        named = ", ".join(f"{task} on {name}" for name, task in found.worse)
        return f"**Worse beyond chance:** {named}."
    ahead = [
        f"{task.task} on {one.name}"
        for one in found.sets
        for task in one.tasks
        if task.ahead.macro_f1.low > 0.0
    ]
    if ahead:
        return f"**Better beyond chance:** {', '.join(ahead)}; nowhere worse beyond chance."
    return "**No difference beyond chance** on the labelled comments."
