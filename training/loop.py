"""The training loop: stages, epochs, steps; it can stop anywhere and go on."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from sedno.models.taxonomy import TASKS
from sedno.training import checkpoint
from sedno.training.base.encoder import BaseEncoder
from sedno.training.batches import Batch, EpochBatches
from sedno.training.checkpoint import Progress
from sedno.training.data import Sample, TrainingData
from sedno.training.losses import MeaningLoss, MultiTaskLoss, class_weights
from sedno.training.network import Network, freeze, parameter_groups
from sedno.training.recipe import Recipe, Stage

LOG_FILE = "log.jsonl"
LOG_EVERY = 20
SAVE_SECONDS = 300.0
CLIP_NORM = 1.0

Evaluate = Callable[[Network], dict[str, float]]
StepLoss = Callable[[Batch], tuple[Tensor, dict[str, float]]]


class RunLog:
    """Appends one JSON object a line to the run's log."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOG_FILE

    def write(self, event: str, **facts: Any) -> None:
        """Writes one event with the time in UTC."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = json.dumps({"time": stamp, "event": event, **facts}, ensure_ascii=False)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


class Trainer:
    """Trains a network by a recipe.

    Args:
        recipe: What to do.
        base: The encoder the network was built on.
        network: Trained in place.
        data: Samples of every stage.
        teacher: For every stage, float32 ``(samples, dim)``.
        folder: Log and checkpoints.
        fingerprints: One a stage, naming recipe and data; a checkpoint of others is refused.
        evaluate: Called at the end of every epoch; its figures go into the log.
        guide: For every stage, float32 ``(samples, guide_dim)``, or ``None`` where the guide
            has no say.
    """

    def __init__(
        self,
        recipe: Recipe,
        base: BaseEncoder,
        network: Network,
        data: TrainingData,
        teacher: list[NDArray[np.float32]],
        *,
        folder: Path,
        fingerprints: Sequence[str],
        evaluate: Evaluate | None = None,
        guide: Sequence[NDArray[np.float32] | None] = (),
    ) -> None:
        self._recipe = recipe
        self._base = base
        self._network = network
        self._data = data
        self._teacher = teacher
        self._folder = folder
        self._fingerprints = fingerprints
        self._evaluate = evaluate
        self._guide = guide
        self._log = RunLog(folder)
        self._saved_at = time.monotonic()

    def run(self) -> None:
        """Trains all stages, or what is left of them."""
        restored = checkpoint.restore(self._folder, self._fingerprints)
        progress, states = restored or (Progress(), {})
        if states:
            self._network.load_state_dict(states["network"])
            self._log.write("resumed", stage=progress.stage, epoch=progress.epoch)
        else:
            torch.manual_seed(self._recipe.seed)
        for number in range(progress.stage, len(self._recipe.stages)):
            optimizer_state = states.pop("optimizer", None) if number == progress.stage else None
            self._run_stage(number, progress, optimizer_state)
            progress = Progress(stage=number + 1)
            checkpoint.save(
                self._folder, self._fingerprints, progress, network=self._network.state_dict()
            )

    def _epoch(self, number: int, epoch: int) -> EpochBatches:
        stage = self._recipe.stages[number]
        return EpochBatches(
            self._data.stages[number],
            self._teacher[number],
            self._base.tokenizer,
            pad_id=self._base.pad_id,
            token_budget=stage.token_budget,
            max_tokens=stage.max_tokens,
            augment=stage.augment,
            seed=self._recipe.seed * 1000 + number * 100 + epoch,
            guide=self._guide[number] if self._guide else None,
        )

    def _run_stage(
        self, number: int, progress: Progress, optimizer_state: dict[str, Any] | None
    ) -> None:
        stage = self._recipe.stages[number]
        freeze(self._network, stage.frozen_layers, embedding_only=stage.embedding_only)
        optimizer = torch.optim.AdamW(
            parameter_groups(
                self._network, stage.learning_rate, stage.layer_decay, stage.weight_decay
            )
        )
        peaks = [group["lr"] for group in optimizer.param_groups]
        if optimizer_state is not None:
            optimizer.load_state_dict(optimizer_state)
        loss_of = self._loss(stage, self._data.stages[number])
        batches = self._epoch(number, progress.epoch)
        total = len(batches) * stage.epochs
        self._log.write(
            "stage", name=stage.name, steps=total, samples=len(self._data.stages[number])
        )
        bar = tqdm(total=total, initial=progress.step, desc=stage.name, unit="step", disable=None)
        while progress.epoch < stage.epochs:
            self._network.train()
            if stage.embedding_only:
                # What is not learned must look as it does in use: no dropout below.
                self._network.encoder.eval()  # type: ignore[no-untyped-call]
            started, tokens = time.monotonic(), 0
            for batch in batches.iterate(progress.batch):
                rate = _schedule(progress.step, total, stage.warmup)
                for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                    group["lr"] = peak * rate
                loss, parts = loss_of(batch)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(self._network.parameters(), CLIP_NORM)
                optimizer.step()
                tokens += batch.attention_mask.numel()
                progress.step += 1
                progress.batch += 1
                self._average(stage, progress, total)
                bar.update()
                if progress.step % LOG_EVERY == 0:
                    speed = tokens / (time.monotonic() - started)
                    bar.set_postfix(loss=f"{float(loss.detach()):.3f}", tok_s=f"{speed:.0f}")
                    self._log.write(
                        "step",
                        stage=stage.name,
                        step=progress.step,
                        of=total,
                        loss=round(float(loss.detach()), 4),
                        parts={name: round(value, 4) for name, value in parts.items()},
                        tokens_per_s=round(speed),
                    )
                self._save_sometimes(progress, optimizer)
            progress.epoch += 1
            progress.batch = 0
            self._end_epoch(stage, progress)
            if progress.epoch < stage.epochs:
                batches = self._epoch(number, progress.epoch)
        bar.close()
        if progress.averaged:
            self._network.load_state_dict(progress.average, strict=False)

    def _loss(self, stage: Stage, samples: tuple[Sample, ...]) -> StepLoss:
        network = self._network
        if stage.embedding_only:
            meaning = MeaningLoss(stage.distil_weight, stage.contrast_weight, stage.guide_weight)
            return lambda batch: meaning(
                network.embed(batch.input_ids, batch.attention_mask), batch
            )
        weights = {
            task.name: class_weights(samples, task, self._recipe.task(task.name).class_balance)
            for task in TASKS
        }
        factors = {task.name: self._recipe.task(task.name).weight for task in TASKS}
        tasks = MultiTaskLoss(weights, factors, stage.distil_weight, stage.contrast_weight)
        return lambda batch: tasks(network(batch.input_ids, batch.attention_mask), batch)

    def _average(self, stage: Stage, progress: Progress, total: int) -> None:
        """Running mean of the weights over the last steps (SWA, arXiv 1803.05407)."""
        if not stage.average_last or progress.step < total * (1 - stage.average_last):
            return
        progress.averaged += 1
        with torch.no_grad():
            for name, parameter in self._network.named_parameters():
                if not parameter.requires_grad:
                    continue
                mean = progress.average.setdefault(name, parameter.detach().clone())
                mean += (parameter.detach() - mean) / progress.averaged

    def _save_sometimes(self, progress: Progress, optimizer: torch.optim.Optimizer) -> None:
        if time.monotonic() - self._saved_at < SAVE_SECONDS:
            return
        checkpoint.save(
            self._folder,
            self._fingerprints,
            progress,
            network=self._network.state_dict(),
            optimizer=optimizer.state_dict(),
        )
        self._saved_at = time.monotonic()

    def _end_epoch(self, stage: Stage, progress: Progress) -> None:
        if self._evaluate is None:
            return
        self._network.eval()
        figures = self._evaluate(self._network)
        self._log.write("epoch", stage=stage.name, epoch=progress.epoch, figures=figures)
        shown = "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
        tqdm.write(f"{stage.name} epoch {progress.epoch}: {shown}")


def _schedule(step: int, total: int, warmup: float) -> float:
    """Linear warm-up, then a cosine down to a twentieth of the peak."""
    rising = max(1, int(total * warmup))
    if step < rising:
        return (step + 1) / rising
    done = (step - rising) / max(1, total - rising)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done))
