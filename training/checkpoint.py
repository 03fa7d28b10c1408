"""Checkpoints of a run: written atomically, read back to go on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

FILE = "checkpoint.pt"


class CheckpointError(ValueError):
    """A checkpoint that a run cannot go on from; names the file and the remedy."""


@dataclass(slots=True)
class Progress:
    """Where a run stands.

    Attributes:
        stage: Number of the stage.
        epoch: Number of the epoch within it.
        batch: Batches of the epoch already learned.
        step: Optimiser steps of the stage so far.
        averaged: How many steps the running average of the weights holds.
    """

    stage: int = 0
    epoch: int = 0
    batch: int = 0
    step: int = 0
    averaged: int = 0
    average: dict[str, torch.Tensor] = field(default_factory=dict)


def _describes(progress: Progress, fingerprints: Sequence[str]) -> str:
    """Fingerprint of everything that has shaped the weights so far.

    Between two stages that is the earlier one's, so that a changed later stage does not
    throw away what was learned before it.
    """
    started = progress.stage if progress.step else progress.stage - 1
    return fingerprints[started] if started >= 0 else ""


def save(
    folder: Path, fingerprints: Sequence[str], progress: Progress, **states: dict[str, Any]
) -> None:
    """Writes the checkpoint; a crash in the middle leaves the previous one whole.

    Args:
        folder: Where it goes.
        fingerprints: One a stage; names recipe and data up to and with that stage.
        progress: Where the run stands.
        **states: State dictionaries of network and optimiser.
    """
    partial = folder / f"{FILE}.partial"
    counters = {
        name: getattr(progress, name) for name in ("stage", "epoch", "batch", "step", "averaged")
    }
    torch.save(
        {
            "fingerprint": _describes(progress, fingerprints),
            "progress": counters,
            "average": progress.average,
            "rng": torch.get_rng_state(),
            **states,
        },
        partial,
    )
    partial.replace(folder / FILE)


def restore(folder: Path, fingerprints: Sequence[str]) -> tuple[Progress, dict[str, Any]] | None:
    """Reads the checkpoint of a run; ``None`` where there is none.

    Raises:
        CheckpointError: The checkpoint belongs to another recipe or other data.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    state: dict[str, Any] = torch.load(path, weights_only=True)
    progress = Progress(**state["progress"], average=state["average"])
    if state["fingerprint"] != _describes(progress, fingerprints):
        raise CheckpointError(
            f"{path}: was made with another recipe or other data; "
            "give another output folder, or remove this one to start anew"
        )
    torch.set_rng_state(state["rng"])
    return progress, state
