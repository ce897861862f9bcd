"""Outlines of sets of cells, as SVG paths with rounded and slightly irregular corners."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence

from bulwark.assets.tiled import Cell

Vertex = tuple[int, int]
"""A corner between cells."""


def chance(*parts: object) -> float:
    """A pseudo-random number from 0 to below 1 that depends only on the parts."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4]) / (1 << 32)


def outline(cells: Collection[Cell], *, size: int, radius: float, jitter: float) -> str:
    """The `d` of a path around `cells`, each `size` wide: corners are cut at `radius` cells and displaced by up to `jitter`."""
    return " ".join(_path(loop, size=size, radius=radius, jitter=jitter) for loop in loops(cells))


def loops(cells: Collection[Cell]) -> Iterator[Sequence[Vertex]]:
    """The corners of each outline, one cell apart: clockwise around cells, counterclockwise around holes."""
    ahead = _edges(cells)
    while ahead:
        start = min(ahead)
        loop, here, came = [start], ahead[start].pop(0), start
        while here != start:
            loop.append(here)
            # If cells touch at a corner only, turning right keeps them separate.
            turns = sorted(ahead[here], key=lambda there: _turn(came, here, there))
            came, there = here, turns[0]
            ahead[here].remove(there)
            here = there
        ahead = {vertex: ends for vertex, ends in ahead.items() if ends}
        yield loop


def _edges(cells: Collection[Cell]) -> dict[Vertex, list[Vertex]]:
    """The sides between a cell and an empty neighbour, by the corner where each starts."""
    filled = set(cells)
    edges: dict[Vertex, list[Vertex]] = {}
    for column, row in sorted(filled):
        corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
        beside = [(column, row - 1), (column + 1, row), (column, row + 1), (column - 1, row)]
        for side, neighbour in enumerate(beside):
            if neighbour not in filled:
                edges.setdefault(corners[side], []).append(corners[(side + 1) % 4])
    return edges


def _turn(came: Vertex, here: Vertex, there: Vertex) -> int:
    """Negative for a right turn, 0 for straight on, positive for left; rows count downwards."""
    return (here[1] - came[1]) * (there[0] - here[0]) - (here[0] - came[0]) * (there[1] - here[1])


def _path(loop: Sequence[Vertex], *, size: int, radius: float, jitter: float) -> str:
    spots = [_moved(vertex, size=size, jitter=jitter) for vertex in loop]
    steps = []
    for number, (x, y) in enumerate(spots):
        before, after = spots[number - 1], spots[(number + 1) % len(spots)]
        begin = (x + (before[0] - x) * radius, y + (before[1] - y) * radius)
        end = (x + (after[0] - x) * radius, y + (after[1] - y) * radius)
        steps.append(f"L{begin[0]:.1f} {begin[1]:.1f} Q{x:.1f} {y:.1f} {end[0]:.1f} {end[1]:.1f}")
    return "M" + " ".join(steps)[1:] + " Z"


def _moved(vertex: Vertex, *, size: int, jitter: float) -> tuple[float, float]:
    column, row = vertex
    return (
        (column + (chance("x", column, row) - 0.5) * 2 * jitter) * size,
        (row + (chance("y", column, row) - 0.5) * 2 * jitter) * size,
    )
