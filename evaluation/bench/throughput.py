"""How many comments a second, beside three separate torch pipelines of the same size."""

from __future__ import annotations

import statistics

from sedno.evaluation.bench.clock import interleaved, median_ratio
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import distinct
from sedno.evaluation.bench.setting import Setting
from sedno.evaluation.bench.torch_peer import TorchPeer
from sedno.models.artifact import Layout, load_manifest
from sedno.models.classifier import Classifier

NAME = "throughput"
FLOOR = 10.0


def run(setting: Setting) -> Finding:
    """Times the classifier, without its cache, against the pipelines on the same comments."""
    sizes = setting.sizes
    texts = distinct(setting.inputs.texts, sizes.comments)
    manifest = load_manifest(Layout(setting.artifact))
    peer = TorchPeer(
        setting.artifact / "tokenizer.json",
        max_tokens=manifest.max_tokens,
        threads=setting.threads,
    )
    speeds = peer.choose_batch_size(texts[: max(32, len(texts) // 6)])
    with Classifier(setting.artifact, threads=setting.threads, cache_size=0) as classifier:
        classifier.predict(texts[:64])
        times = interleaved(
            {
                "sedno": lambda: classifier.predict(texts),
                "pipelines": lambda: peer.answer(texts),
            },
            rounds=sizes.rounds,
        )
    tried = ", ".join(f"{size}: {speed:.0f}/s" for size, speed in speeds.items())
    return Finding(
        name=NAME,
        title="Throughput against three torch pipelines",
        how=(
            f"{len(texts)} distinct comments, {sizes.rounds} interleaved rounds, medians. The "
            "classifier answers five tasks and the embedding in one pass, its cache off. The "
            "pipelines are three fp32 BertForSequenceClassification of the same size with the "
            f"same tokenizer, at their fastest batch size ({peer.batch_size}; tried {tried})."
        ),
        figures=(
            Figure(
                "Classifier against three pipelines",
                median_ratio(times["pipelines"], times["sedno"]),
                "x",
                FLOOR,
            ),
            Figure("Classifier", len(texts) / statistics.median(times["sedno"]), "comments/s"),
            Figure(
                "three pipelines", len(texts) / statistics.median(times["pipelines"]), "comments/s"
            ),
        ),
    )
