"""Which kinds of a corpus a model has never seen, by the recipes that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def held_out(recipes: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Kinds kept for testing, by corpus.

    Within one recipe a kind that any source holds out is kept from all its stages. A model that
    goes on from another keeps what that held out; but what it begins to hold out may have been
    learned before. So the first recipe that reads a corpus says what has stayed unseen.

    Args:
        recipes: Parsed TOML, the first one first.

    Returns:
        Name of each corpus or file that it learned from -> kinds that it has not seen.
    """
    found: dict[str, frozenset[str]] = {}
    for recipe in recipes:
        held: dict[str, frozenset[str]] = {}
        for part in (*recipe.get("stages", ()), recipe.get("words", {})):
            for source in part.get("data", ()):
                kinds = frozenset(source.get("kinds_held_out", ()))
                held[source["corpus"]] = held.get(source["corpus"], frozenset()) | kinds
        found = held | found
    return found
