"""Every benchmark by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.registry import load
from sedno.evaluation.benchmarks import constructive, gold, polemo, social, spam
from sedno.evaluation.benchmarks.benchmark import Benchmark, Loader

BENCHMARKS: Final[dict[str, Callable[[Loader], Benchmark]]] = {
    gold.NAME: gold.build,
    polemo.NAME_IN: polemo.build_in,
    polemo.NAME_OUT: polemo.build_out,
    spam.NAME_YOUTUBE: spam.build_youtube,
    spam.NAME_AUTHORED: spam.build_authored,
    social.NAME_WUST: social.build_wust,
    social.NAME_CBD: social.build_cbd,
    social.NAME_UMSAB: social.build_umsab,
    constructive.NAME_GERMEVAL: constructive.build_germeval,
    constructive.NAME_C3: constructive.build_c3,
    constructive.NAME_VICTSD: constructive.build_victsd,
}


class UnknownBenchmarkError(ValueError):
    """No benchmark has this name; the message lists those that exist."""

    def __init__(self, name: str, known: Iterable[str] = BENCHMARKS) -> None:
        super().__init__(f"unknown benchmark {name!r}; use one of {', '.join(known)}")
        self.name = name


def check_names(names: Iterable[str], *, others: Iterable[str] = ()) -> None:
    """Raises :class:`UnknownBenchmarkError` for the first name that nothing has.

    Args:
        names: Names to check.
        others: Names that are right beside those of benchmarks.
    """
    known = (*BENCHMARKS, *others)
    for name in names:
        if name not in known:
            raise UnknownBenchmarkError(name, known)


def reader(root: str | os.PathLike[str] | None) -> Loader:
    """Reads corpora under ``root``, each once.

    Args:
        root: Folder of corpora; the variable ``SEDNO_DATA`` where ``None``.
    """
    read: dict[str, tuple[Example, ...]] = {}

    def load_once(corpus: str) -> tuple[Example, ...]:
        if corpus not in read:
            read[corpus] = tuple(load(corpus, root))
        return read[corpus]

    return load_once


def build(names: Sequence[str] | None, loader: Loader) -> Iterator[Benchmark]:
    """Builds benchmarks one after the other, all of them where ``names`` is ``None``.

    Args:
        names: Keys of :data:`BENCHMARKS`.
        loader: Gives corpora; see :func:`reader`.

    Raises:
        UnknownBenchmarkError: A name is not known.
        CorpusError: A corpus is missing or cannot be read.
    """
    chosen = tuple(BENCHMARKS) if names is None else tuple(dict.fromkeys(names))
    check_names(chosen)
    return (BENCHMARKS[name](loader) for name in chosen)
