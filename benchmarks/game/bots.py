"""Whole matches played by bots, and the population generated from them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.game.crowd import Outcome
from benchmarks.measuring import python, run
from bulwark.assets import built
from bulwark.bots.player import play
from bulwark.compiled import compiled
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

_SKILL = 0.5
_SEED = 7


class MatchFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Matches played by one bot: matches per second of processor time, interpreted and compiled, as medians."""

    matches: int
    ticks: int
    interpreted: float
    compiled: float


class PopulationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of generating a population with `./keepwell bots`: processor and wall clock seconds, and peak bytes."""

    players: int
    days: int
    events: int
    cpu_seconds: float
    seconds: float
    peak_bytes: int


class _Summary(msgspec.Struct, frozen=True):
    """The part of the command's output that is needed here."""

    events: int


def measure_matches(*, maps: int, repeats: int, progress: Progress) -> MatchFigures:
    """Let a bot play a match on each of the first `maps` maps, with each engine in turn.

    Raises CorruptData if a match differs between the engines.
    """
    game_maps = built.maps()[:maps]
    play(game_maps[0], seed=_SEED, skill=_SKILL, engine=compiled())  # compiles
    engines = {"interpreted": INTERPRETED, "compiled": compiled()}
    runs: dict[str, list[Outcome]] = {name: [] for name in engines}
    ticks = 0
    with progress.step("Bots play", total=repeats * len(engines)) as step:
        for name in [*engines] * repeats:
            outcome, ticks = _play(game_maps, engines[name])
            runs[name].append(outcome)
            step.advance()
    if len({each.state_hash for outcomes in runs.values() for each in outcomes}) != 1:
        raise CorruptData(
            "A bot's match runs another way when it was compiled.", hint="This is a bug in the core."
        )
    rates = {
        name: len(game_maps) / median(each.seconds for each in outcomes) for name, outcomes in runs.items()
    }
    return MatchFigures(
        matches=len(game_maps), ticks=ticks, interpreted=rates["interpreted"], compiled=rates["compiled"]
    )


def measure_population(
    folder: Path, *, players: int, days: int, matches: int, progress: Progress
) -> PopulationFigures:
    """Generate a population in `folder`, as a user would."""
    with progress.step("Generating a population", total=None):
        done = run(
            python(
                "-m", "bulwark.bots", "--players", str(players), "--days", str(days), "--seed", str(_SEED),
                "--played", str(matches), "--out", folder / "population", "--json",
            )
        )  # fmt: skip
    return PopulationFigures(
        players=players,
        days=days,
        events=msgspec.json.decode(done.output, type=_Summary).events,
        cpu_seconds=done.cpu_seconds,
        seconds=done.seconds,
        peak_bytes=done.peak_bytes,
    )


def _play(maps: Sequence[Map], engine: Engine) -> tuple[Outcome, int]:
    began = time.process_time()
    matches = [play(each, seed=_SEED, skill=_SKILL, engine=engine) for each in maps]
    seconds = time.process_time() - began
    return Outcome(seconds, " ".join(each.state_hash for each in matches)), sum(
        each.ticks for each in matches
    )
