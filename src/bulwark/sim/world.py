"""All tables of a match together: what every kernel is given.

A kernel is a plain function over a World. It takes its columns into local names first, which is what makes it
quick when interpreted; it uses nothing but integers, so that compiled it does the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from bulwark.sim import rules
from bulwark.sim.layout import creep, event, ground, group, score, shape, shell, tower
from bulwark.sim.maps import Map

Column: TypeAlias = list[int]
Table: TypeAlias = list[Column]
# Makes a column of such numbers: a list, or an array for the compiled kernels.
MakeTable: TypeAlias = Callable[[Sequence[Sequence[int]]], Table]

# Units in 1,024ths by direction: nowhere, then clockwise from east.
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


def lists(columns: Sequence[Sequence[int]]) -> Table:
    """The tables of the interpreted kernels."""
    return [list(column) for column in columns]


def make_world(played: Map, *, make: MakeTable = lists) -> World:
    """The tables of a match on `played` before anything is said of it: no seed, no gold, no lives."""
    numbers = _shape(played)
    return World(
        score=make([[0] * score.WIDTH])[0],
        shape=make([numbers])[0],
        creeps=make([[0] * creep.CAPACITY] * creep.WIDTH),
        towers=make([[0] * tower.CAPACITY] * tower.WIDTH),
        shells=make([[0] * shell.CAPACITY] * shell.WIDTH),
        groups=make(_groups(played)),
        ground=make(_ground(played)),
        events=make([[0] * event.CAPACITY] * event.WIDTH),
        buckets=make([[-1] * numbers[shape.ALL_BUCKETS]])[0],
        tower_rules=make(list(zip(*rules.TOWER_RULES, strict=True))),
        creep_rules=make(list(zip(*rules.CREEP_RULES, strict=True))),
        headings=make(_HEADINGS),
    )


def _shape(played: Map) -> list[int]:
    stride, rows = played.width + 2, played.height + 2
    across = ((stride << shape.CELL_BITS) >> shape.BUCKET_BITS) + 1
    down = ((rows << shape.CELL_BITS) >> shape.BUCKET_BITS) + 1
    goal = played.cell(*played.goal)
    x, y = played.centre(goal)
    spawns = [played.cell(*spawn) for spawn in played.spawns]
    return [stride, stride * rows, goal, x, y, across, across * down, len(spawns), *spawns]


def _ground(played: Map) -> list[list[int]]:
    cells = len(played.blocked)
    columns = [[0] * cells for _ in range(ground.WIDTH)]
    columns[ground.BLOCKED] = [int(blocked) for blocked in played.blocked]
    columns[ground.IN_CELL] = [-1] * cells
    return columns


def _groups(played: Map) -> list[list[int]]:
    rows = [
        (number, found.kind, found.size, found.gap, found.delay, found.spawn, 0, -1)
        for number, wave in enumerate(played.waves)
        for found in wave
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    assert len(columns) == group.WIDTH  # noqa: S101  a slip of ours, not of a map
    return columns
