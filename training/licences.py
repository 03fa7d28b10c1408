"""A recipe without the corpora whose licence is not wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sedno.datasets.corpora.registry import CORPORA
from sedno.training.recipe import Recipe, RecipeError, Source

Licence = Literal["open", "unstated"]


def admit(recipe: Recipe, licences: Sequence[Licence]) -> Recipe:
    """The recipe with only corpora of these licence classes, under a name that says so.

    Files of the recipe's own stay (of annotations, the comments whose corpus is admitted). Where
    a corpus for calibration goes, a share of the last stage's own files is held back instead:
    every task has to be calibrated on something.

    Raises:
        RecipeError: Nothing is left to learn from.
    """
    stages = [
        stage.model_copy(update={"data": kept})
        for stage in recipe.stages
        if (kept := tuple(s for s in stage.data if _admitted(s.corpus, licences)))
    ]
    words = recipe.words
    if words is not None:
        kept = tuple(s for s in words.data if _admitted(s.corpus, licences))
        words = words.model_copy(update={"data": kept}) if kept else None
    if not stages and words is None:
        raise RecipeError(
            f"licences {', '.join(licences)}: every corpus of the recipe has another one; "
            "admit more, or add open corpora or files to the recipe"
        )
    if stages == list(recipe.stages) and words == recipe.words:
        return recipe
    named = recipe.calibration.corpora
    kept_back = tuple(name for name in named if _admitted(name, licences))
    if len(kept_back) < len(named):
        last = stages[-1].data if stages else words.data if words else ()
        kept_back += tuple(n for n in _own_files(last) if n not in kept_back)
    calibration = recipe.calibration.model_copy(update={"corpora": kept_back})
    return recipe.model_copy(
        update={
            "name": f"{recipe.name}-{'-'.join(licences)}",
            "stages": tuple(stages),
            "words": words,
            "licences": tuple(licences),
            "calibration": calibration,
        }
    )


def _admitted(name: str, licences: Sequence[str]) -> bool:
    return name not in CORPORA or CORPORA[name].licence_class in licences


def _own_files(data: Sequence[Source]) -> list[str]:
    return [source.corpus for source in data if source.corpus not in CORPORA]
