"""The server is killed at random moments; nothing may be lost, doubled or half done.

A few times here; ``sedno bench faults`` does it a hundred times.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.evaluation.bench.faults import torment

PROGRAM = Path(sys.executable).with_name("sedno")
KILLS = int(os.environ.get("SEDNO_TEST_KILLS", "4"))


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_killed_server_loses_nothing(
    backend: str, toy: Path, tmp_path: Path, new_database_url: Callable[[str], str]
) -> None:
    """Requests and jobs go on where they were; what was acknowledged is there, once."""
    damage = torment(
        [str(PROGRAM)],
        {"SEDNO_MODEL": str(toy), "SEDNO_THREADS": "1"},
        new_database_url(backend),
        tmp_path,
        texts=["Kiedy drugi sezon?", "super kurs", "dźwięk był za cichy", "nie polecam nikomu"],
        kills=KILLS,
        seed=KILLS,
    )
    assert damage.kills == KILLS
    assert damage.sent > 0
    assert damage.decisions > 0
    assert (damage.lost, damage.doubled, damage.half) == ([], [], [])
