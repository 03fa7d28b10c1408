"""Spam: comments under five music videos, and authored Polish spam of many kinds."""

from __future__ import annotations

from sedno.datasets.corpora.example import Example
from sedno.evaluation.benchmarks.benchmark import Benchmark, Loader, Published
from sedno.evaluation.benchmarks.folds import deal_kinds, leak_proof, leave_one_kind_out

NAME_YOUTUBE = "youtube_spam"
NAME_AUTHORED = "spam_pl"

_ROUNDS = 5
_TUBESPAM = "Alberto, Lochter, Almeida 2015, TubeSpam, ICMLA; best of many models a video"


def build_youtube(load: Loader) -> Benchmark:
    """Leave one video out."""
    return leak_proof(
        Benchmark(
            name=NAME_YOUTUBE,
            title="YouTube spam collection: comments under five music videos (English)",
            protocol=(
                "Baselines leave one video out: they learn from the other four, without texts "
                "that occur in the fifth. About 200 texts are copies; intervals resample "
                "copies together."
            ),
            tasks=("authenticity",),
            folds=leave_one_kind_out(load("youtube_spam_collection")),
            slicers={"video": lambda example: example.kind},
            published=(Published("TubeSpam, mean of videos", "MCC", 0.952, _TUBESPAM, same=False),),
            language="en",
        )
    )


def build_authored(load: Loader) -> Benchmark:
    """Hold whole kinds out."""
    return leak_proof(
        Benchmark(
            name=NAME_AUTHORED,
            title="Authored Polish spam of 44 kinds, hard negatives, ordinary comments",
            protocol=(
                f"Baselines hold whole kinds out in {_ROUNDS} rounds. A finished model is "
                "judged on the kinds its recipe held out. Written and labelled by a large "
                "language model, one opinion."
            ),
            tasks=("authenticity",),
            folds=deal_kinds(load("spam_pl"), _ROUNDS),
            slicers={"sort": sort_of},
        )
    )


def sort_of(example: Example) -> str:
    """Spam, hard negative or ordinary, by the kind's prefix."""
    prefix = str(example.kind).partition("_")[0]
    return {"hn": "hard negative", "ord": "ordinary"}.get(prefix, "spam")
