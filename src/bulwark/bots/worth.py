"""What is coming, and what a tower deals to it: hit points in a cell of the way, before where the tower stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import AIR, ARC_SHOT, BALLISTIC, HOMING
from bulwark.sim.maps import Group
from bulwark.sim.rules import CELL, CreepRule, TowerRule

_SPEED_UNIT = 256  # speeds are in 1/256 unit a tick
_MOST_HIT = 4.5  # a crowd is rarely denser
# Of what is aimed, a falling shell misses some; a stroke, which takes no time, never comes too late.
_AIM = {BALLISTIC: 0.65, HOMING: 1.0, ARC_SHOT: 1.8}
_LATER = 0.8  # a wave weighs so much of the one before it
_TRANSIT = 400  # ticks: about how long towers have at the last creep of a group


class Threat(NamedTuple):
    """A group of a wave to come."""

    rule: CreepRule
    spawn: int
    hp: int
    spacing: float  # units between two of them
    need: float  # hit points a tick that must be taken off them, less for later waves

    @property
    def flies(self) -> bool:
        """Whether walls mean nothing to it."""
        return self.rule.layer == AIR


class Forecast(NamedTuple):
    """The groups that are thought of, and by rule row what a tower deals to one of each in a cell."""

    threats: Sequence[Threat]
    dealt: Sequence[Sequence[float]]


def forecast(waves: Iterable[tuple[int, Sequence[Group]]], *, hp_percent: int) -> Forecast:
    """What the waves bring, soonest first, each with its number (0 the first)."""
    found = [
        _threat(group, hp_percent * (100 + rules.HP_PERCENT_PER_WAVE * number), weight=_LATER**later)
        for later, (number, wave) in enumerate(waves)
        for group in wave
    ]
    return Forecast(found, [[_dealt(rule, threat) for threat in found] for rule in rules.TOWER_RULES])


def cold(tower: TowerRule) -> float:
    """By how much longer creeps stay in a tower's range than they would, as a factor."""
    if not tower.slow:
        return 1.0
    reached = min(0.45 + 0.6 * tower.splash / CELL, 1.0)
    return 100.0 / (100.0 - tower.chill * reached)


def _threat(group: Group, percent_of_percent: int, *, weight: float) -> Threat:
    rule = rules.creep_rule(group.kind)
    hp = max(rule.hp * percent_of_percent // 10_000, 1)
    need = weight * hp * group.size / (group.gap * group.size + _TRANSIT)
    return Threat(rule, group.spawn, hp, group.gap * rule.speed / _SPEED_UNIT, need * rule.lives)


def _dealt(tower: TowerRule, threat: Threat) -> float:
    if not tower.reload or not tower.reaches & threat.rule.layer:
        return 0.0
    one = min(max(tower.damage - max(threat.rule.armour - tower.pierce, 0), 1), threat.hp)
    ticks = CELL * _SPEED_UNIT / threat.rule.speed
    return one * _AIM[tower.flight] * _struck(tower, threat) * ticks / tower.reload


def _struck(tower: TowerRule, threat: Threat) -> float:
    """How many one shot hits, from how close they follow one another."""
    if tower.splash:
        return min(1.0 + 1.7 * tower.splash / threat.spacing, _MOST_HIT)
    if tower.jumps:
        return min(1.0 + tower.jumps, 1.0 + 4.0 * tower.jump_range / threat.spacing)
    return 1.0
