"""Labels given to comments of the registry's corpora, kept without their texts.

A corpus' texts do not belong to this project, the labels read off them do. A file of
annotations is UTF-8, tab-separated, with a header: ``corpus``, ``id``, then ``substance`` (S, G),
``spam`` (0, 1), ``sentiment`` (neg, neu, pos, mix), ``question`` (0, 1), ``toxic`` (0, 1), an empty
cell where two annotators differ. The texts are found again by corpus and id.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.labels import GOLD_FIELDS
from sedno.datasets.corpora.loaders import make
from sedno.datasets.corpora.registry import CORPORA
from sedno.datasets.corpora.reserved import gold_reserved
from sedno.datasets.corpora.rows import FILE_NAME, CorpusError, read_rows

SUFFIX: Final = ".tsv"


def load_annotations(
    path: str | os.PathLike[str],
    root: Path,
    *,
    licences: Collection[str] = ("open", "unstated"),
) -> Iterator[Example]:
    """The annotated comments with the labels of the file in place of their corpora's own.

    Args:
        path: The file of annotations.
        root: Folder of corpora.
        licences: Licence classes admitted; comments of other corpora are passed over.

    Raises:
        CorpusError: The file is missing, a cell holds a value the format does not know, or a
            corpus that it names may not train or has no comment of that id.
    """
    file = Path(path)
    for corpus, wanted in _read(file).items():
        record = CORPORA.get(corpus)
        if record is None or not record.may_train:
            raise CorpusError(f"{file}: corpus {corpus!r} is unknown or may not train")
        if record.licence_class not in licences:
            continue
        left = dict(wanted)
        reserved = gold_reserved(root)
        for _, row in read_rows(root / corpus / FILE_NAME):
            labels = left.pop(row["id"], None)
            if not labels:
                continue
            # A row from which the corpus' own label cannot be read was annotated all the same.
            example = record.convert(row) or make(row, corpus, {})
            if example not in reserved:
                yield replace(
                    example,
                    labels=labels,
                    label_space={},
                    weight=1.0,
                    corpus=file.stem,
                    kind=corpus,
                    intent=None,
                )
        if left:
            raise CorpusError(
                f"{file}: corpus {corpus!r} in {root} has no comment {next(iter(left))!r} "
                f"({len(left)} missing); the corpus is another version than the one annotated"
            )


def _read(file: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Corpus -> id -> labels."""
    if not file.is_file():
        raise CorpusError(f"annotation file {str(file)!r} does not exist")
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            labels: dict[str, str] = {}
            for short, task, words in GOLD_FIELDS:
                cell = row.get(short) or ""
                if not cell:
                    continue
                value: object = int(cell) if cell.isdecimal() else cell
                if value not in words:
                    known = ", ".join(str(word) for word in words)
                    raise CorpusError(
                        f"{file}, {row['corpus']} {row['id']}: field {short!r} holds {cell!r}; "
                        f"use {known} or leave it empty"
                    )
                labels[task] = words[value]
            found[row["corpus"]][row["id"]] = labels
    return dict(found)
