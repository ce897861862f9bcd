"""All tables of a match: the argument of every kernel.

A kernel is a plain function over a World. It copies columns into local variables first, which makes it fast when
interpreted; it uses integers only, so the compiled version gives exactly the same results.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from bulwark.sim import rules
from bulwark.sim.layout import creep, event, ground, group, score, shape, shell, tower
from bulwark.sim.maps import Map

Column: TypeAlias = list[int]
Table: TypeAlias = list[Column]
# Creates a table from columns: lists, or an array for the compiled kernels.
MakeTable: TypeAlias = Callable[[Sequence[Sequence[int]]], Table]

# Unit vectors in 1,024ths by direction: none, then clockwise from east.
_HEADINGS = (
    (0, 1024, 724, 0, -724, -1024, -724, 0, 724),
    (0, 0, 724, 1024, 724, 0, -724, -1024, -724),
)


class World(NamedTuple):
    """The tables by name; see `layout` for their columns."""

    score: Column
    shape: Column
    creeps: Table
    towers: Table
    shells: Table
    groups: Table
    ground: Table
    events: Table
    buckets: Column
    tower_rules: Table
    creep_rules: Table
    headings: Table
    physics: Column


def lists(columns: Sequence[Sequence[int]]) -> Table:
    """Tables for the interpreted kernels."""
    return [list(column) for column in columns]


def build_world(game_map: Map, *, make: MakeTable = lists) -> World:
    """The tables for a match on `game_map`, still without seed, gold and lives."""
    numbers = _shape(game_map)
    return World(
        score=make([[0] * score.WIDTH])[0],
        shape=make([numbers])[0],
        creeps=make([[0] * creep.CAPACITY] * creep.WIDTH),
        towers=make([[0] * tower.CAPACITY] * tower.WIDTH),
        shells=make([[0] * shell.CAPACITY] * shell.WIDTH),
        groups=make(_groups(game_map)),
        ground=make(_ground(game_map)),
        events=make([[0] * event.CAPACITY] * event.WIDTH),
        buckets=make([[-1] * numbers[shape.ALL_BUCKETS]])[0],
        tower_rules=make(list(zip(*rules.TOWER_RULES, strict=True))),
        creep_rules=make(list(zip(*rules.CREEP_RULES, strict=True))),
        headings=make(_HEADINGS),
        physics=make([[constant.default for constant in rules.PHYSICS]])[0],
    )


def _shape(game_map: Map) -> list[int]:
    stride, rows = game_map.width + 2, game_map.height + 2
    across = ((stride << shape.CELL_BITS) >> shape.BUCKET_BITS) + 1
    down = ((rows << shape.CELL_BITS) >> shape.BUCKET_BITS) + 1
    goal = game_map.cell(*game_map.goal)
    x, y = game_map.centre(goal)
    spawns = [game_map.cell(*spawn) for spawn in game_map.spawns]
    return [stride, stride * rows, goal, x, y, across, across * down, len(spawns), *spawns]


def _ground(game_map: Map) -> list[list[int]]:
    cells = len(game_map.blocked)
    columns = [[0] * cells for _ in range(ground.WIDTH)]
    columns[ground.BLOCKED] = [int(blocked) for blocked in game_map.blocked]
    columns[ground.IN_CELL] = [-1] * cells
    return columns


def _groups(game_map: Map) -> list[list[int]]:
    rows = [
        (number, each.kind, each.size, each.gap, each.delay, each.spawn, 0, -1)
        for number, wave in enumerate(game_map.waves)
        for each in wave
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    assert len(columns) == group.WIDTH  # noqa: S101  a bug here, not in a map
    return columns
