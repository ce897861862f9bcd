"""A saved state back into tables: every column as long, and every number as large, as a match can have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from bulwark.errors import SaveError
from bulwark.sim import hashing, rules
from bulwark.sim.layout import creep, group, score, shape, shell, tower
from bulwark.sim.layout.tower_rule import VARIANTS
from bulwark.sim.maps import Map
from bulwark.sim.world import Column, World

Bounds: TypeAlias = tuple[int, int]

_HINT = "Go on from the last good checkpoint."
_MOST = 1 << 40
_ANY: Bounds = (-_MOST, _MOST)
_COUNT: Bounds = (0, _MOST)


def fill(world: World, exported: Mapping[str, Sequence[int]], *, played: Map) -> None:
    """Put an exported state into fresh tables. Raises SaveError naming the column that no match can have."""
    bounds = _bounds(world, played)
    _take("score", exported.get("score"), into=world.score, length=len(score.NAMES))
    for name, number in zip(score.NAMES, world.score, strict=False):
        _check(f"score.{name}", [number], bounds=bounds.get(f"score.{name}", _COUNT))
    for name, column in hashing.columns(world):
        if name == "score":
            continue
        into = column_of(world, name)
        _take(name, exported.get(name), into=into, length=len(column))
        _check(name, into[: len(column)], bounds=bounds.get(name, _ANY))
    for table, found, count in (
        ("creeps", world.creeps, score.CREEPS),
        ("towers", world.towers, score.TOWERS),
    ):
        uids = [int(uid) for uid in found[creep.UID][: world.score[count]]]
        if any(one >= other for one, other in pairwise([0, *uids, int(world.score[score.NEXT_UID])])):
            raise SaveError(f"The saved `{table}.uid` do not ascend.", hint=_HINT)
    _check_towers(world, played)


def column_of(world: World, name: str) -> Column:
    """The column of a table's name and its own: `creeps.x`."""
    table, _, column = name.partition(".")
    tables = {"creeps": world.creeps, "towers": world.towers, "shells": world.shells, "groups": world.groups}
    return tables[table][hashing.NAMES[table].index(column)]


def _bounds(world: World, played: Map) -> Mapping[str, Bounds]:
    right, bottom = (side * rules.CELL + rules.CELL - 1 for side in (played.width, played.height))
    return {
        "score.seed": (0, 0xFFFFFFFF),
        "score.difficulty": (0, len(rules.DIFFICULTIES) - 1),
        "score.wave": (0, len(played.waves)),
        "score.countdown": (-1, _MOST),
        "score.auto_start": (0, 1),
        "score.outcome": (score.PLAYING, score.LOST),
        "score.creeps": (0, creep.CAPACITY),
        "score.towers": (0, tower.CAPACITY),
        "score.shells": (0, shell.CAPACITY),
        "creeps.kind": (0, len(rules.CREEPS) - 1),
        "creeps.x": (rules.CELL, right),
        "creeps.y": (rules.CELL, bottom),
        "creeps.hp": (1, _MOST),
        "creeps.full": (1, _MOST),
        "creeps.slow": _COUNT,
        "creeps.chill": (0, 100),
        "towers.kind": (0, len(rules.TOWERS) - 1),
        "towers.variant": (0, VARIANTS - 1),
        "towers.targeting": (0, len(rules.TARGETINGS) - 1),
        "towers.x": (rules.CELL, right),
        "towers.y": (rules.CELL, bottom),
        "shells.kind": (0, len(rules.TOWERS) - 1),
        "shells.row": (0, len(rules.TOWER_RULES) - 1),
        "groups.spawned": (0, max(map(int, world.groups[group.COUNT]))),
        "groups.started": (-1, _MOST),
    }


def _take(name: str, said: Sequence[int] | None, *, into: Column, length: int) -> None:
    if said is None or len(said) != length or not all(type(number) is int for number in said):
        raise SaveError(f"The saved column `{name}` is not {length} numbers.", hint=_HINT)
    _check(name, said, bounds=_ANY)
    for at, number in enumerate(said):
        into[at] = number


def _check(name: str, numbers: Sequence[int], *, bounds: Bounds) -> None:
    low, high = bounds
    wrong = next((int(number) for number in numbers if not low <= number <= high), None)
    if wrong is not None:
        raise SaveError(f"The saved column `{name}` has {wrong}, which is not {low} to {high}.", hint=_HINT)


def _check_towers(world: World, played: Map) -> None:
    stride = int(world.shape[shape.STRIDE])
    for t in range(int(world.score[score.TOWERS])):
        x, y = int(world.towers[tower.X][t]), int(world.towers[tower.Y][t])
        if not played.buildable(*played.place(y // rules.CELL * stride + x // rules.CELL)):
            raise SaveError("The saved `towers.x` has a tower where none can stand.", hint=_HINT)
