"""Training without corpora of unstated licence."""

from __future__ import annotations

from pathlib import Path

import pytest

from sedno.datasets.corpora.registry import CORPORA
from sedno.training.licences import admit
from sedno.training.recipe import Recipe, RecipeError, read_recipe

RECIPE = Path(__file__).parents[2] / "training" / "recipes" / "sedno-pl-base.toml"


def test_only_open_corpora_are_left() -> None:
    """Of the shipped recipe: its open corpora and own files, and something for every task."""
    recipe = read_recipe(RECIPE)
    opened = admit(recipe, ["open"])
    names = {source.corpus for stage in opened.stages for source in stage.data}
    assert {CORPORA[n].licence_class for n in names if n in CORPORA} == {"open"}
    assert {n for n in names if n not in CORPORA} == {
        s.corpus for stage in recipe.stages for s in stage.data if s.corpus not in CORPORA
    }
    assert "gold_pl" not in opened.calibration.corpora
    assert {"spam_pl", "../authored/niches.jsonl"} <= set(opened.calibration.corpora)
    assert opened.licences == ("open",)


def test_all_licences_change_nothing() -> None:
    """What the recipe admits already stays as it is."""
    recipe = read_recipe(RECIPE)
    assert admit(recipe, ["open", "unstated"]) == recipe


def test_nothing_left_is_an_error() -> None:
    """The message names the licences and the remedy."""
    recipe = Recipe.model_validate(
        {
            "name": "closed",
            "version": "1",
            "stages": [
                {"name": "s", "epochs": 1, "learning_rate": 1e-4, "data": [{"corpus": "gold_pl"}]}
            ],
        }
    )
    with pytest.raises(RecipeError, match="licences open: every corpus"):
        admit(recipe, ["open"])
