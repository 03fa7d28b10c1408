"""Predictions as rows of a table: which columns there are and what stands in them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sedno.datasets.io import json_text
from sedno.datasets.io.errors import OutputError

_PREFIX = "input_"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    Attributes:
        name: Its name.
        kind: What it holds.
        foreign: Whether its values were written by strangers: the id and the input's columns.
    """

    name: str
    kind: Kind = Kind.TEXT
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Flattens predictions (``Prediction.to_dict()``) into columns.

    The columns are ``id``, those of the input, ``language``, for each task its label,
    ``<task>_confidence`` and ``<task>_review`` (then with ``scores`` one ``<task>_<label>`` a
    label, with ``spans`` a JSON ``<task>_spans``), ``needs_review``, ``model``, ``truncated``,
    ``caveats`` (with a space between two) and ``error``. A column of the input that has the
    name of an answer is ``input_<name>``.

    Attributes:
        tasks: Labels by task, in the order of the taxonomy.
        scores: Whether every label's probability has a column.
        spans: Whether the spans of an explanation have a column.
        input_columns: Columns of the input that are passed through, as text.
        rest_column: Column for all other values that are passed in, as one JSON object;
            without it they are an error.
    """

    tasks: Mapping[str, Sequence[str]]
    scores: bool = False
    spans: bool = False
    input_columns: tuple[str, ...] = ()
    rest_column: str | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in order, their names distinct."""
        answers = list(self._answers())
        taken = {"id", *(column.name for column in answers)}
        foreign = []
        rest = () if self.rest_column is None else (self.rest_column,)
        for wanted in (*self.input_columns, *rest):
            name = wanted
            while name in taken:
                name = _PREFIX + name
            taken.add(name)
            foreign.append(Column(name, foreign=True))
        return (Column("id", foreign=True), *foreign, *answers)

    def row(self, prediction: Mapping[str, Any], passed: Mapping[str, object]) -> list[Any]:
        """The values of one prediction, in the order of ``columns``; ``None`` is no value.

        Args:
            prediction: ``Prediction.to_dict()``.
            passed: Values of the input by column name.

        Raises:
            OutputError: ``passed`` has a value for which there is no column.
        """
        out = [prediction["id"], *map(_text, map(passed.get, self.input_columns))]
        rest = [name for name in passed if name not in self.input_columns]
        if self.rest_column is not None:
            out.append(json_text.dump({name: passed[name] for name in rest}) if rest else None)
        elif rest:
            raise OutputError(
                "output",
                f"there is no column for {', '.join(map(repr, rest))}; name them in "
                "input_columns or give a rest_column",
            )
        out.append(prediction["language"])
        labels = prediction["labels"]
        for task, names in self.tasks.items():
            out.extend(self._task(labels.get(task), names))
        out.append(prediction["needs_review"])
        out.append(prediction["model"])
        out.append(prediction.get("truncated", False))
        out.append(" ".join(prediction.get("caveats", ())) or None)
        out.append(prediction.get("error"))
        return out

    def _answers(self) -> Iterator[Column]:
        yield Column("language")
        for task, labels in self.tasks.items():
            yield Column(task)
            yield Column(f"{task}_confidence", Kind.NUMBER)
            yield Column(f"{task}_review", Kind.FLAG)
            if self.scores:
                yield from (Column(f"{task}_{label}", Kind.NUMBER) for label in labels)
            if self.spans:
                # Spans repeat words of the comment, so strangers wrote them.
                yield Column(f"{task}_spans", foreign=True)
        yield Column("needs_review", Kind.FLAG)
        yield Column("model")
        yield Column("truncated", Kind.FLAG)
        yield Column("caveats")
        yield Column("error")

    def _task(self, answer: Mapping[str, Any] | None, names: Sequence[str]) -> list[Any]:
        if answer is None:
            return [None] * (3 + len(names) * self.scores + self.spans)
        scores = answer["scores"]
        out = [answer["label"], scores[answer["label"]], answer["review"]]
        if self.scores:
            out.extend(scores.get(name) for name in names)
        if self.spans:
            spans = answer.get("spans")
            out.append(json_text.dump(spans) if spans else None)
        return out


def _text(value: object) -> str | None:
    """A passed-through value as the text of a cell; objects and arrays as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isnan(value):
        return None
    text = json_text.dump(value)
    # Times and the like become JSON strings; a cell holds them without the quotes.
    return json.loads(text) if text.startswith('"') else text
