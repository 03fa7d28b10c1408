"""Layer norms as ONNX Runtime computes them fastest."""

from __future__ import annotations

import shutil
from pathlib import Path

import onnx
from onnx import helper

from sedno.training.export.graph import GRAPH_FILE, TABLE_FILE, add_norm_nodes

_FUSED = "SkipLayerNormalization"


def copy_graph(source: Path, target: Path) -> None:
    """Copies a graph, every number as it is, its sums apart from its norms.

    Graphs written by earlier versions add and normalise in one fused operator, which ONNX
    Runtime's processor code goes through several times slower than the two apart.

    Args:
        source: Folder of the graph and its table.
        target: Must exist.
    """
    shutil.copyfile(source / TABLE_FILE, target / TABLE_FILE)
    model = onnx.load(source / GRAPH_FILE, load_external_data=False)
    nodes = [apart for node in model.graph.node for apart in _apart(node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, target / GRAPH_FILE)


def _apart(node: onnx.NodeProto) -> list[onnx.NodeProto]:
    if node.op_type != _FUSED:
        return [node]
    left, right, gain, shift = node.input
    (epsilon,) = (
        helper.get_attribute_value(given) for given in node.attribute if given.name == "epsilon"
    )
    return add_norm_nodes([left, right], [gain, shift], node.output[0], epsilon)
