"""One small number for the labels of a comment, so that an index can hold all of them.

A filter of several labels is then checked in the index of any one column, without a look at the
comments themselves, of which there may be a million.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sedno.models.taxonomy import TASKS


def signature(labels: Mapping[str, str]) -> int | None:
    """The number of these labels; ``None`` where a task has none.

    Args:
        labels: Label by task.
    """
    number = 0
    for task in TASKS:
        label = labels.get(task.name)
        if label not in task.labels:
            return None
        number = number * len(task.labels) + task.labels.index(label)
    return number


@cache
def labels_of(number: int) -> Mapping[str, str]:
    """The labels that :func:`signature` made the number of, by task."""
    found: dict[str, str] = {}
    for task in reversed(TASKS):
        number, place = divmod(number, len(task.labels))
        found[task.name] = task.labels[place]
    return MappingProxyType(found)


def signatures(labels: Mapping[str, str]) -> list[int]:
    """The numbers of all comments that have these labels, whatever their others are.

    Args:
        labels: Label by task, for some of the tasks.
    """
    choices = [[labels[task.name]] if task.name in labels else list(task.labels) for task in TASKS]
    names = [task.name for task in TASKS]
    found = (signature(dict(zip(names, each, strict=True))) for each in itertools.product(*choices))
    return sorted(number for number in found if number is not None)
