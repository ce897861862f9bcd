"""Players with one idea each, which show what a rule is worth: they see what a player sees, and give commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Protocol

from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, StartWave, Upgrade
from bulwark.sim.layout import tower
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
