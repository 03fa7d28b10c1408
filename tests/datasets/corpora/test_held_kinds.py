from __future__ import annotations

from sedno.datasets.corpora.held_kinds import held_out


def _recipe(**kinds: list[str]) -> dict[str, object]:
    data = [{"corpus": name, "kinds_held_out": held} for name, held in kinds.items()]
    return {"stages": [{"data": data}]}


def test_what_one_stage_holds_out_is_kept_from_all() -> None:
    """A source that does not name the kind does not get it either."""
    recipe = {"stages": [*_recipe(q=["cars"])["stages"], *_recipe(q=["pets"])["stages"]]}  # type: ignore[misc]
    assert held_out([recipe]) == {"q": frozenset({"cars", "pets"})}


def test_what_is_held_out_late_may_have_been_seen_before() -> None:
    """The first recipe that reads a corpus decides."""
    found = held_out([_recipe(q=["cars"]), _recipe(q=["cars", "banks"], r=["x"])])
    assert found == {"q": frozenset({"cars"}), "r": frozenset({"x"})}
    assert held_out([_recipe(q=[]), _recipe(q=["banks"])]) == {"q": frozenset()}


def test_no_recipe_holds_nothing_out() -> None:
    """An artefact without one promises nothing."""
    assert held_out([]) == {}
    assert held_out([{}]) == {}
