"""What a benchmark is: texts to learn from, texts to be judged on, and the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from sedno.datasets.corpora.example import Example
from sedno.models.taxonomy import TASK_BY_NAME

Loader = Callable[[str], Iterable[Example]]
"""Gives all examples of a corpus by its registry name."""

Slicer = Callable[[Example], str | None]
"""The slice an example belongs to, ``None`` for none."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One round: learn from ``train``, be judged on ``test``.

    A finished model is judged on ``test`` and does not learn; baselines learn afresh.
    """

    name: str
    train: tuple[Example, ...]
    test: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """A figure other people published.

    Attributes:
        system: Whose.
        metric: Which figure, on the scale of 0 to 1.
        value: The figure.
        source: Where it stands.
        same: Whether it was taken on the very same items under the same rules.
    """

    system: str
    metric: str
    value: float
    source: str
    same: bool = True


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A test with its rules.

    Attributes:
        name: Key in the catalogue, in reports and in floors.
        title: One line for readers.
        protocol: What is trained on what, and what the figure may be compared with.
        tasks: Tasks judged.
        folds: One or more rounds; their test parts do not overlap and are judged as one.
        label_space: Task -> labels the annotators could choose from, where fewer than all.
        slicers: Name -> how examples are sliced, beside length, language and source.
        published: Other people's figures.
        dropped: Training examples left out because they would give test examples away.
        language: The one language of its texts (ISO 639-1), ``None`` where there are several.
    """

    name: str
    title: str
    protocol: str
    tasks: tuple[str, ...]
    folds: tuple[Fold, ...]
    label_space: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slicers: Mapping[str, Slicer] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
    dropped: int = 0
    language: str | None = "pl"

    @property
    def items(self) -> tuple[Example, ...]:
        """Everything that is judged, in the order of the folds."""
        return tuple(example for fold in self.folds for example in fold.test)

    def labels(self, task: str) -> tuple[str, ...]:
        """The labels that count on ``task``, in the taxonomy's order."""
        return self.label_space.get(task, TASK_BY_NAME[task].labels)

    def without(self, seen: Callable[[Example], bool]) -> Benchmark:
        """The benchmark without the test items of which ``seen`` is true.

        Folds that lose all of their test items go too.
        """
        folds = tuple(
            replace(fold, test=tuple(item for item in fold.test if not seen(item)))
            for fold in self.folds
        )
        return replace(self, folds=tuple(fold for fold in folds if fold.test))
