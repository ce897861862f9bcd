"""The value of a place: how much damage the towers would deal to the coming waves along their paths.

The exposure is the towers' damage in each cell, weighted by the share of creeps that pass and how long they stay, summed up. A
new tower adds its own damage, moves the path towards or away from other towers, slows what they hit, or boosts them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bulwark.bots.forecast import Forecast, Threat, slow_factor
from bulwark.bots.scout import Scout
from bulwark.sim import rules
from bulwark.sim.layout import tower
from bulwark.sim.layout.tower_rule import AIR, VARIANTS
from bulwark.sim.match import Match

_FLOOR = 0.5  # minimum exposure, as a share of a threat's hit points
Traffic = Mapping[int, float]


class PlacedTower(NamedTuple):
    """A tower on the board."""

    uid: int
    kind: int
    variant: int
    cell: int
    boost: int
    targeting: int

    @property
    def row(self) -> int:
        """Its rule row."""
        return self.kind * VARIANTS + self.variant


class DamageValue(NamedTuple):
    """What a tower's damage per cell in range is worth, for walkers and for flyers, weighted by need."""

    walkers: float
    flyers: float


class Plan:
    """The board as it is, and the value of changing it against the coming waves."""

    def __init__(self, match: Match, scout: Scout, *, coming: Forecast) -> None:
        self._stride = match.game_map.stride
        self._scout = scout
        self.paths = scout.paths()
        self.towers = _placed_towers(match)
        weights = self._weights(coming)
        self._worth = [_worth(damage, coming.threats, weights) for damage in coming.damage]
        self._shares = _shares(coming.threats, weights, spawns=len(self.paths), flying=False)
        self.traffic_now = _traffic(self.paths, self._shares)
        air_shares = _shares(coming.threats, weights, spawns=len(self.paths), flying=True)
        self._air_traffic = _traffic(scout.flights, air_shares)
        self._power: defaultdict[int, float] = defaultdict(float)
        self._air_power: defaultdict[int, float] = defaultdict(float)
        self._slow_factors: dict[int, float] = {}
        for each in self.towers:
            self._add_power(each)

    def near_paths(self, *, within: int) -> list[int]:
        """The cells on and beside the walked paths, in ascending order."""
        beside = range(-within, within + 1)
        return sorted(
            {
                cell + across + down * self._stride
                for cell in self.traffic_now
                for across in beside
                for down in beside
            }
        )

    def rerouted(self, cells: Sequence[int]) -> Traffic | None:
        """The traffic if the cells were blocked; None if that blocks the last path."""
        if not any(cell in self.traffic_now for cell in cells):
            return self.traffic_now
        paths = self._scout.paths(barred=cells)
        return _traffic(paths, self._shares) if all(paths) else None

    def reroute_gain(self, traffic: Traffic) -> float:
        """What the existing towers gain from this traffic; negative if it moves away from them."""
        return self._exposure(traffic) - self._exposure(self.traffic_now)

    def build_gain(self, kind: int, cell: int, *, traffic: Traffic | None = None) -> float:
        """What a new tower would add by itself with this traffic."""
        return self._tower_gain(kind * VARIANTS, cell, self.traffic_now if traffic is None else traffic)

    def upgrade_gain(self, placed: PlacedTower, variant: int) -> float:
        """What an upgrade would add."""
        better = self._tower_gain(placed.kind * VARIANTS + variant, placed.cell, self.traffic_now)
        return better - self._tower_gain(placed.row, placed.cell, self.traffic_now)

    def reaches_anything(self, placed: PlacedTower) -> bool:
        """Whether anything that comes, or any tower it could boost, is in its range."""
        rule = rules.TOWER_RULES[placed.row]
        disc = set(_disc(rule.range, placed.cell, self._stride))
        if rule.boost:
            return any(each.cell in disc for each in self.towers if each.uid != placed.uid)
        flown = self._air_traffic if rule.reaches & AIR else {}
        return any(cell in self.traffic_now or cell in flown for cell in disc)

    def _tower_gain(self, row: int, cell: int, traffic: Traffic) -> float:
        rule = rules.TOWER_RULES[row]
        if rule.boost:
            return self._boost_gain(row, cell)
        damage, flown, factor = self._worth[row].walkers, self._worth[row].flyers, slow_factor(rule)
        total = 0.0
        for there in _disc(rule.range, cell, self._stride):
            if there in traffic:
                stay = self._slow_factors.get(there, 1.0)
                total += traffic[there] * (damage * stay + self._power[there] * max(factor - stay, 0.0))
            if there in self._air_traffic:
                total += self._air_traffic[there] * (flown + self._air_power[there] * (factor - 1.0))
        return total

    def _boost_gain(self, row: int, cell: int) -> float:
        rule = rules.TOWER_RULES[row]
        reached = set(_disc(rule.range, cell, self._stride))
        return sum(
            self._tower_gain(each.row, each.cell, self.traffic_now) * max(rule.boost - each.boost, 0) / 100.0
            for each in self.towers
            if each.cell in reached and not rules.TOWER_RULES[each.row].boost
        )

    def _exposure(self, traffic: Traffic) -> float:
        return sum(
            share * self._power[cell] * self._slow_factors.get(cell, 1.0)
            for cell, share in traffic.items()
            if cell in self._power
        )

    def _weights(self, coming: Forecast) -> list[float]:
        """The value of a hit point taken off each threat: highest where most is needed and least is exposed."""
        paths, flights = [set(path) for path in self.paths], [set(path) for path in self._scout.flights]
        exposed = [threat.hp * _FLOOR for threat in coming.threats]
        for each in self.towers:
            damage = coming.damage[each.row]
            disc = _disc(rules.TOWER_RULES[each.row].range, each.cell, self._stride)
            cells_walked = [len(path.intersection(disc)) for path in paths]
            cells_flown = [len(path.intersection(disc)) for path in flights]
            for number, threat in enumerate(coming.threats):
                exposed[number] += (
                    damage[number] * (cells_flown if threat.flies else cells_walked)[threat.spawn]
                )
        return [
            threat.need / (exposure * exposure)
            for threat, exposure in zip(coming.threats, exposed, strict=True)
        ]

    def _add_power(self, each: PlacedTower) -> None:
        rule = rules.TOWER_RULES[each.row]
        damage, boosted = self._worth[each.row], 1.0 + each.boost / 100.0
        if not rule.reload:
            return
        factor = slow_factor(rule)
        for cell in _disc(rule.range, each.cell, self._stride):
            self._power[cell] += damage.walkers * boosted
            self._air_power[cell] += damage.flyers * boosted
            if factor > 1.0:
                self._slow_factors[cell] = max(self._slow_factors.get(cell, 1.0), factor)


@cache
def _offsets(reach: int) -> Sequence[tuple[int, int]]:
    cells = reach // rules.CELL + 1
    around = range(-cells, cells + 1)
    within = reach * reach // (rules.CELL * rules.CELL)
    return [(across, down) for down in around for across in around if across * across + down * down <= within]


@lru_cache(maxsize=8192)
def _disc(reach: int, cell: int, stride: int) -> Sequence[int]:
    """The cells whose centre is within reach of a cell's centre; those beyond the top or bottom are on no path."""
    column = cell % stride
    return [
        cell + across + down * stride for across, down in _offsets(reach) if 0 <= column + across < stride
    ]


def _traffic(paths: Iterable[Sequence[int]], shares: Sequence[float]) -> Traffic:
    traffic: defaultdict[int, float] = defaultdict(float)
    for path, share in zip(paths, shares, strict=True):
        for cell in path:
            traffic[cell] += share
    return dict(traffic)


def _shares(threats: Sequence[Threat], weights: Sequence[float], *, spawns: int, flying: bool) -> list[float]:
    """The relative weight of each spawn; any spawn may always be used."""
    counts = [threat.hp * weight for threat, weight in zip(threats, weights, strict=True)]
    shares = [0.01 * sum(counts)] * spawns
    for threat, count in zip(threats, counts, strict=True):
        if threat.flies == flying:
            shares[threat.spawn] += count
    total = sum(shares)
    return [share / total for share in shares]


def _worth(damage: Sequence[float], threats: Sequence[Threat], weights: Sequence[float]) -> DamageValue:
    walkers = flyers = 0.0
    for taken, threat, weight in zip(damage, threats, weights, strict=True):
        if threat.flies:
            flyers += taken * weight
        else:
            walkers += taken * weight
    return DamageValue(walkers, flyers)


def _placed_towers(match: Match) -> list[PlacedTower]:
    columns = (tower.UID, tower.KIND, tower.VARIANT, tower.X, tower.Y, tower.BOOST, tower.TARGETING)
    table = [[int(number) for number in match.towers[column][: match.tower_count]] for column in columns]
    return [
        PlacedTower(
            uid, kind, variant, y // rules.CELL * match.game_map.stride + x // rules.CELL, boost, targeting
        )
        for uid, kind, variant, x, y, boost, targeting in zip(*table, strict=True)
    ]
