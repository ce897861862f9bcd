"""What a tower is worth against the waves to come: the hits that it can be expected to deal, before where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bulwark.sim import rules
from bulwark.sim.layout.tower_rule import AIR, FALLS, GROUND
from bulwark.sim.maps import Group
from bulwark.sim.rules import CELL, CreepRule, TowerRule

_SPEED_UNIT = 256  # speeds are in 1/256 unit a tick
_MOST_HIT = 6  # a crowd is rarely denser
_MORTAR_HITS = 0.6  # the share of falling shells that come down where they were meant to


class Threat(NamedTuple):
    """A group of a wave to come, as its share of all hit points that come."""

    rule: CreepRule
    spawn: int
    share: float
    hp: int
    spacing: float  # units between two of them

    @property
    def ticks_a_cell(self) -> float:
        """How long one of them is in a cell."""
        return CELL * _SPEED_UNIT / self.rule.speed


class Worth(NamedTuple):
    """Hit points taken in each cell of a way within reach, of walkers and of flyers."""

    walkers: float
    flyers: float


def threats(waves: Iterable[tuple[int, Sequence[Group]]], *, hp_percent: int) -> list[Threat]:
    """The groups of the waves, each wave with its number (0 the first), weighed by their hit points."""
    found = []
    for number, wave in waves:
        tougher = 100 + rules.TOUGHER_PER_WAVE * number
        for group in wave:
            rule = rules.creep(group.kind)
            hp = max(rule.hp * tougher * hp_percent // 10_000, 1)
            found.append(Threat(rule, group.spawn, hp * group.size, hp, group.gap * rule.speed / _SPEED_UNIT))
    total = sum(threat.share for threat in found)
    return [threat._replace(share=threat.share / total) for threat in found]


def worth(tower: TowerRule, coming: Sequence[Threat]) -> Worth:
    """What a tower of that rule does to what is coming."""
    by_layer = {GROUND: 0.0, AIR: 0.0}
    if tower.reload:
        for threat in coming:
            by_layer[threat.rule.layer] += threat.share * _dealt(tower, threat) * threat.ticks_a_cell
    return Worth(by_layer[GROUND], by_layer[AIR])


def cold(tower: TowerRule) -> float:
    """By how much longer creeps stay in a tower's range than they would, as a factor."""
    if not tower.slow:
        return 1.0
    reached = min(0.45 + 0.6 * tower.splash / CELL, 1.0)
    return 100.0 / (100.0 - tower.chill * reached)


def _dealt(tower: TowerRule, threat: Threat) -> float:
    """Hit points a tick."""
    if not tower.reaches & threat.rule.layer:
        return 0.0
    one = min(max(tower.damage - max(threat.rule.armour - tower.pierce, 0), 1), threat.hp)
    aim = _MORTAR_HITS if tower.flight == FALLS else 1.0
    return one * aim * _struck(tower, threat) / tower.reload


def _struck(tower: TowerRule, threat: Threat) -> float:
    """How many one shot hits, from how close they follow one another."""
    if tower.splash:
        return min(1.0 + 1.3 * tower.splash / threat.spacing, _MOST_HIT)
    if tower.jumps:
        return min(1.0 + tower.jumps, 1.0 + 2.0 * tower.jump_range / threat.spacing)
    return 1.0
