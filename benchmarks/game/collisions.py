"""Overlapping bodies are pushed apart: by the core's grid, and by the scene graph that draws them.

A scene graph knows where things are drawn, not what is near. Its bodies must first be brought to their final places, and
are then compared each with each; or group with group, if neighbours are grouped again in each tick with a circle around
each group, which is a second index beside the graph.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import hypot, isqrt
from statistics import median
from typing import NamedTuple, TypeAlias

import msgspec

from benchmarks.game.scenario import Crowd
from bulwark.desktop.scene.nodes import Node, Sprite, Transform, flatten
from bulwark.sim.layout import creep, creep_rule
from bulwark.sim.match import Match
from bulwark.sim.phases.moving import separate
from bulwark.sim.rules import CELL
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

GRID, EACH_PAIR, CIRCLES = "grid", "each_pair", "circles"
_CALLS = {GRID: 40, EACH_PAIR: 2, CIRCLES: 4}
_GROUP = 4  # bodies: the best of 4, 8 and 16
_BAND = 4 * CELL  # the height of a lane and its wall
_STIFFNESS = 9

Pushes: TypeAlias = tuple[Sequence[int], Sequence[int]]
"""How far each body is pushed, across and down."""


class Body(NamedTuple):
    """A creep at its final place, as drawn: `row` is its row in the core's table."""

    row: int
    x: int
    y: int
    radius: int
    mass: int
    layer: int


class CollisionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Median microseconds of processor time to push all bodies apart once, in each way."""

    creeps: int
    microseconds: Mapping[str, float]

    def ratio(self, one: str, other: str) -> float:
        """One time relative to the other."""
        return self.microseconds[one] / self.microseconds[other]


def measure_collisions(gathered: Crowd, *, repeats: int, progress: Progress) -> CollisionFigures:
    """Time each way in turn. Raises CorruptData if they do not push every body equally far."""
    match = gathered.match()
    ways = collision_ways(match)
    by_grid, *others = (way() for way in ways.values())
    if any(pushes != by_grid for pushes in others):
        raise CorruptData("Two ways push bodies differently.", hint="The times would be meaningless.")
    runs: dict[str, list[float]] = {way: [] for way in ways}
    with progress.step(f"{match.creep_count} bodies collide", total=repeats * len(ways)) as step:
        for way in [*ways] * repeats:
            runs[way].append(_seconds(ways[way], _CALLS[way]) * 1_000_000)
            step.advance()
    return CollisionFigures(
        creeps=match.creep_count, microseconds={way: median(times) for way, times in runs.items()}
    )


def collision_ways(match: Match) -> Mapping[str, Callable[[], Pushes]]:
    """The ways to push the match's creeps apart, by name; none of them changes the match's state."""
    creeps, count = match.creeps, match.creep_count
    root = _scene(match)

    def by_grid() -> Pushes:
        for column in (creep.PUSH_X, creep.PUSH_Y):
            creeps[column][:count] = [0] * count
        separate(match.world)
        pushes = list(creeps[creep.PUSH_X][:count]), list(creeps[creep.PUSH_Y][:count])
        for column in (creep.PUSH_X, creep.PUSH_Y):
            creeps[column][:count] = [0] * count
        return pushes

    def by_each_pair() -> Pushes:
        return _pushed(combinations(_bodies(match, root), 2), count)

    def by_circles() -> Pushes:
        return _pushed(_near(_bodies(match, root)), count)

    return {GRID: by_grid, EACH_PAIR: by_each_pair, CIRCLES: by_circles}


def _scene(match: Match) -> Node:
    """The creeps as the desktop draws them: a node each, below a node for all that walk or fly."""
    root = Node()
    for row in range(match.creep_count):
        place = Transform(match.creeps[creep.X][row], match.creeps[creep.Y][row])
        root.add(Node(place)).add(Node(picture=Sprite("creep")))
    return root


def _bodies(match: Match, root: Node) -> Sequence[Body]:
    kinds, rules = match.creeps[creep.KIND], match.world.creep_rules
    radius, mass, layer = rules[creep_rule.RADIUS], rules[creep_rule.MASS], rules[creep_rule.LAYER]
    return [
        Body(row, int(drawn.x), int(drawn.y), radius[kind], mass[kind], layer[kind])
        for row, (drawn, kind) in enumerate(zip(flatten(root), kinds, strict=False))
    ]


def _near(bodies: Sequence[Body]) -> Iterator[tuple[Body, Body]]:
    """The pairs within a group of neighbours, and those of two groups whose circles touch; the older body first."""
    placed = sorted(bodies, key=lambda body: (body.y // _BAND, body.x))
    groups = [sorted(placed[start : start + _GROUP]) for start in range(0, len(placed), _GROUP)]
    circles = [_circle(group) for group in groups]
    for group in groups:
        yield from combinations(group, 2)
    for (one, (x, y, reach)), (other, (far_x, far_y, far)) in combinations(
        list(zip(groups, circles, strict=True)), 2
    ):
        if hypot(far_x - x, far_y - y) < reach + far:
            for body in one:
                yield from ((body, each) if body.row < each.row else (each, body) for each in other)


def _circle(group: Sequence[Body]) -> tuple[float, float, float]:
    x, y = sum(body.x for body in group) / len(group), sum(body.y for body in group) / len(group)
    return x, y, max(hypot(body.x - x, body.y - y) + body.radius for body in group)


def _pushed(pairs: Iterator[tuple[Body, Body]], count: int) -> Pushes:
    """The core's own rule, for pairs of an older and a newer body."""
    across, down = [0] * count, [0] * count
    for (j, left, top, other_radius, other, level), (i, x, y, radius, own, layer) in pairs:
        dx, dy, reach = x - left, y - top, radius + other_radius
        squared = dx * dx + dy * dy
        if squared < reach * reach and layer == level:
            if squared == 0:
                dx, squared = 1, 1
            distance = isqrt(squared)
            push = (reach - distance) * _STIFFNESS
            mine, theirs = other * push // (own + other), own * push // (own + other)
            across[i] += dx * mine // distance
            down[i] += dy * mine // distance
            across[j] -= dx * theirs // distance
            down[j] -= dy * theirs // distance
    return across, down


def _seconds(call: Callable[[], Pushes], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times
