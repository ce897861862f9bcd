"""Whole matches played by bots, and the population that they stand for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.game_crowd import Went
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
    """Matches by one bot; how many in a second of processor, interpreted and compiled, medians."""

    matches: int
    ticks: int
    interpreted: float
    compiled: float


class PopulationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What making a population took, by `./keepwell bots`: seconds of processor, of the clock, and bytes at most."""

    players: int
    days: int
    events: int
    cpu_seconds: float
    seconds: float
    peak_bytes: int


class _Written(msgspec.Struct, frozen=True):
    """Of what the command prints, what counts here."""

    events: int


def measure_matches(*, maps: int, repeats: int, progress: Progress) -> MatchFigures:
    """Let a bot play a match on each of so many maps by each engine in turn.

    Raises CorruptData where the same match goes another way by the other engine.
    """
    game_map = built.maps()[:maps]
    play(game_map[0], seed=_SEED, skill=_SKILL, engine=compiled())  # compiles
    engines = {"interpreted": INTERPRETED, "compiled": compiled()}
    went: dict[str, list[Went]] = {name: [] for name in engines}
    ticks = 0
    with progress.step("Bots play", total=repeats * len(engines)) as step:
        for name in [*engines] * repeats:
            found, ticks = _play(game_map, engines[name])
            went[name].append(found)
            step.advance()
    if len({each.state_hash for found in went.values() for each in found}) != 1:
        raise CorruptData(
            "A bot's match went another way when it was compiled.", hint="The core is at fault."
        )
    rates = {name: len(game_map) / median(each.seconds for each in found) for name, found in went.items()}
    return MatchFigures(
        matches=len(game_map), ticks=ticks, interpreted=rates["interpreted"], compiled=rates["compiled"]
    )


def measure_population(
    folder: Path, *, players: int, days: int, game_map: int, progress: Progress
) -> PopulationFigures:
    """Make a population as a user would, in `folder`."""
    with progress.step("A population lives", total=None):
        done = run(
            python(
                "-m", "bulwark.bots", "--players", str(players), "--days", str(days), "--seed", str(_SEED),
                "--played", str(game_map), "--out", folder / "population", "--json",
            )
        )  # fmt: skip
    return PopulationFigures(
        players=players,
        days=days,
        events=msgspec.json.decode(done.output, type=_Written).events,
        cpu_seconds=done.cpu_seconds,
        seconds=done.seconds,
        peak_bytes=done.peak_bytes,
    )


def _play(maps: Sequence[Map], engine: Engine) -> tuple[Went, int]:
    began = time.process_time()
    matches = [play(each, seed=_SEED, skill=_SKILL, engine=engine) for each in maps]
    seconds = time.process_time() - began
    return Went(seconds, " ".join(each.state_hash for each in matches)), sum(each.ticks for each in matches)
