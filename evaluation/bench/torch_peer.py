"""The usual stack to compare with: one torch model a task, each behind a pipeline.

Three ``BertForSequenceClassification`` of the artefact's size in 32-bit floats. Their weights
are random: speed does not depend on them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sedno.evaluation.extras import MissingExtraError

try:
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
        pipeline,
    )
except ModuleNotFoundError as error:
    raise MissingExtraError(error.name or "torch", "bench") from error

LABELS = (2, 2, 4)
"""Labels of the three models: substance, authenticity, sentiment."""

BATCH_SIZES = (1, 8, 32)


class TorchPeer:
    """Three separate pipelines that answer the same comments one after the other.

    Args:
        tokenizer_file: The artefact's ``tokenizer.json``.
        max_tokens: Longer comments are cut, as the artefact does.
        pad_token: Name of the padding token.
        layers: Layers of the encoder; the artefact's by default.
        width: Width of the encoder.
        threads: Threads torch may use.
    """

    def __init__(
        self,
        tokenizer_file: Path,
        *,
        max_tokens: int,
        pad_token: str = "<pad>",  # noqa: S107 - a token of text
        layers: int = 12,
        width: int = 384,
        threads: int | None = None,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_file=str(tokenizer_file), pad_token=pad_token, model_max_length=max_tokens
        )
        self.batch_size = BATCH_SIZES[0]
        self._pipelines = [
            pipeline(
                "text-classification",
                model=_model(tokenizer, labels, layers=layers, width=width, positions=max_tokens),
                tokenizer=tokenizer,
                device=torch.device("cpu"),
            )
            for labels in LABELS
        ]

    def answer(self, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
        """Every model's label and score for every text."""
        return [
            list(classify(list(texts), batch_size=self.batch_size, truncation=True))
            for classify in self._pipelines
        ]

    def choose_batch_size(self, texts: Sequence[str]) -> dict[int, float]:
        """Finds and keeps the batch size that is fastest on ``texts``.

        Returns:
            Batch size -> comments a second.
        """
        speeds: dict[int, float] = {}
        for size in BATCH_SIZES:
            self.batch_size = size
            self.answer(texts[:size])
            started = time.perf_counter()
            self.answer(texts)
            speeds[size] = len(texts) / (time.perf_counter() - started)
        self.batch_size = max(speeds, key=speeds.__getitem__)
        return speeds


def _model(
    tokenizer: PreTrainedTokenizerFast, labels: int, *, layers: int, width: int, positions: int
) -> BertForSequenceClassification:
    config = BertConfig(  # type: ignore[call-arg]  # num_labels goes by keyword only
        vocab_size=len(tokenizer),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=max(1, width // 32),
        intermediate_size=4 * width,
        max_position_embeddings=max(512, positions),
        pad_token_id=tokenizer.pad_token_id,
        num_labels=labels,
    )
    model = BertForSequenceClassification(config)
    model.train(False)
    return model
