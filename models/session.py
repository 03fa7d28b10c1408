"""The encoder in ONNX Runtime: one session, its threads and its memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from sedno.models.artifact import ArtifactError

EMBEDDING = "embedding"
"""Name of the output that holds the sentence embedding."""

_INPUTS = {"input_ids", "attention_mask"}
_LOG_ERRORS = 3
KEPT_APART = ["SkipLayerNormFusion"]
"""The fused operator is several times slower than the sum and the norm it stands for."""


class EncoderSession:
    """Runs the graph; safe to use from many threads, which take turns."""

    def __init__(self, path: Path, *, outputs: Sequence[str], threads: int) -> None:
        """Loads the graph; its external data is mapped, not read.

        Args:
            path: The ONNX file.
            outputs: Names of the outputs that must be there, besides the embedding.
            threads: Threads that share one run.

        Raises:
            ArtifactError: The file is damaged, or is not an encoder of these tasks.
        """
        try:
            self._session = ort.InferenceSession(
                str(path),
                _options(threads),
                providers=["CPUExecutionProvider"],
                disabled_optimizers=KEPT_APART,
            )
        except Exception as error:  # the library's errors share no base class of their own
            raise ArtifactError(
                path, f"ONNX Runtime {ort.__version__} cannot load it ({error})"
            ) from error
        self._turn = threading.Lock()
        inputs = {node.name for node in self._session.get_inputs()}
        found = {node.name for node in self._session.get_outputs()}
        if inputs != _INPUTS or not {*outputs, EMBEDDING} <= found:
            raise ArtifactError(
                path,
                f"has inputs {sorted(inputs)} and outputs {sorted(found)}; needed are inputs "
                f"{sorted(_INPUTS)} and outputs {sorted({*outputs, EMBEDDING})}",
            )

    def run(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], outputs: Sequence[str]
    ) -> list[NDArray[np.float32]]:
        """Runs one batch.

        Args:
            ids: Token ids, ``(rows, tokens)``.
            mask: 1 at tokens, 0 at padding, ``(rows, tokens)``.
            outputs: Names of the wanted outputs.

        Returns:
            One array an output, ``(rows, width)``.
        """
        # Callers take turns: one run already uses all threads, and two at once would need
        # twice the memory without being faster.
        with self._turn:
            values: list[NDArray[np.float32]] = self._session.run(
                list(outputs), {"input_ids": ids, "attention_mask": mask}
            )
        return values


def _options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = _LOG_ERRORS
    # Patterns are kept for every batch shape ever seen, and shapes are many.
    options.enable_mem_pattern = False
    # Threads that spin while they wait take the processor from the caller's own work
    # (tokenising, reading, other services) and gain nothing between batches.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights live outside the arena, which rounds its blocks up.
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    return options
