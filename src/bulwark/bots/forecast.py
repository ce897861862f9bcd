"""The coming waves, and the damage a tower deals to them: hit points per cell of path, regardless of the tower's position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import AIR, ARC_SHOT, BALLISTIC, HOMING
from bulwark.sim.maps import Group
from bulwark.sim.rules import CELL, CreepRule, TowerRule

_SPEED_UNIT = 256  # speeds are in 1/256 unit per tick
_MAX_HIT = 4.5  # crowds are rarely denser
# Ballistic shells miss some of their targets; an arc is instant and never comes too late.
_AIM = {BALLISTIC: 0.65, HOMING: 1.0, ARC_SHOT: 1.8}
_LATER = 0.8  # each later wave weighs this much of the previous one
_TRANSIT = 400  # ticks: about how long towers can fire at the last creep of a group


class Threat(NamedTuple):
    """A group of a coming wave."""

    rule: CreepRule
    spawn: int
    hp: int
    spacing: float  # units between two creeps
    need: float  # damage per tick needed to stop it, less for later waves

    @property
    def flies(self) -> bool:
        """Whether it ignores walls."""
        return self.rule.layer == AIR


class Forecast(NamedTuple):
    """The groups considered, and per tower rule row the damage a tower deals to one creep of each in a cell."""

    threats: Sequence[Threat]
    damage: Sequence[Sequence[float]]


def forecast(waves: Iterable[tuple[int, Sequence[Group]]], *, hp_percent: int) -> Forecast:
    """The threats of these waves, soonest first, each with its number (from 0)."""
    threats = [
        _threat(group, hp_percent * (100 + rules.HP_PERCENT_PER_WAVE * number), weight=_LATER**later)
        for later, (number, wave) in enumerate(waves)
        for group in wave
    ]
    return Forecast(threats, [[_damage(rule, threat) for threat in threats] for rule in rules.TOWER_RULES])


def slow_factor(tower: TowerRule) -> float:
    """How much longer creeps stay in a tower's range because it slows them, as a factor."""
    if not tower.slow:
        return 1.0
    slowed_share = min(0.45 + 0.6 * tower.splash / CELL, 1.0)
    return 100.0 / (100.0 - tower.chill * slowed_share)


def _threat(group: Group, percent_of_percent: int, *, weight: float) -> Threat:
    rule = rules.creep_rule(group.kind)
    hp = max(rule.hp * percent_of_percent // 10_000, 1)
    need = weight * hp * group.size / (group.gap * group.size + _TRANSIT)
    return Threat(rule, group.spawn, hp, group.gap * rule.speed / _SPEED_UNIT, need * rule.lives)


def _damage(tower: TowerRule, threat: Threat) -> float:
    if not tower.reload or not tower.reaches & threat.rule.layer:
        return 0.0
    per_hit = min(max(tower.damage - max(threat.rule.armour - tower.pierce, 0), 1), threat.hp)
    ticks = CELL * _SPEED_UNIT / threat.rule.speed
    return per_hit * _AIM[tower.flight] * _creeps_hit(tower, threat) * ticks / tower.reload


def _creeps_hit(tower: TowerRule, threat: Threat) -> float:
    """How many creeps one shot hits, given their spacing."""
    if tower.splash:
        return min(1.0 + 1.7 * tower.splash / threat.spacing, _MAX_HIT)
    if tower.jumps:
        return min(1.0 + tower.jumps, 1.0 + 4.0 * tower.jump_range / threat.spacing)
    return 1.0
