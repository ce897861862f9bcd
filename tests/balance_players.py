"""Players with one idea each, which show what a rule is worth: they see what a player sees, and give commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Protocol

from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, Reason, Sell, StartWave, Upgrade
from bulwark.sim.layout import creep, tower
from bulwark.sim.maps import Map
from bulwark.sim.match import Match

BOLT = rules.TOWERS.index("bolt")
Place = tuple[int, int]


class Player(Protocol):
    """What a match asks a player."""

    def commands(self) -> Sequence[Command]:
        """The commands for the coming tick."""


class BesidePlayer:
    """Builds beside the way that is shown, never on it, and upgrades."""

    _KINDS = ("bolt", "bolt", "burst", "frost", "mortar")
    _PAUSE = rules.TICKS_PER_SECOND
    _LOOKED_AT = 40  # places considered for a tower

    def __init__(self, match: Match, *, seed: int) -> None:
        self._match = match
        self._random = Random(seed)
        self._built = 0

    def commands(self) -> Sequence[Command]:
        """One decision a second: one more tower each wave, then upgrades."""
        match = self._match
        if match.tick % self._PAUSE:
            return ()
        if match.wave and not match.auto_start:
            return (AutoStart(1),)
        wanted = self._build() if self._built < 4 + match.wave else self._upgrade()
        return (StartWave(),) if wanted is None and match.wave == 0 else () if wanted is None else (wanted,)

    def _build(self) -> Command | None:
        match = self._match
        kind = rules.TOWERS.index(self._KINDS[self._built % len(self._KINDS)])
        if match.gold < match.price(kind):
            return None
        way = cells_shown(match)
        places = sorted(beside(match.game_map, way, taken=match.blocked))
        looked_at = self._random.sample(places, min(self._LOOKED_AT, len(places)))
        best = max(looked_at, key=lambda place: _in_range(place, way, kind), default=None)
        if best is None or match.refusal(Build(kind, *best)) is not None:
            return None
        self._built += 1
        return Build(kind, *best)

    def _upgrade(self) -> Command | None:
        match = self._match
        uids = [int(uid) for uid in match.towers[tower.UID][: match.tower_count]]
        variants = [int(variant) for variant in match.towers[tower.VARIANT][: match.tower_count]]
        open_ones = [
            (variant, uid) for uid, variant in zip(uids, variants, strict=True) if rules.branches(variant)
        ]
        if not open_ones:
            return None
        lowest = min(open_ones)[0]
        uid = self._random.choice([uid for variant, uid in open_ones if variant == lowest])
        branch = self._random.randrange(len(rules.branches(lowest)))
        return Upgrade(uid, branch) if match.gold >= match.upgrade_price(uid, branch) else None


def cells_shown(match: Match) -> Sequence[Place]:
    """The columns and rows of the ways that are shown."""
    return [(x // rules.CELL - 1, y // rules.CELL - 1) for path in match.paths() for x, y in path]


def beside(game_map: Map, way: Sequence[Place], *, taken: Sequence[int]) -> Iterable[Place]:
    """The free places next to the way."""
    on_it = set(way)
    near = {
        (column + across, row + down) for column, row in way for across in (-1, 0, 1) for down in (-1, 0, 1)
    }
    return (
        place for place in near - on_it if game_map.buildable(*place) and not taken[game_map.cell(*place)]
    )


def _in_range(place: Place, way: Sequence[Place], kind: int) -> int:
    reach = rules.tower_rule(kind, 0).range // rules.CELL
    return sum((column - place[0]) ** 2 + (row - place[1]) ** 2 <= reach * reach for column, row in way)


class DoorsPlayer:
    """Builds one wall across the map with a door at each end, and upgrades the wall.

    If it juggles, one door is closed; it closes the open one when creeps come near and opens the other, so that they must
    walk back.
    """

    _PAUSE = 6  # ticks between two decisions
    _NEAR = 2  # cells
    _RESERVE = 40  # gold that upgrades leave for the doors

    def __init__(self, match: Match, *, seed: int, juggles: bool) -> None:
        self._match = match
        self._random = Random(seed)
        self._column, rows = wall_across(match.game_map)
        self._open, self._closed = rows[0], rows[-1] if juggles else None
        self._wall = sorted(rows[1:-1], key=lambda row: abs(row - rows[len(rows) // 2]))

    def commands(self) -> Sequence[Command]:
        """Swap the doors, or build the wall, or upgrade it."""
        match = self._match
        if match.tick % self._PAUSE:
            return ()
        if match.wave and not match.auto_start:
            return (AutoStart(1),)
        if self._closed is not None and self._creeps_near(self._open):
            return self._swap(self._closed)
        wanted = self._wall if self._closed is None else [*self._wall, self._closed]
        missing = [row for row in wanted if self._tower(row) is None]
        if missing:
            command: Command | None = None
            if match.gold >= match.price(BOLT):
                command = Build(BOLT, self._column, missing[0])
        else:
            command = self._upgrade()
        return (command,) if command else (StartWave(),) if match.wave == 0 else ()

    def _creeps_near(self, row: int) -> bool:
        """Whether a creep is about to walk through the cell, and none is in it."""
        match = self._match
        x, y = self._column + 1, row + 1
        cells = [
            (int(match.creeps[creep.X][i]) >> 10, int(match.creeps[creep.Y][i]) >> 10)
            for i in range(match.creep_count)
            if not rules.creep_rule(int(match.creeps[creep.KIND][i])).flying
        ]
        return any(0 < x - column <= self._NEAR and abs(y - line) <= self._NEAR for column, line in cells)

    def _swap(self, closed: int) -> Sequence[Command]:
        match, tower_there = self._match, self._tower(closed)
        if tower_there is None or match.gold < match.price(BOLT):
            return ()
        build = Build(BOLT, self._column, self._open)
        if match.refusal(build) in {None, Reason.BLOCKS_PATH}:
            self._open, self._closed = closed, self._open
            return (Sell(tower_there), build)
        return ()

    def _upgrade(self) -> Command | None:
        match = self._match
        uids = [self._tower(row) for row in self._wall]
        variants = dict(zip(match.towers[tower.UID], match.towers[tower.VARIANT], strict=True))
        open_ones = [(int(variants[uid]), uid) for uid in uids if uid and rules.branches(int(variants[uid]))]
        if not open_ones:
            return None
        lowest = min(open_ones)[0]
        uid = self._random.choice([uid for variant, uid in open_ones if variant == lowest])
        branch = self._random.randrange(len(rules.branches(lowest)))
        affordable = match.gold - self._RESERVE >= match.upgrade_price(uid, branch)
        return Upgrade(uid, branch) if affordable else None

    def _tower(self, row: int) -> int | None:
        match = self._match
        place = match.game_map.centre(match.game_map.cell(self._column, row))
        for t in range(match.tower_count):
            if (int(match.towers[tower.X][t]), int(match.towers[tower.Y][t])) == place:
                return int(match.towers[tower.UID][t])
        return None


def wall_across(game_map: Map) -> tuple[int, Sequence[int]]:
    """The column nearest to the middle that can be built on from one end to the other, and its rows."""
    for column in sorted(range(game_map.width), key=lambda each: abs(each - game_map.width // 2)):
        rows = [row for row in range(game_map.height) if not game_map.blocked[game_map.cell(column, row)]]
        if all(game_map.buildable(column, row) for row in rows):
            return column, rows
    raise ValueError(game_map.id)
