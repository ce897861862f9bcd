"""The paths creeps will take, computed by the core itself on a copy of the ground."""

from __future__ import annotations

from collections.abc import Sequence

from bulwark.sim.engine import Engine
from bulwark.sim.layout import ground
from bulwark.sim.maps import Map
from bulwark.sim.rules import CELL
from bulwark.sim.world import build_world

_TURNS = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))


class Scout:
    """Finds the paths on a map with some cells blocked."""

    def __init__(self, game_map: Map, *, engine: Engine) -> None:
        self._game_map = game_map
        self._engine = engine
        self._world = build_world(game_map, make=engine.make)
        self._starts = [game_map.cell(*spawn) for spawn in game_map.spawns]
        self._goal = game_map.cell(*game_map.goal)
        self.flights = [self._flight(start) for start in self._starts]

    def set_blocked(self, cell: int, *, blocked: bool) -> None:
        """Mark a cell as blocked by a tower, or as free again."""
        self._world.ground[ground.BLOCKED][cell] = int(blocked)

    def paths(self, *, barred: Sequence[int] = ()) -> list[list[int]]:
        """The cells walkers cross, one path per spawn; a path is empty if there is none. Barred cells count as blocked.

        They must be free otherwise.
        """
        for cell in barred:
            self.set_blocked(cell, blocked=True)
        self._engine.flood(self._world)
        for cell in barred:
            self.set_blocked(cell, blocked=False)
        steps = [int(number) for number in self._world.ground[ground.STEPS]]
        return [self._descent(steps, start) for start in self._starts]

    def _descent(self, steps: Sequence[int], start: int) -> list[int]:
        if steps[start] in (ground.FAR, ground.BARRED):
            return []
        path = [start]
        while path[-1] != self._goal:
            path.append(_next(steps, path[-1], self._game_map.stride))
        return path

    def _flight(self, start: int) -> list[int]:
        """The cells under the straight line from a spawn to the goal."""
        (x, y), (to_x, to_y) = self._game_map.centre(start), self._game_map.centre(self._goal)
        parts = max(abs(to_x - x), abs(to_y - y)) // CELL
        return [
            (y + (to_y - y) * part // parts) // CELL * self._game_map.stride
            + (x + (to_x - x) * part // parts) // CELL
            for part in range(parts + 1)
        ]


def _next(steps: Sequence[int], cell: int, stride: int) -> int:
    """Where a creep in the cell goes next: like `flow_field.heading`, but without changing the ground."""
    best, neighbour = steps[cell], cell
    for across, down in _TURNS:
        there = cell + across + down * stride
        if 0 <= steps[there] < best and (
            not (across and down) or (steps[cell + across] >= 0 and steps[cell + down * stride] >= 0)
        ):
            best, neighbour = steps[there], there
    return neighbour
