"""Gold dev: real Polish comments, all five tasks, two blind annotators."""

from __future__ import annotations

from sedno.evaluation.benchmarks.benchmark import Benchmark, Fold, Loader
from sedno.evaluation.benchmarks.folds import leak_proof
from sedno.models.taxonomy import TASKS

NAME = "gold_dev"


def build(load: Loader) -> Benchmark:
    """Learn from gold train, be judged on gold dev."""
    examples = tuple(load("gold_pl"))
    train = tuple(example for example in examples if example.split == "train")
    dev = tuple(example for example in examples if example.split == "dev")
    return leak_proof(
        Benchmark(
            name=NAME,
            title="Gold dev: real Polish comments under the annotation guide",
            protocol=(
                "Baselines learn from gold train. A task on which the two annotators differ is "
                "left out of the main figures. Labels come from a large language model that "
                "read each comment under the guide in two blind passes, not from people. Dev "
                "shares its kinds of source with train; other sources cost more."
            ),
            tasks=tuple(task.name for task in TASKS),
            folds=(Fold("dev", train, dev),),
        )
    )
