"""What an exported model answers: the graph's logits, and what the words add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sedno.models.lexical.scorer import Lexical
from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import BaseEncoder
from sedno.training.batches import tokenize
from sedno.training.export.gate import Logits, run_graph
from sedno.training.lexical import as_read


@dataclass(frozen=True, slots=True)
class Answerer:
    """An exported graph with what belongs to it.

    Attributes:
        folder: Where the graph lies.
        base: The encoder that it was trained from, for its tokenizer.
        max_tokens: Longest text it reads.
        lexical: What words add; ``None`` where nothing.
    """

    folder: Path
    base: BaseEncoder
    max_tokens: int
    lexical: Lexical | None = None

    def __call__(self, texts: Sequence[str]) -> Logits:
        """Every task's logits, and ``embedding``, of texts."""
        read = as_read(texts)
        rows = tokenize(self.base.tokenizer, read, self.max_tokens)
        return add_words(run_graph(self.folder, rows, self.base.pad_id), self.lexical, read)


def add_words(outputs: Logits, lexical: Lexical | None, texts: Sequence[str]) -> Logits:
    """A graph's outputs for texts, as the service reads them, with the words' scores added."""
    if lexical is None:
        return outputs
    scores = lexical.scores(texts)
    added = dict(outputs)
    at = 0
    for task in TASKS:
        columns = slice(at, at + len(task.labels))
        added[task.name] = np.asarray(outputs[task.name] + scores[:, columns], dtype=np.float32)
        at = columns.stop
    return added
