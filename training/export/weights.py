"""Int8 weights for one linear layer, with activation outliers moved into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ZERO_POINT_TOP = 255


@dataclass(frozen=True, slots=True)
class Range:
    """Smallest and largest input of a layer, a value a channel, seen on sample texts."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class QuantizedLinear:
    """A linear layer in integers.

    ``y = scale_in * scale_out * ((x * smooth) quantised - zero) @ weight + bias``

    Attributes:
        smooth: float32 ``(inputs,)``, multiplied onto the input before it is rounded.
        input_scale: Step of the uint8 input.
        input_zero: uint8 that stands for 0.
        weight: int8 ``(inputs, outputs)``.
        weight_scale: float32 ``(outputs,)``.
        bias: float32 ``(outputs,)``.
    """

    smooth: NDArray[np.float32]
    input_scale: float
    input_zero: int
    weight: NDArray[np.int8]
    weight_scale: NDArray[np.float32]
    bias: NDArray[np.float32]


def quantize_linear(
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    seen: Range,
    *,
    bits: int,
    smoothing: float,
) -> QuantizedLinear:
    """Quantises a layer with a fixed input range.

    The range is fixed rather than measured anew on every batch, so that a comment gets the
    same answer in whatever company it comes. SmoothQuant (Xiao et al., arXiv 2211.10438)
    makes that accurate: channels with outliers are scaled down, their weights up.

    Args:
        weight: ``(inputs, outputs)``.
        bias: ``(outputs,)``.
        seen: Input range on sample texts.
        bits: 8, or 7 where products of two int8 pairs must fit into 16 bits (AVX2 without
            VNNI saturates otherwise).
        smoothing: 0 leaves outliers with the activations, 1 moves all into the weights.
    """
    activation = np.maximum(np.maximum(-seen.low, seen.high), 1e-3)
    strength = np.maximum(np.abs(weight).max(axis=1), 1e-4)
    spread = activation**smoothing / strength ** (1 - smoothing)
    spread = (spread / np.exp(np.log(spread).mean())).astype(np.float32)
    low = min(0.0, float((seen.low / spread).min()))
    high = max(0.0, float((seen.high / spread).max()))
    scale = (high - low) / ZERO_POINT_TOP
    limit = 2 ** (bits - 1) - 1
    scaled = weight * spread[:, None]
    steps = np.maximum(np.abs(scaled).max(axis=0) / limit, 1e-12)
    return QuantizedLinear(
        smooth=(1 / spread).astype(np.float32),
        input_scale=scale,
        input_zero=int(np.clip(round(-low / scale), 0, ZERO_POINT_TOP)),
        weight=np.clip(np.rint(scaled / steps), -limit, limit).astype(np.int8),
        weight_scale=steps.astype(np.float32),
        bias=bias.astype(np.float32),
    )
