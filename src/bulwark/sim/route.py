"""A*: one way from a cell to another. It serves the scout who shows the next wave's way, and the check of a place.

Its distances equal the flow field's, step for step; it is quicker where one way is asked for, and needs no tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush


def way(blocked: Sequence[int], stride: int, *, start: int, goal: int, barred: int = -1) -> list[int]:
    """The cells of a shortest way over four sides, start and goal included; empty where there is none.

    `barred` is a cell that counts as blocked. The padding must be blocked.
    """
    if barred in (start, goal):
        return []
    goal_row, goal_column = divmod(goal, stride)
    came_from = {start: start}
    steps = {start: 0}
    waiting = [(0, start)]
    while waiting:
        _, cell = heappop(waiting)
        if cell == goal:
            return _back(came_from, goal)
        further = steps[cell] + 1
        for there in (cell + 1, cell - 1, cell + stride, cell - stride):
            if blocked[there] or there == barred or steps.get(there, further + 1) <= further:
                continue
            steps[there] = further
            came_from[there] = cell
            row, column = divmod(there, stride)
            heappush(waiting, (further + abs(row - goal_row) + abs(column - goal_column), there))
    return []


def smoothed(cells: Sequence[int], blocked: Sequence[int], *, stride: int) -> list[int]:
    """The same way with its corners taken diagonally where no corner of a wall is cut, as creeps walk."""
    kept = list(cells[:1])
    at = 0
    while at < len(cells) - 1:
        leap = at + 2
        if leap < len(cells) and _is_open_corner(cells[at], cells[leap], blocked, stride=stride):
            at = leap
        else:
            at += 1
        kept.append(cells[at])
    return kept


def _is_open_corner(here: int, there: int, blocked: Sequence[int], *, stride: int) -> bool:
    row, column = divmod(here, stride)
    next_row, next_column = divmod(there, stride)
    if row == next_row or column == next_column:
        return False
    return not blocked[row * stride + next_column] and not blocked[next_row * stride + column]


def _back(came_from: dict[int, int], goal: int) -> list[int]:
    cells = [goal]
    while came_from[cells[-1]] != cells[-1]:
        cells.append(came_from[cells[-1]])
    return cells[::-1]
