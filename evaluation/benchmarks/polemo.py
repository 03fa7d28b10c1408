"""PolEmo 2.0 whole reviews by KLEJ's rules, in the domains trained on and out of them."""

from __future__ import annotations

from collections.abc import Callable

from sedno.datasets.corpora.example import Example
from sedno.evaluation.benchmarks.benchmark import Benchmark, Fold, Loader, Published
from sedno.evaluation.benchmarks.folds import leak_proof

NAME_IN = "polemo2_in"
NAME_OUT = "polemo2_out"

_IN_DOMAINS = frozenset({"hotels", "medicine"})
_KLEJ = "KLEJ, Rybak et al. 2020, arXiv 2005.00630"
_ROBERTA = "sdadas/polish-roberta README, mean of 5 runs"


def build_in(load: Loader) -> Benchmark:
    """Learn from hotels and medicine, be judged on their test part (722 reviews)."""
    return _build(
        load,
        NAME_IN,
        title="PolEmo 2.0 IN: reviews of hotels and doctors, four sentiments",
        judged=lambda example: example.split == "test" and example.kind in _IN_DOMAINS,
        items="The 722 test reviews of KLEJ.",
        published=(
            Published("HerBERT-klej", "accuracy", 0.892, _KLEJ),
            Published("Polish RoBERTa base", "accuracy", 0.910, _ROBERTA),
            Published("Polish RoBERTa large", "accuracy", 0.924, _ROBERTA),
            Published("XLM-R large", "accuracy", 0.904, _KLEJ),
        ),
    )


def build_out(load: Loader) -> Benchmark:
    """Learn from hotels and medicine, be judged on products and schools."""
    return _build(
        load,
        NAME_OUT,
        title="PolEmo 2.0 OUT: reviews of products and teachers, four sentiments",
        judged=lambda example: example.kind not in _IN_DOMAINS,
        items="All reviews of products and schools, among them KLEJ's 494 test reviews.",
        published=(
            Published("HerBERT-klej", "accuracy", 0.763, _KLEJ, same=False),
            Published("Polish RoBERTa base", "accuracy", 0.764, _ROBERTA, same=False),
            Published("Polish RoBERTa large", "accuracy", 0.821, _ROBERTA, same=False),
            Published("XLM-R large", "accuracy", 0.798, _KLEJ, same=False),
        ),
    )


def _build(
    load: Loader,
    name: str,
    *,
    title: str,
    judged: Callable[[Example], bool],
    items: str,
    published: tuple[Published, ...],
) -> Benchmark:
    examples = tuple(load("polemo2_text"))
    train = tuple(e for e in examples if e.split == "train" and e.kind in _IN_DOMAINS)
    test = tuple(example for example in examples if judged(example))
    return leak_proof(
        Benchmark(
            name=name,
            title=title,
            protocol=(
                f"{items} Baselines learn from the training part of hotels and medicine. "
                "Texts in their untokenised form."
            ),
            tasks=("sentiment",),
            folds=(Fold("test", train, test),),
            published=published,
        )
    )
