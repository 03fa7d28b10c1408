"""The registry of corpora: find one, filter them, load one."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import Final

from sedno.datasets.corpora.catalogue_other import OTHER
from sedno.datasets.corpora.catalogue_polish import POLISH
from sedno.datasets.corpora.corpus import Corpus, LicenceClass
from sedno.datasets.corpora.example import Example, Split
from sedno.datasets.corpora.reserved import Reserved, gold_reserved
from sedno.datasets.corpora.rows import FILE_NAME, CorpusError, data_root, read_rows

CORPORA: Final[dict[str, Corpus]] = {corpus.name: corpus for corpus in (*POLISH, *OTHER)}


def corpus(name: str) -> Corpus:
    """The record of a corpus.

    Raises:
        CorpusError: No corpus has this name; lists those that exist.
    """
    try:
        return CORPORA[name]
    except KeyError:
        known = ", ".join(sorted(CORPORA))
        raise CorpusError(f"unknown corpus {name!r}; use one of {known}") from None


def corpora(
    *,
    licences: Collection[LicenceClass] | None = None,
    task: str | None = None,
    language: str | None = None,
    trainable: bool | None = None,
) -> tuple[Corpus, ...]:
    """The corpora that satisfy every condition given, in the order of the catalogue.

    Args:
        licences: Licence classes to admit, such as ``{"open"}``.
        task: Only corpora that label this task.
        language: Only corpora that hold this language.
        trainable: Only corpora that may, or may not, train a model.
    """
    return tuple(
        known
        for known in CORPORA.values()
        if (licences is None or known.licence_class in licences)
        and (task is None or task in known.tasks)
        and (language is None or language in known.languages)
        and (trainable is None or known.may_train == trainable)
    )


def load(
    name: str,
    root: str | os.PathLike[str] | None = None,
    *,
    split: Split | None = None,
    reserved: Reserved | None = None,
) -> Iterator[Example]:
    """The examples of a corpus, in file order.

    Rows that are in gold dev, by id or by normalised text, are left out of the corpora gold
    was drawn from, whatever the split asked for.

    Args:
        name: Name of the corpus.
        root: Folder of corpora; the variable ``SEDNO_DATA`` where ``None``.
        split: Only this split of the corpus' own.
        reserved: What to leave out; read from the gold corpus under ``root`` where ``None``.

    Raises:
        CorpusError: Unknown corpus, missing folder or file, or a row that does not fit;
            names file and line.
    """
    record = corpus(name)
    path = data_root(root) / name / FILE_NAME
    if record.feeds_gold and reserved is None:
        reserved = gold_reserved(path.parents[1])
    for number, row in read_rows(path):
        try:
            example = record.convert(row)
        except KeyError as error:
            raise CorpusError(
                f"{path}, line {number}: field or value {error} is missing or unknown"
            ) from error
        except (TypeError, ValueError) as error:
            raise CorpusError(f"{path}, line {number}: {error}") from error
        if example is None or (split is not None and example.split != split):
            continue
        if record.feeds_gold and reserved is not None and example in reserved:
            continue
        yield example
