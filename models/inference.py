"""From texts to calibrated probabilities: tokens, batches, one pass, calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sedno.models.artifact import Artifact
from sedno.models.batching import pad, plan_batches
from sedno.models.session import EMBEDDING, EncoderSession
from sedno.models.tokenizer import TextEncoder, Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the model made of one text.

    Attributes:
        scores: Calibrated probabilities of all labels of all tasks, one task after the
            other, float64; :attr:`Inference.columns` tells where each task lies.
        truncated: Whether the text was longer than the model reads.
        foreign: Whether the text is unlike those the model learned from.
        embedding: ``(dim,)`` float32, L2-normalised; ``None`` unless asked for.
    """

    scores: NDArray[np.float64]
    truncated: bool
    foreign: bool = False
    embedding: NDArray[np.float32] | None = None


class Inference:
    """An artefact in memory; safe to use from many threads at once.

    What it says of a text depends on that text alone, not on the texts around it: the
    graph's integer ranges are fixed, and padding is masked.

    Attributes:
        columns: Where the labels of each task lie in a reading's scores.
    """

    def __init__(self, artifact: Artifact, *, threads: int, token_budget: int) -> None:
        """Loads tokenizer and encoder, side by side.

        Args:
            artifact: What to load.
            threads: Threads of the encoder.
            token_budget: Most tokens of a batch, padding included.

        Raises:
            ArtifactError: A file is damaged.
        """
        manifest = artifact.manifest
        self._outputs = tuple(task.name for task in manifest.tasks)
        self._calibration = tuple(artifact.calibration[name] for name in self._outputs)
        self._domain = artifact.domain
        self._lexical = artifact.lexical
        self._pad_id = manifest.pad_id
        self._token_budget = token_budget
        columns: dict[str, slice] = {}
        at = 0
        for task in manifest.tasks:
            columns[task.name] = slice(at, at + len(task.labels))
            at += len(task.labels)
        self.columns: Mapping[str, slice] = columns
        with ThreadPoolExecutor(1) as pool:
            session = pool.submit(
                EncoderSession, artifact.layout.encoder, outputs=self._outputs, threads=threads
            )
            self._tokenizer = TextEncoder(
                artifact.layout.tokenizer,
                prefix=manifest.prefix,
                max_tokens=manifest.max_tokens,
            )
            self._session = session.result()

    def read(self, texts: Sequence[str], *, embeddings: bool = False) -> list[Reading]:
        """Reads texts; a text that occurs twice is computed twice.

        Args:
            texts: Normalised texts.
            embeddings: Also give embeddings.

        Returns:
            One reading a text, in order.
        """
        tokens = self._tokenizer.encode(texts)
        readings: dict[int, Reading] = {}
        added = None if self._lexical is None else self._lexical.scores(texts)
        for batch in plan_batches([len(token.ids) for token in tokens], self._token_budget):
            found = self._read_batch(
                [tokens[index] for index in batch],
                None if added is None else added[batch],
                embeddings=embeddings,
            )
            readings.update(zip(batch, found, strict=True))
        return [readings[index] for index in range(len(texts))]

    def _read_batch(
        self,
        tokens: Sequence[Tokens],
        added: NDArray[np.float32] | None,
        *,
        embeddings: bool,
    ) -> list[Reading]:
        ids, mask = pad([token.ids for token in tokens], self._pad_id)
        embedded = embeddings or self._domain is not None
        wanted = (*self._outputs, EMBEDDING) if embedded else self._outputs
        outputs = self._session.run(ids, mask, wanted)
        logits = outputs[: len(self._outputs)]
        if added is not None:
            where = self.columns.values()
            logits = [own + added[:, at] for own, at in zip(logits, where, strict=True)]
        scores = np.concatenate(
            [
                calibration.probabilities(values)
                for calibration, values in zip(self._calibration, logits, strict=True)
            ],
            axis=1,
        )
        foreign = (
            [False] * len(tokens)
            if self._domain is None
            else self._domain.is_foreign(outputs[-1]).tolist()
        )
        # Copies: a view would keep the whole batch alive as long as one reading is kept.
        return [
            Reading(
                scores=scores[row].copy(),
                truncated=token.truncated,
                foreign=foreign[row],
                embedding=_frozen(outputs[-1][row]) if embeddings else None,
            )
            for row, token in enumerate(tokens)
        ]


def _frozen(row: NDArray[np.float32]) -> NDArray[np.float32]:
    """A copy that callers, who share it, cannot change."""
    copy = row.copy()
    copy.flags.writeable = False
    return copy
