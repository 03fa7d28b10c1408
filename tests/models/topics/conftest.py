"""Questions made for tests: vectors around chosen directions, so that groups are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sedno.models.topics.records import Asked, Unit

DIM = 32
WORDINGS = {
    "waga": ("Ile waży ten namiot?", "ile wazy namiot", "Jaka jest waga namiotu?", "Waga namiotu?"),
    "pranie": ("Czy śpiwór można prać?", "jak prać śpiwór", "pranie śpiwora w pralce?",
               "Śpiwór do pralki?"),
    "wysyłka": ("Koszt wysyłki za granicę?", "ile kosztuje wysyłka za granicę",
                "wysyłka za granicę po ile", "Wysyłacie za granicę?"),
}  # fmt: skip

Make = Callable[..., list[Asked]]


@pytest.fixture
def make() -> Make:
    """Makes comments that ask one of three things, in turn, a few hours apart."""

    def run(
        count: int,
        *,
        kinds: Sequence[str] = tuple(WORDINGS),
        first: int = 0,
        scope: str = "",
        seed: int = 0,
    ) -> list[Asked]:
        rng = np.random.default_rng(seed)
        begin = datetime(2026, 3, 2, 12, tzinfo=UTC)
        out = []
        for at in range(first, first + count):
            kind = kinds[at % len(kinds)]
            vector = 0.1 * rng.normal(size=DIM)
            vector[list(WORDINGS).index(kind)] += 1.0
            text = WORDINGS[kind][at // len(kinds) % len(WORDINGS[kind])]
            unit = Unit(f"{text} {'a' * (at % 3)}", (vector / np.linalg.norm(vector)).astype("f4"))
            out.append(
                Asked(
                    f"{scope}{kind}-{at}",
                    (unit,),
                    scope,
                    author=f"u{at % 5}",
                    when=begin + timedelta(hours=5 * at),
                    language="pl",
                    sentiment="neutral",
                )
            )
        return out

    return run
