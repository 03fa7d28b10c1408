from __future__ import annotations

from pathlib import Path

import pytest

from sedno.training.recipe import RecipeError, read_recipe

MINIMAL = """
name = "tiny"
version = "1"
[[stages]]
name = "only"
epochs = 1
learning_rate = 1e-4
[[stages.data]]
corpus = "gold_pl"
"""


def test_a_minimal_recipe_reads(tmp_path: Path) -> None:
    """Four settings and a source are enough; the rest has defaults."""
    path = tmp_path / "r.toml"
    path.write_text(MINIMAL)
    recipe = read_recipe(path)
    assert recipe.stages[0].data[0].corpus == "gold_pl"
    assert recipe.task("sentiment").weight == 1.0


def test_the_shipped_recipe_reads() -> None:
    """The recipe of the shipped model is valid."""
    path = Path(__file__).parents[2] / "training" / "recipes" / "sedno-pl-base.toml"
    assert read_recipe(path).name == "sedno-pl-base"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("epochs = 1|epochs = 0", "stages.0.epochs.*greater than or equal to 1.*'0'"),
        ("epochs = 1|epoch = 1", "stages.0.epochs.*Field required"),
        ('name = "tiny"|name = "Tiny!"', "name.*'Tiny!'"),
        ('learning_rate = 1e-4|learning_rate = "fast"', "learning_rate.*'fast'"),
        ('version = "1"|version = "1"\ncolour = "red"', "colour.*not permitted.*'red'"),
        ('version = "1"|version = "1"\n[tasks.mood]\nweight = 1.0', "tasks.mood: unknown"),
        ("[[stages]]|[[stages", "not valid TOML"),
    ],
)
def test_faults_name_key_and_value(tmp_path: Path, change: str, told: str) -> None:
    """Every fault of a recipe names the key, the value and what is wrong."""
    old, new = change.split("|")
    path = tmp_path / "r.toml"
    path.write_text(MINIMAL.replace(old, new, 1))
    with pytest.raises(RecipeError, match=told):
        read_recipe(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A recipe that is not there is named with its path."""
    with pytest.raises(RecipeError, match=r"none\.toml: cannot be read"):
        read_recipe(tmp_path / "none.toml")
