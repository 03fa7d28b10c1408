"""Rounds to learn and be judged in, by a corpus' own split or by kinds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sedno.datasets.corpora.example import Example
from sedno.datasets.dedup import leak_free
from sedno.evaluation.benchmarks.benchmark import Benchmark, Fold


def official(examples: Iterable[Example]) -> tuple[Fold, ...]:
    """One fold by the corpus' own split: learn from train, be judged on test; dev is unused."""
    examples = tuple(examples)
    return (
        Fold(
            "test",
            tuple(example for example in examples if example.split == "train"),
            tuple(example for example in examples if example.split == "test"),
        ),
    )


def leave_one_kind_out(examples: Iterable[Example]) -> tuple[Fold, ...]:
    """One fold a kind: learn from all other kinds, be judged on this one."""
    examples = tuple(examples)
    kinds = dict.fromkeys(example.kind for example in examples)
    return tuple(
        Fold(
            str(kind),
            tuple(example for example in examples if example.kind != kind),
            tuple(example for example in examples if example.kind == kind),
        )
        for kind in kinds
    )


def deal_kinds(examples: Iterable[Example], rounds: int) -> tuple[Fold, ...]:
    """``rounds`` folds that cut no kind, fewer where there are fewer kinds.

    Kinds are dealt out in the order of their names. A prefix such as ``hn_`` brings kinds of one
    sort together in that order, so each round gets its share of every sort.
    """
    examples = tuple(examples)
    kinds = sorted({str(example.kind) for example in examples})
    rounds = min(rounds, len(kinds))
    turn = {kind: at % rounds for at, kind in enumerate(kinds)}
    return tuple(
        Fold(
            f"round {number + 1} of {rounds}",
            tuple(e for e in examples if turn[str(e.kind)] != number),
            tuple(e for e in examples if turn[str(e.kind)] == number),
        )
        for number in range(rounds)
    )


def leak_proof(benchmark: Benchmark, *, groups: bool = True) -> Benchmark:
    """The benchmark with training parts that give no test example away.

    Args:
        benchmark: As built.
        groups: Whether sharing a group is a leak, see ``sedno.datasets.dedup``.
    """
    cleaned = [_clean(fold, groups=groups) for fold in benchmark.folds]
    lost = _sizes(benchmark.folds) - _sizes(cleaned)
    return replace(benchmark, folds=tuple(cleaned), dropped=lost)


def _clean(fold: Fold, *, groups: bool) -> Fold:
    return replace(fold, train=tuple(leak_free(fold.train, fold.test, groups=groups)))


def _sizes(folds: Sequence[Fold]) -> int:
    return sum(len(fold.train) for fold in folds)
