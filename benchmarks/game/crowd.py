"""Ticks of one crowd with the core (interpreted and compiled), with esper, and with the browser's Python in Node."""

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

from benchmarks.game import esper as game_esper
from benchmarks.game.esper_components import exported
from benchmarks.game.scenario import Crowd
from benchmarks.measuring import run
from bulwark.compiled import compiled
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.match import Match
from keepwell.platform.errors import CorruptData, Unavailable
from keepwell.platform.progress import Progress

CORE, COMPILED, ESPER, PYODIDE = "core", "compiled", "esper", "pyodide"
_ROOT = Path(__file__).resolve().parents[2]
_PYODIDE = _ROOT / "web" / "node_modules" / "pyodide"
_IN_NODE = Path(__file__).with_name("pyodide.mjs")


class Outcome(NamedTuple):
    """Processor seconds for the ticks, and the resulting state."""

    seconds: float
    state_hash: str


Implementation: TypeAlias = Callable[[Crowd, int], Outcome]


class CrowdFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of processor time per tick and implementation: the median and each run."""

    creeps: int
    towers: int
    ticks: int
    state_hash: str
    milliseconds: Mapping[str, float]
    runs: Mapping[str, Sequence[float]]

    def ratio(self, slower: str, faster: str) -> float:
        """How many ticks `faster` plays while `slower` plays one."""
        return self.milliseconds[slower] / self.milliseconds[faster]


def by_core(crowd: Crowd, ticks: int) -> Outcome:
    """The core, interpreted."""
    return _by_engine(crowd, ticks, INTERPRETED)


def by_compiled_core(crowd: Crowd, ticks: int) -> Outcome:
    """The core, compiled; one untimed tick triggers compilation."""
    crowd.match(compiled()).step()
    return _by_engine(crowd, ticks, compiled())


def by_esper(crowd: Crowd, ticks: int) -> Outcome:
    """The same rules on esper."""
    game_map = crowd.map()
    game = game_esper.begin(game_map, crowd.state)
    seconds = _seconds(esper.process, ticks)
    return Outcome(seconds, Match.restore(game_map, exported(game)).state_hash())


def by_pyodide(crowd: Crowd, ticks: int) -> Outcome:
    """The core on the browser's Python, in Node."""
    node = shutil.which("node")
    if node is None or not _PYODIDE.is_dir():
        raise Unavailable("Node or the web packages are missing.", hint="`./keepwell test` installs both.")
    with tempfile.NamedTemporaryFile("wb", suffix=".json") as file:
        file.write(msgspec.json.encode({"map": crowd.map_text, "state": crowd.state, "ticks": ticks}))
        file.flush()
        done = run([node, str(_IN_NODE), str(_PYODIDE), str(_ROOT / "src"), file.name])
    return msgspec.json.decode(done.output, type=Outcome)


def has_pyodide() -> bool:
    """Whether Node and the web packages are installed."""
    return shutil.which("node") is not None and _PYODIDE.is_dir()


IMPLEMENTATIONS: Mapping[str, Implementation] = {
    CORE: by_core,
    COMPILED: by_compiled_core,
    ESPER: by_esper,
    PYODIDE: by_pyodide,
}


def measure_crowd(
    crowd: Crowd, names: Sequence[str], *, ticks: int, repeats: int, progress: Progress
) -> CrowdFigures:
    """Play the same ticks of the crowd with each implementation in turn.

    Raises CorruptData if two of them reach different states: then their rules differ.
    """
    outcomes: dict[str, list[Outcome]] = {name: [] for name in names}
    with progress.step(f"{crowd.creeps} creeps walking", total=repeats * len(names)) as step:
        for name in [*names] * repeats:
            outcomes[name].append(IMPLEMENTATIONS[name](crowd, ticks))
            step.advance()
    states = {each.state_hash for runs in outcomes.values() for each in runs}
    if len(states) != 1:
        raise CorruptData(
            f"{', '.join(names)} reached {len(states)} different states.",
            hint="Their rules differ.",
        )
    runs = {name: [each.seconds / ticks * 1000 for each in timed] for name, timed in outcomes.items()}
    return CrowdFigures(
        creeps=crowd.creeps,
        towers=crowd.towers,
        ticks=ticks,
        state_hash=states.pop(),
        milliseconds={name: median(timed) for name, timed in runs.items()},
        runs=runs,
    )


def _by_engine(crowd: Crowd, ticks: int, engine: Engine) -> Outcome:
    match = crowd.match(engine)
    seconds = _seconds(match.step, ticks)
    return Outcome(seconds, match.state_hash())


def _seconds(tick: Callable[[], object], times: int) -> float:
    """Collects and freezes garbage first, so that objects from other runs do not slow the collector."""
    gc.collect()
    gc.freeze()
    began = time.process_time()
    for _ in range(times):
        tick()
    seconds = time.process_time() - began
    gc.unfreeze()
    return seconds
