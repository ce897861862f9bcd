"""Restores a saved state: every column has a valid length, and every number is in its valid range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from bulwark.errors import SaveError
from bulwark.sim import hashing, rules
from bulwark.sim.layout import creep, group, physics, score, shape, shell, tower
from bulwark.sim.layout.tower_rule import VARIANTS
from bulwark.sim.maps import Map
from bulwark.sim.world import Column, World

Bounds: TypeAlias = tuple[int, int]

_HINT = "Resume from the last good checkpoint."
_MAX = 2_000_000_000  # what is drawn has signed 32 bits
_ANY: Bounds = (-_MAX, _MAX)
_COUNT: Bounds = (0, _MAX)
_SEED: Bounds = (0, 0xFFFFFFFF)


def fill(world: World, exported: Mapping[str, Sequence[int]], *, game_map: Map) -> None:
    """Copy an exported state into fresh tables. Raises SaveError naming the invalid column."""
    bounds = _bounds(world, game_map)
    _copy("score", exported.get("score"), into=world.score, length=len(score.NAMES), within=(-_MAX, _SEED[1]))
    for name, number in zip(score.NAMES, world.score, strict=False):
        _check(f"score.{name}", [number], bounds=bounds.get(f"score.{name}", _COUNT))
    _copy("physics", exported.get("physics"), into=world.physics, length=physics.WIDTH)
    for name, number, constant in zip(physics.NAMES, world.physics, rules.PHYSICS, strict=True):
        _check(f"physics.{name}", [number], bounds=(constant.least, constant.most))
    for name, column in hashing.columns(world):
        if name in ("score", "physics"):
            continue
        into = column_of(world, name)
        _copy(name, exported.get(name), into=into, length=len(column))
        _check(name, into[: len(column)], bounds=bounds.get(name, _ANY))
    for table, rows, count in (
        ("creeps", world.creeps, score.CREEPS),
        ("towers", world.towers, score.TOWERS),
    ):
        uids = [int(uid) for uid in rows[creep.UID][: world.score[count]]]
        if any(one >= other for one, other in pairwise([0, *uids, int(world.score[score.NEXT_UID])])):
            raise SaveError(f"The saved `{table}.uid` are not in ascending order.", hint=_HINT)
    _check_towers(world, game_map)


def column_of(world: World, name: str) -> Column:
    """The column for a qualified name such as `creeps.x`."""
    table, _, column = name.partition(".")
    tables = {"creeps": world.creeps, "towers": world.towers, "shells": world.shells, "groups": world.groups}
    return tables[table][hashing.NAMES[table].index(column)]


def _bounds(world: World, game_map: Map) -> Mapping[str, Bounds]:
    right, bottom = (side * rules.CELL + rules.CELL - 1 for side in (game_map.width, game_map.height))
    return {
        "score.seed": _SEED,
        "score.hp_percent": (0, _most_hp_percent(game_map)),
        "score.difficulty": (0, len(rules.DIFFICULTIES) - 1),
        "score.wave": (0, len(game_map.waves)),
        "score.countdown": (-1, _MAX),
        "score.break": (0, rules.COUNTDOWN_TICKS),
        "score.tweaked": (0, 1),
        "score.auto_start": (0, 1),
        "score.outcome": (score.PLAYING, score.LOST),
        "score.creeps": (0, creep.CAPACITY),
        "score.towers": (0, tower.CAPACITY),
        "score.shells": (0, shell.CAPACITY),
        "creeps.kind": (0, len(rules.CREEPS) - 1),
        "creeps.x": (rules.CELL, right),
        "creeps.y": (rules.CELL, bottom),
        "creeps.hp": (1, _MAX),
        "creeps.full": (1, _MAX),
        "creeps.slow": _COUNT,
        "creeps.chill": (0, 100),
        "creeps.leg": (0, int(world.shape[shape.CELLS]) - 1),
        "towers.kind": (0, len(rules.TOWERS) - 1),
        "towers.variant": (0, VARIANTS - 1),
        "towers.targeting": (0, len(rules.TARGETINGS) - 1),
        "towers.x": (rules.CELL, right),
        "towers.y": (rules.CELL, bottom),
        "shells.kind": (0, len(rules.TOWERS) - 1),
        "shells.row": (0, len(rules.TOWER_RULES) - 1),
        "groups.spawned": (0, max(map(int, world.groups[group.COUNT]))),
        "groups.started": (-1, _MAX),
    }


def _most_hp_percent(game_map: Map) -> int:
    """The percentage with which the toughest creep of the map can still be drawn."""
    toughest = max(
        rules.creep_rule(each.kind).hp * (100 + rules.HP_PERCENT_PER_WAVE * number)
        for number, wave in enumerate(game_map.waves)
        for each in wave
    )
    return _MAX * 10_000 // toughest


def _copy(
    name: str, values: Sequence[int] | None, *, into: Column, length: int, within: Bounds = _ANY
) -> None:
    if values is None or len(values) != length or not all(type(number) is int for number in values):
        raise SaveError(f"The saved column `{name}` is not {length} numbers.", hint=_HINT)
    _check(name, values, bounds=within)
    for at, number in enumerate(values):
        into[at] = number


def _check(name: str, numbers: Sequence[int], *, bounds: Bounds) -> None:
    low, high = bounds
    wrong = next((int(number) for number in numbers if not low <= number <= high), None)
    if wrong is not None:
        raise SaveError(
            f"The saved column `{name}` has {wrong}, which is not between {low} and {high}.", hint=_HINT
        )


def _check_towers(world: World, game_map: Map) -> None:
    stride = int(world.shape[shape.STRIDE])
    for t in range(int(world.score[score.TOWERS])):
        x, y = int(world.towers[tower.X][t]), int(world.towers[tower.Y][t])
        if not game_map.buildable(*game_map.position(y // rules.CELL * stride + x // rules.CELL)):
            raise SaveError("The saved `towers.x` has a tower where none can be built.", hint=_HINT)
