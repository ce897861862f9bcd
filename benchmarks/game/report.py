"""The cost of Bulwark's core, as Markdown and as terminal output."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.game.collisions import CIRCLES, EACH_PAIR, GRID, CollisionFigures
from benchmarks.game.crowd import COMPILED, CORE, ESPER, PYODIDE, CrowdFigures
from benchmarks.game.measure import GameFigures
from benchmarks.game.paths import A_STAR, FLOOD, TCOD, MazeFigures
from benchmarks.game.paths import COMPILED as COMPILED_FLOOD
from benchmarks.report import megabytes, seconds, table, times

# At least this multiple of esper's tick rate; at most this share of the other algorithm's time.
_INTERPRETED_GOAL, _COMPILED_GOAL = 2.0, 40.0
_FLOOD_GOAL, _COMPILED_FLOOD_GOAL = 1.5, 1.0
# Four times the game's 30.
_MAX_TICK_RATE = 120

_NAMES = {
    ESPER: "esper's objects, interpreted", CORE: "the core, interpreted", COMPILED: "the core, compiled by numba",
    PYODIDE: "the core in pyodide (Node)",
}  # fmt: skip


def summary(figures: GameFigures) -> str:
    """A line per implementation and crowd, per maze, for the bots and for the population."""
    lines = [
        f"{crowd.creeps} creeps, {crowd.towers} towers, {_NAMES[name]}: {each:.3f} ms per tick"
        for crowd in (figures.crowd, figures.browser)
        for name, each in crowd.milliseconds.items()
    ]
    crowd, matches, population = figures.crowd, figures.matches, figures.population
    lines.append(
        f"of esper's ticks: {times(crowd.ratio(ESPER, CORE))} interpreted, {times(crowd.ratio(ESPER, COMPILED))} compiled"
    )
    lines += [
        f"{each.creeps} bodies: the scene graph takes {times(each.ratio(EACH_PAIR, GRID))} the grid's time, "
        f"{times(each.ratio(CIRCLES, GRID))} with circles"
        for each in figures.collisions
    ]
    lines += [
        f"{maze.name}: flow field {maze.ratio(FLOOD, A_STAR):.2f} of A*'s time, compiled "
        f"{maze.ratio(COMPILED_FLOOD, TCOD):.3f} of tcod's"
        for maze in figures.mazes
    ]
    lines.append(f"bots: {matches.interpreted:.2f} matches per second, {matches.compiled:.2f} compiled")
    lines.append(
        f"{population.players:,} players, {population.days} days: {seconds(population.cpu_seconds)} of processor time"
    )
    return "\n".join(lines)


def markdown(figures: GameFigures) -> str:
    """The report's section."""
    crowd, browser = figures.crowd, figures.browser
    opening = (
        f"{figures.machine}. Medians of {figures.repeats} interleaved runs of {crowd.ticks} ticks, after which "
        "all implementations had the same state."
    )
    parts = [
        opening,
        f"### {crowd.creeps} creeps, {crowd.towers} towers, 64 x 64 cells\n\n{_crowd_table(crowd)}",
        table(
            ["Of esper's ticks", "Ratio", "Goal", ""],
            [
                _at_least("interpreted", crowd.ratio(ESPER, CORE), _INTERPRETED_GOAL),
                _at_least("compiled", crowd.ratio(ESPER, COMPILED), _COMPILED_GOAL),
            ],
        ),
        f"Compiled plays {times(crowd.ratio(CORE, COMPILED))} the ticks of interpreted.",
        f"### {browser.creeps} creeps, {browser.towers} towers\n\n{_crowd_table(browser)}",
        _in_pyodide(browser),
        f"### Bodies pushed apart\n\n{_collision_table(figures.collisions)}",
        f"### Paths through mazes of 64 x 64 cells\n\n{_maze_tables(figures.mazes)}",
        f"### Bots\n\n{_bots(figures)}",
    ]
    return "\n\n".join(parts)


def _crowd_table(crowd: CrowdFigures) -> str:
    rows = [
        [
            _NAMES[name],
            f"{each:.3f}",
            f"{1000 / each:,.0f}",
            ", ".join(f"{run:.3f}" for run in crowd.runs[name]),
        ]
        for name, each in crowd.milliseconds.items()
    ]
    return table(["Implementation", "Milliseconds per tick", "Ticks per second", "Each run"], rows)


def _at_least(name: str, ratio: float, goal: float) -> list[str]:
    return [name, times(ratio), times(goal), "met" if ratio >= goal else "missed"]


def _in_pyodide(browser: CrowdFigures) -> str:
    if PYODIDE not in browser.milliseconds:
        return "Not measured in pyodide: Node or the web packages were missing."
    rate = 1000 / browser.milliseconds[PYODIDE]
    return (
        f"In pyodide a tick takes {times(browser.ratio(PYODIDE, CORE))} the time of CPython. Play at four times the "
        f"speed needs {_MAX_TICK_RATE} ticks per second, which takes {_MAX_TICK_RATE / rate:.0%} of a core."
    )


def _collision_table(collisions: Sequence[CollisionFigures]) -> str:
    rows = [
        [
            f"{each.creeps}",
            *(f"{each.microseconds[way]:,.0f}" for way in (GRID, EACH_PAIR, CIRCLES)),
            times(each.ratio(EACH_PAIR, GRID)),
            times(each.ratio(CIRCLES, GRID)),
        ]
        for each in collisions
    ]
    headers = ["Creeps", "Grid, µs", "Scene graph, µs", "With circles, µs", "Of the grid's", "With circles"]
    return table(headers, rows)


def _maze_tables(mazes: Sequence[MazeFigures]) -> str:
    rows = [
        [
            maze.name, f"{maze.steps:,}",
            *(f"{maze.microseconds[algorithm]:,.0f}" for algorithm in (FLOOD, A_STAR, COMPILED_FLOOD, TCOD)),
            f"{maze.ratio(FLOOD, A_STAR):.2f}", f"{maze.ratio(COMPILED_FLOOD, TCOD):.3f}", _maze_verdict(maze),
        ]
        for maze in mazes
    ]  # fmt: skip
    headers = [
        "Maze", "Steps", "Flow field, µs", "A*, µs", "Compiled, µs", "tcod, µs",
        f"Of A*'s time (goal {_FLOOD_GOAL})", f"Of tcod's (goal {_COMPILED_FLOOD_GOAL:.0f})", "",
    ]  # fmt: skip
    return table(headers, rows)


def _maze_verdict(maze: MazeFigures) -> str:
    met = (
        maze.ratio(FLOOD, A_STAR) <= _FLOOD_GOAL and maze.ratio(COMPILED_FLOOD, TCOD) <= _COMPILED_FLOOD_GOAL
    )
    return "met" if met else "missed"


def _bots(figures: GameFigures) -> str:
    matches, population = figures.matches, figures.population
    return (
        f"Whole matches by a bot of skill 0.5, one on each of {matches.matches} maps and {matches.ticks:,} ticks in "
        f"total: **{matches.interpreted:.2f} per second** of one core interpreted, **{matches.compiled:.2f}** compiled, "
        f"with the same final states.\n\n"
        f"`./keepwell bots` generated {population.players:,} players over {population.days} days with "
        f"{population.events:,} events in {seconds(population.cpu_seconds)} of processor time, "
        f"{seconds(population.seconds)} wall clock, and at most {megabytes(population.peak_bytes)} in one process."
    )
