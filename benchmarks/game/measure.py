"""The cost of Bulwark's core: crowds, collisions, paths through mazes, bots' matches and the demo's population."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.game.bots import MatchFigures, PopulationFigures, measure_matches, measure_population
from benchmarks.game.collisions import CollisionFigures, measure_collisions
from benchmarks.game.crowd import (
    COMPILED,
    CORE,
    ESPER,
    PYODIDE,
    CrowdFigures,
    has_pyodide,
    measure_crowd,
)
from benchmarks.game.paths import MazeFigures, mazes, measure_maze
from benchmarks.game.scenario import crowd
from benchmarks.measuring import machine
from bulwark.bots.service import DEFAULT_MATCHES
from bulwark.compiled import compiled
from keepwell.platform.progress import Progress


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured."""

    ticks: int
    repeats: int
    maps: int
    players: int
    days: int
    matches: int


FULL = Size(ticks=300, repeats=5, maps=6, players=2_000, days=90, matches=DEFAULT_MATCHES)
QUICK = Size(ticks=30, repeats=1, maps=1, players=50, days=20, matches=2)


class GameFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures. `browser` lacks pyodide if Node or the web packages are missing."""

    machine: str
    repeats: int
    crowd: CrowdFigures
    browser: CrowdFigures
    collisions: Sequence[CollisionFigures]
    mazes: Sequence[MazeFigures]
    matches: MatchFigures
    population: PopulationFigures


def measure_game(folder: Path, *, size: Size, progress: Progress) -> GameFigures:
    """Measure everything. Raises CorruptData if two implementations that must agree do not."""
    ways = [CORE, PYODIDE] if has_pyodide() else [CORE]
    with progress.step("Crowds gather", total=None):
        many = crowd(creeps=500, towers=100, engine=compiled())
        some = crowd(creeps=300, towers=40, engine=compiled())
        few = crowd(creeps=100, towers=20, engine=compiled())
    ticks, repeats = size.ticks, size.repeats
    return GameFigures(
        machine=machine(),
        repeats=repeats,
        crowd=measure_crowd(many, [CORE, COMPILED, ESPER], ticks=ticks, repeats=repeats, progress=progress),
        browser=measure_crowd(some, ways, ticks=ticks, repeats=repeats, progress=progress),
        collisions=[
            measure_collisions(gathered, repeats=repeats, progress=progress) for gathered in (few, many)
        ],
        mazes=[
            measure_maze(name, each, repeats=repeats, progress=progress) for name, each in mazes().items()
        ],
        matches=measure_matches(maps=size.maps, repeats=min(repeats, 3), progress=progress),
        population=measure_population(
            folder, players=size.players, days=size.days, matches=size.matches, progress=progress
        ),
    )
