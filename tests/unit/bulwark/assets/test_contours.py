"""Outlines of cells: they hold exactly the cells, whatever their shape."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bulwark.assets.contours import Vertex, loops, outline
from bulwark.assets.tiled import Cell

CELLS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)))


def area(loop: Sequence[Vertex]) -> int:
    """Twice the area inside, less than nought for a hole."""
    following = [*loop[1:], loop[0]]
    return sum(x * below - right * y for (x, y), (right, below) in zip(loop, following, strict=True))


def islands(cells: set[Cell]) -> int:
    """How many groups of cells there are that have no side in common."""
    left, count = set(cells), 0
    while left:
        count += 1
        ahead = [left.pop()]
        while ahead:
            column, row = ahead.pop()
            beside = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)} & left
            left -= beside
            ahead += beside
    return count


def sides(cells: set[Cell]) -> int:
    beside = [(column + x, row + y) for column, row in cells for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    return sum(neighbour not in cells for neighbour in beside)


@given(CELLS)
def test_the_outlines_of_cells_hold_as_much_as_the_cells(cells: set[Cell]) -> None:
    assert sum(map(area, loops(cells))) == 2 * len(cells)


@given(CELLS)
def test_each_side_of_a_cell_that_borders_on_none_is_walked_once(cells: set[Cell]) -> None:
    assert sum(map(len, loops(cells))) == sides(cells)


@given(CELLS)
def test_cells_that_touch_by_a_corner_only_have_outlines_of_their_own(cells: set[Cell]) -> None:
    assert sum(area(loop) > 0 for loop in loops(cells)) == islands(cells)


@given(CELLS)
def test_the_path_of_cells_does_not_depend_on_their_order(cells: set[Cell]) -> None:
    paths = {
        outline(order, size=64, radius=0.4, waver=0.1)
        for order in (sorted(cells), sorted(cells, reverse=True))
    }
    assert len(paths) == 1
