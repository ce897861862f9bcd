"""What a place is worth: how much of what is coming the towers would take off it along its way.

The towers' damage in each cell, weighed by how many go through it and how long they stay, added up: the exposure. A new
tower adds its own, turns the way to where others stand or away from them, slows what they hit, or makes them hit harder.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bulwark.bots.scouting import Scout
from bulwark.bots.worth import Forecast, Threat, cold
from bulwark.sim import rules
from bulwark.sim.layout import tower
from bulwark.sim.layout.tower_rule import AIR, VARIANTS
from bulwark.sim.match import Match

_FLOOR = 0.5  # what nothing shoots at counts as exposed to such a part of its hit points
Traffic = Mapping[int, float]


class Standing(NamedTuple):
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


class Worth(NamedTuple):
    """What a tower takes off in each cell within its range, of walkers and of flyers, weighed by the need of it."""

    walkers: float
    flyers: float


class Plan:
    """The board as it is, and what a change of it would be worth against what is coming."""

    def __init__(self, match: Match, scout: Scout, *, coming: Forecast) -> None:
        self._stride = match.game_map.stride
        self._scout = scout
        self.ways = scout.ways()
        self.towers = _standing(match)
        weights = self._weights(coming)
        self._worth = [_worth(dealt, coming.threats, weights) for dealt in coming.dealt]
        self._shares = _shares(coming.threats, weights, spawns=len(self.ways), flying=False)
        self.walked = _traffic(self.ways, self._shares)
        in_the_air = _shares(coming.threats, weights, spawns=len(self.ways), flying=True)
        self._flown = _traffic(scout.flights, in_the_air)
        self._power: defaultdict[int, float] = defaultdict(float)
        self._air_power: defaultdict[int, float] = defaultdict(float)
        self._cold: dict[int, float] = {}
        for each in self.towers:
            self._count_in(each)

    def near_way(self, *, within: int) -> list[int]:
        """The cells of the ways that are walked and those beside them, in ascending order."""
        beside = range(-within, within + 1)
        return sorted(
            {
                cell + across + down * self._stride
                for cell in self.walked
                for across in beside
                for down in beside
            }
        )

    def turned(self, cells: Sequence[int]) -> Traffic | None:
        """The traffic if the cells were closed; None where that closes the last way."""
        if not any(cell in self.walked for cell in cells):
            return self.walked
        ways = self._scout.ways(barred=cells)
        return _traffic(ways, self._shares) if all(ways) else None

    def turn_gain(self, traffic: Traffic) -> float:
        """What the towers that stand gain by another traffic; less than 0 where it turns away from them."""
        return self._exposure(traffic) - self._exposure(self.walked)

    def build_gain(self, kind: int, cell: int, *, traffic: Traffic | None = None) -> float:
        """What a new tower would add by itself, at that traffic."""
        return self._tower_gain(kind * VARIANTS, cell, self.walked if traffic is None else traffic)

    def upgrade_gain(self, standing: Standing, variant: int) -> float:
        """What an upgrade would add."""
        better = self._tower_gain(standing.kind * VARIANTS + variant, standing.cell, self.walked)
        return better - self._tower_gain(standing.row, standing.cell, self.walked)

    def reaches_anything(self, standing: Standing) -> bool:
        """Whether anything that comes, or any tower that it might help, is in its range."""
        rule = rules.TOWER_RULES[standing.row]
        disc = set(_disc(rule.range, standing.cell, self._stride))
        if rule.boost:
            return any(each.cell in disc for each in self.towers if each.uid != standing.uid)
        flown = self._flown if rule.reaches & AIR else {}
        return any(cell in self.walked or cell in flown for cell in disc)

    def _tower_gain(self, row: int, cell: int, traffic: Traffic) -> float:
        rule = rules.TOWER_RULES[row]
        if rule.boost:
            return self._boost_gain(row, cell)
        dealt, flown, factor = self._worth[row].walkers, self._worth[row].flyers, cold(rule)
        total = 0.0
        for there in _disc(rule.range, cell, self._stride):
            if there in traffic:
                stay = self._cold.get(there, 1.0)
                total += traffic[there] * (dealt * stay + self._power[there] * max(factor - stay, 0.0))
            if there in self._flown:
                total += self._flown[there] * (flown + self._air_power[there] * (factor - 1.0))
        return total

    def _boost_gain(self, row: int, cell: int) -> float:
        rule = rules.TOWER_RULES[row]
        reached = set(_disc(rule.range, cell, self._stride))
        return sum(
            self._tower_gain(each.row, each.cell, self.walked) * max(rule.boost - each.boost, 0) / 100.0
            for each in self.towers
            if each.cell in reached and not rules.TOWER_RULES[each.row].boost
        )

    def _exposure(self, traffic: Traffic) -> float:
        return sum(
            many * self._power[cell] * self._cold.get(cell, 1.0)
            for cell, many in traffic.items()
            if cell in self._power
        )

    def _weights(self, coming: Forecast) -> list[float]:
        """How much a hit point taken off each threat counts: the most where most is needed and least is exposed."""
        walked, flown = [set(way) for way in self.ways], [set(way) for way in self._scout.flights]
        exposed = [threat.hp * _FLOOR for threat in coming.threats]
        for each in self.towers:
            dealt = coming.dealt[each.row]
            disc = _disc(rules.TOWER_RULES[each.row].range, each.cell, self._stride)
            on_foot = [len(way.intersection(disc)) for way in walked]
            in_the_air = [len(way.intersection(disc)) for way in flown]
            for number, threat in enumerate(coming.threats):
                exposed[number] += dealt[number] * (in_the_air if threat.flies else on_foot)[threat.spawn]
        return [
            threat.need / (exposure * exposure)
            for threat, exposure in zip(coming.threats, exposed, strict=True)
        ]

    def _count_in(self, each: Standing) -> None:
        rule = rules.TOWER_RULES[each.row]
        dealt, boosted = self._worth[each.row], 1.0 + each.boost / 100.0
        if not rule.reload:
            return
        factor = cold(rule)
        for cell in _disc(rule.range, each.cell, self._stride):
            self._power[cell] += dealt.walkers * boosted
            self._air_power[cell] += dealt.flyers * boosted
            if factor > 1.0:
                self._cold[cell] = max(self._cold.get(cell, 1.0), factor)


@cache
def _offsets(reach: int) -> Sequence[tuple[int, int]]:
    cells = reach // rules.CELL + 1
    around = range(-cells, cells + 1)
    within = reach * reach // (rules.CELL * rules.CELL)
    return [(across, down) for down in around for across in around if across * across + down * down <= within]


@lru_cache(maxsize=8192)
def _disc(reach: int, cell: int, stride: int) -> Sequence[int]:
    """The cells whose middle is in reach of a cell's; those beyond the top or the bottom belong to no way."""
    column = cell % stride
    return [
        cell + across + down * stride for across, down in _offsets(reach) if 0 <= column + across < stride
    ]


def _traffic(ways: Iterable[Sequence[int]], shares: Sequence[float]) -> Traffic:
    found: defaultdict[int, float] = defaultdict(float)
    for way, share in zip(ways, shares, strict=True):
        for cell in way:
            found[cell] += share
    return dict(found)


def _shares(threats: Sequence[Threat], weights: Sequence[float], *, spawns: int, flying: bool) -> list[float]:
    """How much the ways in count beside one another; something may always come by any."""
    counts = [threat.hp * weight for threat, weight in zip(threats, weights, strict=True)]
    shares = [0.01 * sum(counts)] * spawns
    for threat, count in zip(threats, counts, strict=True):
        if threat.flies == flying:
            shares[threat.spawn] += count
    total = sum(shares)
    return [share / total for share in shares]


def _worth(dealt: Sequence[float], threats: Sequence[Threat], weights: Sequence[float]) -> Worth:
    walkers = flyers = 0.0
    for taken, threat, weight in zip(dealt, threats, weights, strict=True):
        if threat.flies:
            flyers += taken * weight
        else:
            walkers += taken * weight
    return Worth(walkers, flyers)


def _standing(match: Match) -> list[Standing]:
    columns = (tower.UID, tower.KIND, tower.VARIANT, tower.X, tower.Y, tower.BOOST, tower.TARGETING)
    table = [[int(number) for number in match.towers[column][: match.tower_count]] for column in columns]
    return [
        Standing(
            uid, kind, variant, y // rules.CELL * match.game_map.stride + x // rules.CELL, boost, targeting
        )
        for uid, kind, variant, x, y, boost, targeting in zip(*table, strict=True)
    ]
