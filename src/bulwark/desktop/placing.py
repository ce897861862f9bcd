"""What the player is about to do on the map: the tower they hold, the cell they are at, the tower they have chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from bulwark.sim.commands import Build, Reason
from bulwark.sim.layout import tower
from bulwark.sim.match import Match
from bulwark.sim.route import smoothed, way

Place: TypeAlias = tuple[int, int]
# Creeps walk on while a ghost is shown: so often is looked again whether one stands there.
_LOOK_AGAIN_TICKS = 4


class Ghost(NamedTuple):
    """A tower that is not built yet: why it cannot be, or by which ways creeps would walk around it."""

    kind: int
    cell: Place
    reason: Reason | None
    ways: Sequence[Sequence[Place]]


class Placing:
    """Follows the player's pointer or cursor over a map."""

    def __init__(self, match: Match) -> None:
        self.match = match
        self.kind: int | None = None
        self.cell: Place | None = None
        self.chosen: int | None = None
        self._ghost: Ghost | None = None
        self._looked: tuple[object, ...] = ()
        self._ways: Sequence[Sequence[Place]] = ()
        self._walls = b""

    def hold(self, kind: int | None) -> None:
        """Take a kind of tower in hand, or none; the same again lets it go."""
        self.kind = None if kind == self.kind else kind
        self.chosen = None

    def choose(self, uid: int | None) -> None:
        """Choose a tower that stands, or none."""
        self.chosen = uid
        self.kind = None

    def move(self, across: int, down: int) -> None:
        """Move the cursor by cells; it begins in the middle of the map and stays inside of it."""
        played = self.match.played
        column, row = self.cell or (played.width // 2, played.height // 2)
        self.cell = (
            min(max(column + across, 0), played.width - 1),
            min(max(row + down, 0), played.height - 1),
        )

    def inside(self) -> bool:
        """Whether the cell is one of the map's."""
        if self.cell is None:
            return False
        column, row = self.cell
        return 0 <= column < self.match.played.width and 0 <= row < self.match.played.height

    def tower_at(self, cell: Place) -> int | None:
        """The uid of the tower that stands there."""
        played, towers = self.match.played, self.match.towers
        place = played.centre(played.cell(*cell))
        for t in range(self.match.tower_count):
            if (towers[tower.X][t], towers[tower.Y][t]) == place:
                return int(towers[tower.UID][t])
        return None

    def index(self) -> int | None:
        """The row of the chosen tower; None where none is chosen, or it is gone."""
        uids = list(self.match.towers[tower.UID][: self.match.tower_count])
        return uids.index(self.chosen) if self.chosen in uids else None

    def ghost(self) -> Ghost | None:
        """What building here would be, looked at as often as it may change."""
        if self.kind is None or self.cell is None or not self.inside():
            return None
        match = self.match
        looked = (
            self.kind, self.cell, match.tick // _LOOK_AGAIN_TICKS, match.tower_count,
            match.gold >= match.price(self.kind),
        )  # fmt: skip
        if looked != self._looked or self._ghost is None:
            reason = match.refusal(Build(self.kind, *self.cell))
            ways = () if reason is not None else self._ways_around(self.cell)
            self._ghost, self._looked = Ghost(self.kind, self.cell, reason, ways), looked
        return self._ghost

    def ways(self) -> Sequence[Sequence[Place]]:
        """The ways from each spawn to the goal as the towers stand now."""
        walls = bytes(self.match.closed)
        if walls != self._walls:
            spawns = range(len(self.match.played.spawns))
            self._ways, self._walls = [self.match.way(spawn) for spawn in spawns], walls
        return self._ways

    def _ways_around(self, cell: Place) -> Sequence[Sequence[Place]]:
        played = self.match.played
        closed = bytearray(self.match.closed)
        closed[played.cell(*cell)] = 1
        goal = played.cell(*played.goal)
        found = []
        for spawn in played.spawns:
            cells = way(closed, played.stride, start=played.cell(*spawn), goal=goal)
            found.append([played.centre(each) for each in smoothed(cells, closed, stride=played.stride)])
        return found
