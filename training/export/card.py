"""The model card: what the model is, what it learned from, where it is weak."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sedno.datasets.corpora.registry import CORPORA
from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import BaseEncoder
from sedno.training.data import TrainingData
from sedno.training.recipe import Recipe
from sedno.training.start import Start


def render_card(
    recipe: Recipe,
    base: BaseEncoder,
    data: TrainingData,
    metrics: dict[str, Any],
    start: Start,
    *,
    words: bool,
) -> str:
    """Markdown of the card, from ``templates/model_card.md``.

    Args:
        recipe: What was trained.
        base: The base encoder.
        data: What it was trained on.
        metrics: What it reached where it was made.
        start: What the run went on from.
        words: Whether words add to what the encoder says.
    """
    environment = Environment(
        loader=PackageLoader("sedno.training.export"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the page is Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stages = start.counts | data.counts
    annotated = start.annotated | data.annotated
    names = sorted({name for counts in stages.values() for name in counts})
    sources = [
        {
            "name": name,
            "counts": {stage: counts.get(name, 0) for stage, counts in stages.items()},
            "record": CORPORA.get(name),
        }
        for name in names
    ]
    return environment.get_template("model_card.md").render(
        recipe=recipe,
        start=start.ref,
        words=words,
        stages=list(stages),
        model_name=base.model_name,
        origin=base.origin,
        sources=sources,
        tasks=TASKS,
        metrics=metrics,
        calibration=len(data.calibration),
        annotated=[
            {"name": name, "count": count, "record": CORPORA[name]}
            for found in annotated.values()
            for name, count in sorted(found.items(), key=lambda item: -item[1])
        ],
    )
