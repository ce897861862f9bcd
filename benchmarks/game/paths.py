"""The distance from every cell of a maze to the goal: the flow field compared with A* for one creep, and with tcod."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

import msgspec
import numpy as np

from benchmarks.game.scenario import crowd_map
from bulwark.compiled import compiled
from bulwark.sim.flow_field import flood
from bulwark.sim.layout import ground
from bulwark.sim.maps import FORMAT, MAX_SIDE, PAVED, ROCK, Map, canonical, read_map
from bulwark.sim.pathfinding import shortest_path
from bulwark.sim.randomness import hash32
from bulwark.sim.world import build_world
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

FLOOD, A_STAR, COMPILED, TCOD = "flood", "a_star", "compiled", "tcod"
# Calls in a row, so that each algorithm runs for some milliseconds.
_CALLS = {FLOOD: 10, A_STAR: 5, COMPILED: 500, TCOD: 20}
_SEED = 7
_ROCKS = 20  # percent of the cells in a field of rubble
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))


class MazeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Median microseconds of processor time per call and algorithm; `steps` from spawn to goal."""

    name: str
    steps: int
    microseconds: Mapping[str, float]

    def ratio(self, one: str, other: str) -> float:
        """One time relative to the other."""
        return self.microseconds[one] / self.microseconds[other]


def mazes() -> Mapping[str, Map]:
    """Mazes on the largest grid: lanes between walls, corridors one cell wide, and a field of rubble."""
    return {"lanes": read_map(crowd_map(creeps=100, towers=0)), "passages": _passages(), "rubble": _rubble()}


def measure_maze(name: str, game_map: Map, *, repeats: int, progress: Progress) -> MazeFigures:
    """Time each algorithm in turn. Raises CorruptData if one of them finds a different distance."""
    calls = _algorithms(game_map)
    steps = _checked(name, game_map, calls)
    runs: dict[str, list[float]] = {each: [] for each in calls}
    with progress.step(f"Paths through {name}", total=repeats * len(calls)) as step:
        for each in [*calls] * repeats:
            runs[each].append(_seconds(calls[each], _CALLS[each]) / _CALLS[each] * 1_000_000)
            step.advance()
    return MazeFigures(
        name=name, steps=steps, microseconds={each: median(times) for each, times in runs.items()}
    )


def _algorithms(game_map: Map) -> Mapping[str, Callable[[], Any]]:
    engine = compiled()
    world, compiled_world = build_world(game_map), build_world(game_map, make=engine.make)
    start, goal = game_map.cell(*game_map.spawns[0]), game_map.cell(*game_map.goal)

    def flooded() -> Sequence[int]:
        flood(world)
        return world.ground[ground.STEPS]

    def flooded_compiled() -> Sequence[int]:
        engine.flood(compiled_world)
        return compiled_world.ground[ground.STEPS]

    def walked() -> Sequence[int]:
        return shortest_path(game_map.blocked, game_map.stride, start=start, goal=goal)

    return {FLOOD: flooded, A_STAR: walked, COMPILED: flooded_compiled, TCOD: _tcod(game_map)}


def _tcod(game_map: Map) -> Callable[[], Any]:
    """Over the four sides only, like the core; its table is created for each call, as its API requires."""
    import tcod.path  # noqa: PLC0415  only the Python of the peers has it

    shape = (len(game_map.blocked) // game_map.stride, game_map.stride)
    cost = 1 - np.frombuffer(game_map.blocked, dtype=np.uint8).astype(np.int32).reshape(shape)
    empty = tcod.path.maxarray(shape, dtype=np.int32)
    empty[divmod(game_map.cell(*game_map.goal), game_map.stride)] = 0

    def measured() -> Any:
        distance = empty.copy()
        tcod.path.dijkstra2d(distance, cost, 1, None, out=distance)
        return distance

    return measured


def _checked(name: str, game_map: Map, calls: Mapping[str, Callable[[], Any]]) -> int:
    start = game_map.cell(*game_map.spawns[0])
    ours, compiled_ours, theirs = (
        list(map(int, np.ravel(calls[each]()))) for each in (FLOOD, COMPILED, TCOD)
    )
    far = max(theirs)
    expected = [
        ground.BARRED if blocked else ground.FAR if steps == far else steps
        for blocked, steps in zip(game_map.blocked, theirs, strict=True)
    ]
    if not ours == compiled_ours == expected or ours[start] != len(calls[A_STAR]()) - 1:
        raise CorruptData(
            f"Two paths through {name} differ in length.", hint="The times would be meaningless."
        )
    return ours[start]


def _seconds(call: Callable[[], Any], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        call()
    return time.process_time() - began


def _passages() -> Map:
    """A maze without loops, dug randomly from room to room until all are connected; rooms are every second cell."""
    rows = [[ROCK] * MAX_SIDE for _ in range(MAX_SIDE)]
    rows[0][0] = PAVED
    trail = [(0, 0)]
    draws = 0
    while trail:
        column, row = trail[-1]
        doors = [
            (across, down)
            for across, down in _SIDES
            if 0 <= column + 2 * across < MAX_SIDE
            and 0 <= row + 2 * down < MAX_SIDE
            and rows[row + 2 * down][column + 2 * across] == ROCK
        ]
        if not doors:
            trail.pop()
            continue
        across, down = doors[hash32(_SEED, draws, 0) % len(doors)]
        draws += 1
        rows[row + down][column + across] = rows[row + 2 * down][column + 2 * across] = PAVED
        trail.append((column + 2 * across, row + 2 * down))
    return _map(rows, last=MAX_SIDE - 2)


def _rubble() -> Map:
    """Randomly scattered rocks; the first such field with a path through."""
    seed = _SEED
    while True:
        rows = [
            [ROCK if hash32(seed, row, column) % 100 < _ROCKS else PAVED for column in range(MAX_SIDE)]
            for row in range(MAX_SIDE)
        ]
        rows[0][0] = rows[-1][-1] = PAVED
        game_map = _map(rows, last=MAX_SIDE - 1)
        if shortest_path(
            game_map.blocked,
            game_map.stride,
            start=game_map.cell(*game_map.spawns[0]),
            goal=game_map.cell(*game_map.goal),
        ):
            return game_map
        seed += 1


def _map(rows: Sequence[Sequence[str]], *, last: int) -> Map:
    return read_map(
        canonical(
            {
                "format": FORMAT, "id": "maze", "name": "Maze", "order": 1, "width": MAX_SIDE, "height": MAX_SIDE,
                "terrain": ["".join(row) for row in rows], "spawns": [(0, 0)], "goal": (last, last),
                "gold": 1, "lives": 1, "waves": [[("runner", 1, 1, 0, 0)]],
            }
        )
    )  # fmt: skip
