"""Groups questions without being told how many groups there are.

Each question is first moved about half way towards its nearest neighbours, which draws paraphrases
together. Ward's tree (1963) over the result is cut from the top: a branch is one topic once its
questions are alike enough among themselves. How alike is enough follows from how near neighbours
lie in this very set, so that a set of clear-cut questions is cut finer than one of loose chat.

Large sets are first gathered into small cells, and the tree is built over these.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.sparse import csr_matrix

from sedno.models.topics.views import Matrix, normalised

Ints = NDArray[np.int64]

TREE_ROWS: Final = 5_000
"""Most rows that the tree is built over as they are; its memory grows with their square."""

_CELLS: Final = 3_000
_NEIGHBOURS: Final = 10
_PULL: Final = 0.55
_PULL_POWER: Final = 2
_BLOCK: Final = 1_024
_ROUNDS: Final = 8

_LEVEL: Final = (0.44, 0.5, 0.49, 0.72)
"""Cohesion asked for: first + second x median similarity to the fifth neighbour, kept between
the third and the fourth. Fitted by eye on the dev streams and the training parts of Banking77 and
CLINC150."""


def group(rows: Matrix, weights: Ints, *, seed: int) -> Ints:
    """Groups rows of unit length.

    Args:
        rows: ``(rows, width)`` as :func:`~sedno.models.topics.views.view` gives them.
        weights: ``(rows,)`` how many copies each row stands for.
        seed: Seed of the cells of large sets.

    Returns:
        ``(rows,)`` numbers of groups from 0, in the order of their first row.
    """
    count = len(rows)
    if count <= 2:
        same = count == 2 and float(rows[0] @ rows[1]) >= _LEVEL[3]
        return np.zeros(count, dtype=np.int64) if same else np.arange(count, dtype=np.int64)
    level = cohesion_level(rows, seed=seed)
    if count <= TREE_ROWS:
        return _in_order(_tree_cut(rows, np.ones(count), level))
    cells = _cells(rows, seed=seed)
    order = int(cells.max()) + 1
    belongs = csr_matrix(
        (np.ones(count, np.float32), (cells, np.arange(count))), shape=(order, count)
    )
    centres = belongs @ rows
    sizes = np.bincount(cells, minlength=order).astype(np.float64)
    del weights  # copies say how much a question is asked, not where a topic ends
    return _in_order(_tree_cut(normalised(centres), sizes, level)[cells])


def cohesion_level(rows: Matrix, *, seed: int) -> float:
    """How alike, by mean cosine, the questions of one topic must be in this set."""
    sample = rows
    if len(rows) > TREE_ROWS:
        chosen = np.random.default_rng(seed).choice(len(rows), TREE_ROWS, replace=False)
        sample = rows[np.sort(chosen)]
    _, near = neighbours(sample, min(5, len(sample) - 1))
    base, slope, least, most = _LEVEL
    return float(np.clip(base + slope * np.median(near[:, -1]), least, most))


def neighbours(rows: Matrix, count: int) -> tuple[Ints, Matrix]:
    """The nearest other rows by cosine, exactly, in blocks.

    Args:
        rows: Rows of unit length.
        count: Neighbours wanted; fewer than rows.

    Returns:
        Positions and cosines, each ``(rows, count)``, the nearest first.
    """
    places = np.empty((len(rows), count), dtype=np.int64)
    cosines = np.empty((len(rows), count), dtype=np.float32)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK] @ rows.T
        here = np.arange(len(block))
        block[here, start + here] = -2.0
        part = np.argpartition(-block, count - 1, axis=1)[:, :count]
        near = np.take_along_axis(block, part, axis=1)
        # Ties by position, so that the order does not hang on the library's partition.
        order = np.lexsort((part, -near), axis=1)
        places[start : start + _BLOCK] = np.take_along_axis(part, order, axis=1)
        cosines[start : start + _BLOCK] = np.take_along_axis(near, order, axis=1)
    return places, cosines


def drawn_together(rows: Matrix) -> Matrix:
    """Rows moved half way to their neighbours: as many as a tenth of the set, at most ten."""
    count = min(_NEIGHBOURS, max(3, len(rows) // 10), len(rows) - 1)
    places, cosines = neighbours(rows, count)
    pull = np.maximum(cosines, 0.0) ** _PULL_POWER
    pull /= np.maximum(pull.sum(axis=1, keepdims=True), 1e-9)
    aim = np.zeros_like(rows)
    for column in range(count):
        aim += pull[:, column, None] * rows[places[:, column]]
    return normalised((1 - _PULL) * rows + _PULL * normalised(aim))


def _tree_cut(rows: Matrix, sizes: NDArray[np.float64], level: float) -> Ints:
    """Cuts Ward's tree where branches become alike enough."""
    drawn = drawn_together(rows)
    tree = linkage(drawn.astype(np.float64), "ward")
    count = len(rows)
    children = tree[:, :2].astype(np.int64)
    cohesion = cohesions(children, drawn, sizes)
    groups = np.full(count, -1, dtype=np.int64)
    open_branches, found = [2 * count - 2], 0
    while open_branches:
        branch = open_branches.pop()
        if cohesion[branch] < level:
            open_branches += children[branch - count].tolist()
            continue
        groups[rows_below(children, branch)] = found
        found += 1
    return groups


def cohesions(children: Ints, rows: Matrix, sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How alike the rows below each node of a tree are.

    Args:
        children: ``(rows - 1, 2)`` the nodes that each node above the rows joins, as SciPy's
            ``linkage`` numbers them.
        rows: ``(rows, width)`` of unit length.
        sizes: ``(rows,)`` how many questions each row stands for.

    Returns:
        ``(2 * rows - 1,)`` mean cosine over pairs of different questions; 1 for a row.
    """
    count = len(rows)
    sums = np.zeros((2 * count - 1, rows.shape[1]), dtype=np.float32)
    mass = np.zeros(2 * count - 1)
    sums[:count], mass[:count] = rows * sizes[:, None], sizes
    for at, (left, right) in enumerate(children):
        sums[count + at] = sums[left] + sums[right]
        mass[count + at] = mass[left] + mass[right]
    # From the length of their sum.
    squares = np.einsum("ij,ij->i", sums, sums, dtype=np.float64)
    found: NDArray[np.float64] = (squares - mass) / np.maximum(mass * (mass - 1.0), 1.0)
    found[:count] = 1.0
    return found


def rows_below(children: Ints, node: int) -> list[int]:
    """The rows below a node of a tree; a row itself where the node is one."""
    count = len(children) + 1
    found, nodes = [], [node]
    while nodes:
        at = nodes.pop()
        if at < count:
            found.append(at)
        else:
            nodes += children[at - count].tolist()
    return found


def _cells(rows: Matrix, *, seed: int) -> Ints:
    """Gathers many rows into some thousand small cells: k-means within parts of a k-means."""
    parts = max(2, int(np.sqrt(_CELLS)))
    coarse = _k_means(rows, parts, seed)
    cells = np.empty(len(rows), dtype=np.int64)
    found = 0
    for part in range(parts):
        inside = np.flatnonzero(coarse == part)
        if not inside.size:
            continue
        wanted = min(max(1, round(_CELLS * inside.size / len(rows))), inside.size)
        fine = _k_means(rows[inside], wanted, seed) if wanted > 1 else np.zeros(inside.size, int)
        _, numbers = np.unique(fine, return_inverse=True)
        cells[inside] = found + numbers
        found += int(numbers.max()) + 1
    return cells


def _k_means(rows: Matrix, count: int, seed: int) -> Ints:
    """Plain k-means by cosine from rows drawn by chance: cells need to be small, not perfect."""
    chosen = np.random.default_rng(seed).choice(len(rows), count, replace=False)
    centres = rows[np.sort(chosen)]
    nearest = np.zeros(len(rows), dtype=np.int64)
    for _ in range(_ROUNDS):
        for start in range(0, len(rows), _BLOCK):
            part = slice(start, start + _BLOCK)
            nearest[part] = (rows[part] @ centres.T).argmax(axis=1)
        belongs = csr_matrix(
            (np.ones(len(rows), np.float32), (nearest, np.arange(len(rows)))),
            shape=(count, len(rows)),
        )
        moved = normalised(belongs @ rows)
        # A centre that lost all its rows stays where it was.
        lost = np.bincount(nearest, minlength=count) == 0
        moved[lost] = centres[lost]
        centres = moved
    return nearest


def _in_order(groups: Ints) -> Ints:
    """Numbers groups by their first row."""
    _, first, numbers = np.unique(groups, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(first.size)
    return rank[numbers]
