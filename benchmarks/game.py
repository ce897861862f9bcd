"""What Bulwark's core costs: crowds, ways through mazes, bots' matches and the population of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.game_bots import MatchFigures, PopulationFigures, measure_matches, measure_population
from benchmarks.game_crowd import (
    COMPILED,
    CORE,
    ESPER,
    PYODIDE,
    CrowdFigures,
    measure_crowd,
    pyodide_is_there,
)
from benchmarks.game_paths import MazeFigures, mazes, measure_maze
from benchmarks.game_scenario import crowd
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
    game_map: int


FULL = Size(ticks=300, repeats=5, maps=6, players=2_000, days=90, game_map=DEFAULT_MATCHES)
QUICK = Size(ticks=30, repeats=1, maps=1, players=50, days=20, game_map=2)


class GameFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured. `browser` has no figure of pyodide where Node or the web's packages are not there."""

    machine: str
    repeats: int
    crowd: CrowdFigures
    browser: CrowdFigures
    mazes: Sequence[MazeFigures]
    matches: MatchFigures
    population: PopulationFigures


def measure_game(folder: Path, *, size: Size, progress: Progress) -> GameFigures:
    """Measure all of it. Raises CorruptData where two ways that must agree do not."""
    ways = [CORE, PYODIDE] if pyodide_is_there() else [CORE]
    with progress.step("Crowds gather", total=None):
        many = crowd(creeps=500, towers=100, engine=compiled())
        some = crowd(creeps=300, towers=40, engine=compiled())
    ticks, repeats = size.ticks, size.repeats
    return GameFigures(
        machine=machine(),
        repeats=repeats,
        crowd=measure_crowd(many, [CORE, COMPILED, ESPER], ticks=ticks, repeats=repeats, progress=progress),
        browser=measure_crowd(some, ways, ticks=ticks, repeats=repeats, progress=progress),
        mazes=[
            measure_maze(name, each, repeats=repeats, progress=progress) for name, each in mazes().items()
        ],
        matches=measure_matches(maps=size.maps, repeats=min(repeats, 3), progress=progress),
        population=measure_population(
            folder, players=size.players, days=size.days, game_map=size.game_map, progress=progress
        ),
    )
