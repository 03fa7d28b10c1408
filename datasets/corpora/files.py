"""Your own labelled comments, as JSONL or CSV.

The fields are those of the gold corpus: ``text``, and any of ``substance`` (S, G), ``spam``
(0, 1), ``sentiment`` (neg, neu, pos, mix), ``question`` (0, 1), ``toxic`` (0, 1). The taxonomy's
own words are taken as well, under the task's name: ``authenticity`` = ``spam``, ``sentiment`` =
``negative``. In JSONL they may also stand inside ``labels``, as in an answer. Missing, null or
empty is unlabelled. Optional: ``id``, ``lang`` (or ``language``), ``context``, ``source``,
``group``, ``thread``, ``kind``, ``intent``, ``split`` (train, dev, test), ``weight``, ``english``
(a translation of the text, for an English guide of the sentence embedding).

Marks of masked data, as exported decisions have them, are read as in service: with made-up data in
their place (:mod:`sedno.datasets.stand_ins`).
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from sedno.datasets.corpora.example import Example, Split
from sedno.datasets.corpora.labels import GOLD_FIELDS
from sedno.datasets.corpora.rows import CorpusError, Row, read_rows
from sedno.datasets.stand_ins import with_stand_ins

_TEXT_FIELDS: Final = ("context", "source", "group", "thread", "kind", "intent")


def load_file(
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    split: Split | None = None,
    delimiter: str = ",",
) -> Iterator[Example]:
    """The examples of a file of labelled comments, in file order.

    Args:
        path: ``.jsonl``, ``.jsonl.gz`` or ``.csv`` (UTF-8, with a header).
        name: What to call the corpus; the file's name where ``None``.
        split: Only this split.
        delimiter: What separates the columns of a CSV file.

    Raises:
        CorpusError: The file is missing or of another format, a row has no text or holds a
            value the format does not know (names file, line and field), or no row has a label.
    """
    file = Path(path).expanduser()
    corpus = name or file.name.split(".")[0]
    labelled = False
    for number, row in _rows(file, delimiter):
        try:
            example = _example(row, corpus, number)
        except (TypeError, ValueError) as error:
            raise CorpusError(f"{file}, line {number}: {error}") from error
        labelled = labelled or bool(example.labels)
        if split is None or example.split == split:
            yield example
    if not labelled:
        fields = ", ".join(field for field, _, _ in GOLD_FIELDS)
        raise CorpusError(f"{file}: no row has a label; name the label fields {fields}")


def _rows(file: Path, delimiter: str) -> Iterator[tuple[int, Row]]:
    if file.name.endswith((".jsonl", ".jsonl.gz")):
        yield from read_rows(file)
    elif file.suffix == ".csv":
        if not file.is_file():
            raise CorpusError(f"corpus file {str(file)!r} does not exist")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter=delimiter)
            for row in reader:
                yield reader.line_num, row
    else:
        raise CorpusError(f"{str(file)!r} is neither .jsonl, .jsonl.gz nor .csv")


def _example(row: Row, corpus: str, number: int) -> Example:
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("field 'text' is missing or empty")
    split = row.get("split") or None
    if split not in {None, "train", "dev", "test"}:
        raise ValueError(f"field 'split' holds {split!r}; use train, dev or test")
    optional: dict[str, Any] = {field: str(row[field]) for field in _TEXT_FIELDS if row.get(field)}
    if row.get("english"):
        optional["meta"] = {"english": str(row["english"])}
    return Example(
        id=str(row.get("id") or number),
        text=with_stand_ins(text),
        labels=_labels({**row, **_nested(row)}),
        corpus=corpus,
        language=row.get("lang") or row.get("language") or None,
        split=cast("Split | None", split),
        weight=float(row.get("weight") or 1.0),
        **optional,
    )


def _nested(row: Row) -> Mapping[str, Any]:
    labels = row.get("labels") or {}
    if not isinstance(labels, dict):
        raise TypeError(f"field 'labels' must be an object, not {labels!r}")
    # In an answer every label comes with its scores.
    return {
        task: value["label"] if isinstance(value, dict) and "label" in value else value
        for task, value in labels.items()
    }


def _labels(fields: Mapping[str, Any]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for short, task, words in GOLD_FIELDS:
        for field in dict.fromkeys((short, task)):
            value = fields.get(field)
            if value is None or value == "":
                continue
            label = _label(field, value, words)
            if labels.setdefault(task, label) != label:
                raise ValueError(f"fields {short!r} and {task!r} contradict each other")
    return labels


def _label(field: str, value: object, words: Mapping[object, str]) -> str:
    given = value.strip() if isinstance(value, str) else value
    if isinstance(given, str) and given.isdecimal():
        given = int(given)
    if isinstance(given, str) and given in words.values():
        return given
    if isinstance(given, str | int) and given in words:
        return words[given]
    known = ", ".join([*(str(word) for word in words), *words.values()])
    raise ValueError(f"field {field!r} holds {value!r}; use one of {known}")
