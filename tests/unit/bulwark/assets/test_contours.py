"""Outlines of cells: they enclose exactly the cells, whatever their shape."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bulwark.assets.contours import Vertex, loops, outline
from bulwark.assets.tiled import Cell

CELLS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)))


def area(loop: Sequence[Vertex]) -> int:
    """Twice the enclosed area, negative for a hole."""
    following = [*loop[1:], loop[0]]
    return sum(x * below - right * y for (x, y), (right, below) in zip(loop, following, strict=True))


def islands(cells: set[Cell]) -> int:
    """How many groups of cells share no side with one another."""
    remaining, count = set(cells), 0
    while remaining:
        count += 1
        frontier = [remaining.pop()]
        while frontier:
            column, row = frontier.pop()
            beside = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)} & remaining
            remaining -= beside
            frontier += beside
    return count


def sides(cells: set[Cell]) -> int:
    beside = [(column + x, row + y) for column, row in cells for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    return sum(neighbour not in cells for neighbour in beside)


@given(CELLS)
def test_outlines_enclose_the_area_of_the_cells(cells: set[Cell]) -> None:
    assert sum(map(area, loops(cells))) == 2 * len(cells)


@given(CELLS)
def test_every_outer_side_is_part_of_one_outline(cells: set[Cell]) -> None:
    assert sum(map(len, loops(cells))) == sides(cells)


@given(CELLS)
def test_cells_touching_at_a_corner_have_separate_outlines(cells: set[Cell]) -> None:
    assert sum(area(loop) > 0 for loop in loops(cells)) == islands(cells)


@given(CELLS)
def test_the_outline_does_not_depend_on_cell_order(cells: set[Cell]) -> None:
    paths = {
        outline(order, size=64, radius=0.4, jitter=0.1)
        for order in (sorted(cells), sorted(cells, reverse=True))
    }
    assert len(paths) == 1
