"""A labelled text, as training and evaluation see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Split = Literal["train", "dev", "test"]

Labels = Mapping[str, str]
"""Task name -> label name, both as in ``sedno.models.taxonomy``."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text with the labels that are known of it.

    Attributes:
        id: Identifier, unique within its corpus.
        text: The text as people wrote it.
        labels: Task name -> label name of the taxonomy; a task that is missing is unlabelled.
        corpus: Registry name of the corpus it comes from.
        language: ISO 639-1 code where known.
        source: The platform or sub-corpus inside the corpus (``"plfb"``, ``"hotels"``).
        group: Texts of one group give each other away (sentences of one review, wordings of
            one intent, copy-paste comments under one video): no split may cut a group. Names
            are shared between corpora where they hold the same thing.
        thread: The post or article the text stands under, where comments under one post are
            still independent texts. Splits may cut it; a stricter test holds whole threads out.
        split: The corpus' own split, ``None`` where it has none.
        context: Text of that post or article.
        kind: What sort of text it is within the corpus (a kind of spam, a niche, a domain):
            the unit for holding whole kinds out.
        intent: What is asked, in corpora of questions.
        label_space: Task name -> the labels its annotators could choose from, for tasks where
            that is fewer than the taxonomy has. "neutral" out of (negative, neutral, positive)
            does not say that the text is not mixed: compare scores inside this space only.
        weight: How far to trust the labels, in (0, 1]: 1.0 for labels made under the guide,
            less for labels derived from ratings or from another task.
        annotations: Every annotator's own labels where there were several.
        meta: Further facts of the source, such as a rating.
    """

    id: str
    text: str
    labels: Labels
    corpus: str
    language: str | None = None
    source: str | None = None
    group: str | None = None
    thread: str | None = None
    split: Split | None = None
    context: str | None = None
    kind: str | None = None
    intent: str | None = None
    label_space: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    weight: float = 1.0
    annotations: tuple[Labels, ...] = ()
    meta: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what no loader may produce.

        Raises:
            ValueError: No id or text, a weight outside (0, 1], or a label outside its space.
        """
        # Rows come from JSON, so the types are a hope until checked.
        if not self.id or not isinstance(self.text, str) or not self.text.strip():
            raise ValueError(f"{self.corpus}: example {self.id!r} has no id or no text")
        if not 0.0 < self.weight <= 1.0:
            raise ValueError(
                f"{self.corpus}/{self.id}: weight must lie in (0, 1], not {self.weight}"
            )
        for task, space in self.label_space.items():
            if self.labels.get(task, space[0]) not in space:
                raise ValueError(
                    f"{self.corpus}/{self.id}: label {self.labels[task]!r} of {task} "
                    f"is outside its label space {space}"
                )

    @property
    def disagreed(self) -> frozenset[str]:
        """Tasks on which the annotators differ (they carry no label)."""
        if not self.annotations:
            return frozenset()
        tasks = {task for labels in self.annotations for task in labels}
        return frozenset(
            task for task in tasks if len({labels.get(task) for labels in self.annotations}) > 1
        )
