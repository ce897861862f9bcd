"""What towers and creeps are and cost: the game's whole balance in two tables.

Ranges, radii and shell speeds are in units (1,024 per cell, speeds per tick); times are in ticks (30 per second).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bulwark.sim.layout.tower_rule import AIR, ARC_SHOT, BALLISTIC, GROUND, HOMING, NONE, VARIANTS

TICKS_PER_SECOND = 30
CELL = 1024

TOWERS = ("bolt", "burst", "frost", "arc", "mortar", "beacon")
CREEPS = ("runner", "armoured", "swarm", "healer", "flyer", "boss")
DIFFICULTIES = ("easy", "normal", "hard")
TARGETINGS = ("first", "last", "strong", "close")
FIRST, LAST, STRONG, CLOSE = range(4)

# Creeps gain this percentage of their hit points with each wave.
HP_PERCENT_PER_WAVE = 15
REFUND_PERCENT = 70
# The break after a cleared wave: then the next one starts by itself, if the player wants that.
COUNTDOWN_TICKS = 12 * TICKS_PER_SECOND
CLEARED_BONUS = 20
CLEARED_BONUS_PER_WAVE = 4

_BOTH = GROUND | AIR


class TowerRule(NamedTuple):
    """A tower of one kind and variant; `cost` is the price of the step to this variant."""

    cost: int
    range: int
    reload: int = 0
    damage: int = 0
    speed: int = 0
    splash: int = 0
    slow: int = 0
    chill: int = 0
    jumps: int = 0
    jump_range: int = 0
    knock: int = 0
    pierce: int = 0
    reaches: int = _BOTH
    boost: int = 0
    flight: int = HOMING


class CreepRule(NamedTuple):
    """A kind of creep; speed is in 1/256 unit per tick, and it heals `heal` hit points every `heal_period` ticks."""

    hp: int
    speed: int
    armour: int
    radius: int
    mass: int
    bounty: int
    lives: int
    layer: int = GROUND
    heal: int = 0
    heal_range: int = 0
    heal_period: int = 1

    @property
    def flying(self) -> bool:
        """Whether it ignores walls."""
        return self.layer == AIR


class Constant(NamedTuple):
    """A physical constant: its default, and the bounds within which a match can be played."""

    default: int
    least: int
    most: int


class Difficulty(NamedTuple):
    """Percentages of the map's values."""

    hp: int
    gold: int
    lives: int


def _cells(tenths: int) -> int:
    return tenths * CELL // 10


def _bolt(cost: int, tenths: int, **rest: int) -> TowerRule:
    return TowerRule(cost, _cells(tenths), speed=420, **rest)


def _burst(cost: int, tenths: int, **rest: int) -> TowerRule:
    return TowerRule(cost, _cells(tenths), speed=260, **rest)


def _frost(cost: int, tenths: int, **rest: int) -> TowerRule:
    return TowerRule(cost, _cells(tenths), speed=340, **rest)


def _arc(cost: int, tenths: int, **rest: int) -> TowerRule:
    return TowerRule(cost, _cells(tenths), flight=ARC_SHOT, **rest)


def _mortar(cost: int, tenths: int, **rest: int) -> TowerRule:
    return TowerRule(cost, _cells(tenths), speed=150, flight=BALLISTIC, reaches=GROUND, **rest)


def _beacon(cost: int, tenths: int, *, boost: int) -> TowerRule:
    return TowerRule(cost, _cells(tenths), boost=boost, flight=NONE)


# Per kind: as built, two upgrades, then branch a or b.
TOWER_RULES: Sequence[TowerRule] = (
    _bolt(30, 32, reload=15, damage=8),
    _bolt(40, 34, reload=14, damage=15),
    _bolt(80, 37, reload=13, damage=26),
    _bolt(180, 60, reload=40, damage=120, pierce=8),
    _bolt(180, 37, reload=5, damage=18),
    _burst(60, 30, reload=36, damage=16, splash=_cells(10)),
    _burst(70, 31, reload=34, damage=29, splash=_cells(11)),
    _burst(120, 32, reload=32, damage=50, splash=_cells(12)),
    _burst(210, 34, reload=32, damage=86, splash=_cells(18)),
    _burst(210, 33, reload=26, damage=80, splash=_cells(12), knock=5200),
    _frost(50, 28, reload=24, damage=4, slow=40, chill=32),
    _frost(60, 29, reload=22, damage=7, slow=44, chill=38, splash=_cells(6)),
    _frost(100, 30, reload=20, damage=11, slow=50, chill=45, splash=_cells(8)),
    _frost(170, 30, reload=20, damage=18, slow=65, chill=65, splash=_cells(8)),
    _frost(170, 35, reload=16, damage=16, slow=56, chill=48, splash=_cells(17)),
    _arc(90, 26, reload=30, damage=15, jumps=2, jump_range=_cells(15), pierce=1),
    _arc(90, 27, reload=28, damage=23, jumps=3, jump_range=_cells(16), pierce=2),
    _arc(150, 28, reload=26, damage=34, jumps=4, jump_range=_cells(17), pierce=3),
    _arc(250, 30, reload=24, damage=48, jumps=9, jump_range=_cells(20), pierce=4),
    _arc(250, 31, reload=24, damage=110, jumps=2, jump_range=_cells(17), pierce=10),
    _mortar(110, 56, reload=84, damage=54, splash=_cells(12), knock=2400),
    _mortar(110, 60, reload=80, damage=98, splash=_cells(13), knock=2800),
    _mortar(170, 64, reload=76, damage=164, splash=_cells(14), knock=3200),
    _mortar(290, 76, reload=96, damage=450, splash=_cells(17), knock=6000, pierce=12),
    _mortar(290, 66, reload=36, damage=170, splash=_cells(14), knock=2400),
    _beacon(70, 18, boost=25),
    _beacon(60, 20, boost=35),
    _beacon(100, 22, boost=45),
    _beacon(170, 22, boost=80),
    _beacon(170, 36, boost=50),
)

CREEP_RULES: Sequence[CreepRule] = (
    CreepRule(hp=54, speed=14_300, armour=0, radius=230, mass=2, bounty=5, lives=1),
    CreepRule(hp=135, speed=8_200, armour=6, radius=330, mass=6, bounty=10, lives=1),
    CreepRule(hp=22, speed=11_500, armour=0, radius=160, mass=1, bounty=2, lives=1),
    CreepRule(
        hp=108, speed=9_400, armour=1, radius=270, mass=3, bounty=12, lives=1,
        heal=7, heal_range=_cells(18), heal_period=30,
    ),
    CreepRule(hp=72, speed=10_400, armour=0, radius=260, mass=2, bounty=8, lives=1, layer=AIR),
    CreepRule(hp=1_200, speed=5_600, armour=8, radius=440, mass=24, bounty=120, lives=8),
)  # fmt: skip

# By layout.physics.
PHYSICS: Sequence[Constant] = (
    Constant(6, 2, 16),
    Constant(6, 1, 16),
    Constant(6, 0, 16),
    Constant(9, 0, 32),
    Constant(100, 0, 400),
    Constant(3 * 256, 64, 8 * 256),
)

MAX_HP_PERCENT = 10_000  # of a match, on top of its difficulty
DIFFICULTY_RULES: Sequence[Difficulty] = (
    Difficulty(hp=75, gold=120, lives=150),
    Difficulty(hp=106, gold=100, lives=100),
    Difficulty(hp=116, gold=95, lives=80),
)


def tower_rule(kind: int, variant: int) -> TowerRule:
    """The rule of a tower kind and variant."""
    return TOWER_RULES[kind * VARIANTS + variant]


def creep_rule(kind: int) -> CreepRule:
    """The rule of a creep kind."""
    return CREEP_RULES[kind]


def branches(variant: int) -> Sequence[int]:
    """The variants a tower of `variant` can be upgraded to; empty if fully upgraded."""
    return ((1,), (2,), (3, 4), (), ())[variant]
