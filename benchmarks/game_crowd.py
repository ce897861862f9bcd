"""Ticks of one crowd by the core, interpreted and compiled, by esper's objects, and by the browser's Python in Node."""

from __future__ import annotations

import gc
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeAlias

import esper
import msgspec

from benchmarks import game_esper
from benchmarks.game_esper_components import exported
from benchmarks.game_scenario import Crowd
from benchmarks.measuring import run
from bulwark.compiled import compiled
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.match import Match
from keepwell.platform.errors import CorruptData, Unavailable
from keepwell.platform.progress import Progress

CORE, COMPILED, ESPER, PYODIDE = "core", "compiled", "esper", "pyodide"
_ROOT = Path(__file__).resolve().parents[1]
_PYODIDE = _ROOT / "web" / "node_modules" / "pyodide"
_IN_NODE = Path(__file__).with_name("game_pyodide.mjs")


class Went(NamedTuple):
    """What so many ticks took, in seconds of processor, and what state they came to."""

    seconds: float
    state_hash: str


Way: TypeAlias = Callable[[Crowd, int], Went]


class CrowdFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor a tick by each way: the median and each run."""

    creeps: int
    towers: int
    ticks: int
    state_hash: str
    milliseconds: Mapping[str, float]
    runs: Mapping[str, Sequence[float]]

    def ratio(self, slower: str, faster: str) -> float:
        """How many ticks `faster` does while `slower` does one."""
        return self.milliseconds[slower] / self.milliseconds[faster]


def by_core(crowd: Crowd, ticks: int) -> Went:
    """By the core, interpreted."""
    return _by_engine(crowd, ticks, INTERPRETED)


def by_compiled_core(crowd: Crowd, ticks: int) -> Went:
    """By the core, compiled; a tick before it is timed compiles."""
    crowd.match(compiled()).step()
    return _by_engine(crowd, ticks, compiled())


def by_esper(crowd: Crowd, ticks: int) -> Went:
    """By the same rules on esper's objects."""
    game_map = crowd.map()
    game = game_esper.begin(game_map, crowd.state)
    seconds = _seconds(esper.process, ticks)
    return Went(seconds, Match.restore(game_map, exported(game)).state_hash())


def by_pyodide(crowd: Crowd, ticks: int) -> Went:
    """By the core on the browser's Python, in Node."""
    node = shutil.which("node")
    if node is None or not _PYODIDE.is_dir():
        raise Unavailable("Node or the web's packages are not here.", hint="`./keepwell test` installs both.")
    with tempfile.NamedTemporaryFile("wb", suffix=".json") as file:
        file.write(msgspec.json.encode({"map": crowd.map_text, "state": crowd.state, "ticks": ticks}))
        file.flush()
        done = run([node, str(_IN_NODE), str(_PYODIDE), str(_ROOT / "src"), file.name])
    return msgspec.json.decode(done.output, type=Went)


def pyodide_is_there() -> bool:
    """Whether Node and the web's packages are installed."""
    return shutil.which("node") is not None and _PYODIDE.is_dir()


WAYS: Mapping[str, Way] = {CORE: by_core, COMPILED: by_compiled_core, ESPER: by_esper, PYODIDE: by_pyodide}


def measure_crowd(
    crowd: Crowd, ways: Sequence[str], *, ticks: int, repeats: int, progress: Progress
) -> CrowdFigures:
    """Let the crowd walk by each way in turn, always the same ticks.

    Raises CorruptData where two ways come to different states: then they are not the same rules.
    """
    went: dict[str, list[Went]] = {name: [] for name in ways}
    with progress.step(f"{crowd.creeps} creeps walk", total=repeats * len(ways)) as step:
        for name in [*ways] * repeats:
            went[name].append(WAYS[name](crowd, ticks))
            step.advance()
    states = {each.state_hash for runs in went.values() for each in runs}
    if len(states) != 1:
        raise CorruptData(
            f"{', '.join(ways)} came to {len(states)} different states.",
            hint="They do not play by the same rules.",
        )
    runs = {name: [each.seconds / ticks * 1000 for each in found] for name, found in went.items()}
    return CrowdFigures(
        creeps=crowd.creeps,
        towers=crowd.towers,
        ticks=ticks,
        state_hash=states.pop(),
        milliseconds={name: median(found) for name, found in runs.items()},
        runs=runs,
    )


def _by_engine(crowd: Crowd, ticks: int, engine: Engine) -> Went:
    match = crowd.match(engine)
    seconds = _seconds(match.step, ticks)
    return Went(seconds, match.state_hash())


def _seconds(tick: Callable[[], object], times: int) -> float:
    """The garbage collector runs as it always does, but what others have left is kept out of its way."""
    gc.collect()
    gc.freeze()
    began = time.process_time()
    for _ in range(times):
        tick()
    seconds = time.process_time() - began
    gc.unfreeze()
    return seconds
