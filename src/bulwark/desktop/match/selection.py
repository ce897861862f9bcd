"""What the player is about to do: the kind of tower to build, the cell under the cursor, the selected tower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from bulwark.sim.commands import Build, Reason
from bulwark.sim.layout import creep, tower
from bulwark.sim.match import Match
from bulwark.sim.rules import CELL

Cell: TypeAlias = tuple[int, int]
# Creeps keep moving while a ghost is shown, so its cell is rechecked this often.
_RECHECK_TICKS = 4


class Ghost(NamedTuple):
    """A tower that is not built yet: why it cannot be, or the paths creeps would take around it."""

    kind: int
    cell: Cell
    reason: Reason | None
    paths: Sequence[Sequence[Cell]]


class Selection:
    """Follows the player's pointer or cursor over a map."""

    def __init__(self, match: Match) -> None:
        self.match = match
        self.kind: int | None = None
        self.cell: Cell | None = None
        self.tower: int | None = None
        self.creep: int | None = None
        self._ghost: Ghost | None = None
        self._ghost_key: tuple[object, ...] = ()
        self._paths: Sequence[Sequence[Cell]] = ()
        self._walls = b""

    def pick(self, kind: int | None) -> None:
        """Pick a kind of tower to build, or none; picking the same kind again drops it."""
        self.kind = None if kind == self.kind else kind
        self.tower = self.creep = None

    def select(self, uid: int | None) -> None:
        """Select an existing tower, or none."""
        self.tower = uid
        self.kind = self.creep = None

    def move(self, across: int, down: int) -> None:
        """Move the cursor by cells; it starts in the middle of the map and stays inside."""
        game_map = self.match.game_map
        column, row = self.cell or (game_map.width // 2, game_map.height // 2)
        self.cell = (
            min(max(column + across, 0), game_map.width - 1),
            min(max(row + down, 0), game_map.height - 1),
        )

    def inside(self) -> bool:
        """Whether the cell is on the map."""
        if self.cell is None:
            return False
        column, row = self.cell
        return 0 <= column < self.match.game_map.width and 0 <= row < self.match.game_map.height

    def tower_at(self, cell: Cell) -> int | None:
        """The uid of the tower in the cell, or None."""
        game_map, towers = self.match.game_map, self.match.towers
        place = game_map.centre(game_map.cell(*cell))
        for t in range(self.match.tower_count):
            if (towers[tower.X][t], towers[tower.Y][t]) == place:
                return int(towers[tower.UID][t])
        return None

    def tower_index(self) -> int | None:
        """The row of the selected tower; None if none is selected or it is gone."""
        uids = list(self.match.towers[tower.UID][: self.match.tower_count])
        return uids.index(self.tower) if self.tower in uids else None

    def creep_index(self) -> int | None:
        """The row of the creep that is looked at: the selected one, or else the one nearest to the cursor."""
        uids = list(self.match.creeps[creep.UID][: self.match.creep_count])
        if self.creep in uids:
            return uids.index(self.creep)
        return self._creep_near(self.cell) if self.cell is not None and self.inside() else None

    def select_creep(self) -> None:
        """Keep looking at the creep under the cursor, if there is one."""
        self.select(None)
        index = self.creep_index()
        self.creep = None if index is None else int(self.match.creeps[creep.UID][index])

    def _creep_near(self, cell: Cell) -> int | None:
        game_map, creeps, count = self.match.game_map, self.match.creeps, self.match.creep_count
        x, y = game_map.centre(game_map.cell(*cell))
        places = zip(creeps[creep.X][:count], creeps[creep.Y][:count], strict=True)
        distances = [(at_x - x) ** 2 + (at_y - y) ** 2 for at_x, at_y in places]
        nearest = min(range(count), key=distances.__getitem__, default=None)
        return nearest if nearest is not None and distances[nearest] <= CELL * CELL else None

    def ghost(self) -> Ghost | None:
        """What building here would do; recomputed only when the answer may have changed."""
        if self.kind is None or self.cell is None or not self.inside():
            return None
        if self.tower_at(self.cell) is not None:
            return None  # a click selects the tower
        match = self.match
        key = (
            self.kind, self.cell, match.tick // _RECHECK_TICKS, match.tower_count,
            match.gold >= match.price(self.kind),
        )  # fmt: skip
        if key != self._ghost_key or self._ghost is None:
            reason = match.refusal(Build(self.kind, *self.cell))
            paths = () if reason is not None else match.paths(around=self.cell)
            self._ghost, self._ghost_key = Ghost(self.kind, self.cell, reason, paths), key
        return self._ghost

    def paths(self) -> Sequence[Sequence[Cell]]:
        """The paths from each spawn to the goal around the current towers."""
        walls = bytes(self.match.blocked)
        if walls != self._walls:
            self._paths, self._walls = self.match.paths(), walls
        return self._paths
