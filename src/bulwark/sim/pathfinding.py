"""A*: one shortest path between two cells, for placement checks.

Its distances equal the flow field's, though not its cells: what players are shown comes from `walking`. It is faster for
a single path, and needs no tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush


def shortest_path(
    blocked: Sequence[int], stride: int, *, start: int, goal: int, barred: int = -1
) -> list[int]:
    """The cells of a shortest path over four sides, start and goal included; empty if there is none.

    `barred` is one more cell that counts as blocked. The padding must be blocked.
    """
    if barred in (start, goal):
        return []
    goal_row, goal_column = divmod(goal, stride)
    came_from = {start: start}
    steps = {start: 0}
    frontier = [(0, start)]
    while frontier:
        _, cell = heappop(frontier)
        if cell == goal:
            return _trace_back(came_from, goal)
        further = steps[cell] + 1
        for there in (cell + 1, cell - 1, cell + stride, cell - stride):
            if blocked[there] or there == barred or steps.get(there, further + 1) <= further:
                continue
            steps[there] = further
            came_from[there] = cell
            row, column = divmod(there, stride)
            heappush(frontier, (further + abs(row - goal_row) + abs(column - goal_column), there))
    return []


def _trace_back(came_from: dict[int, int], goal: int) -> list[int]:
    cells = [goal]
    while came_from[cells[-1]] != cells[-1]:
        cells.append(came_from[cells[-1]])
    return cells[::-1]
