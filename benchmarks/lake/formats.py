"""Our own manifest compared with Delta Lake and Iceberg: cost, crashes, and what each leaves behind."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.lake.load import Load
from benchmarks.lake.peers import PACKAGES, added_packages, prepare
from benchmarks.lake.run import STARTED
from benchmarks.measuring import machine
from keepwell.platform.errors import CorruptData, InfrastructureError
from keepwell.platform.progress import Progress

OURS = "ours"
FORMATS = (OURS, *PACKAGES)
_ROOT = Path(__file__).resolve().parents[2]
_CRASH_ROWS = 2_000
_CRASH_SEGMENTS = 200
_LONGEST_LIFE = 1.0
_SYNCED_SEGMENTS = 20
_SYNC_CALLS = "fsync,fdatasync,syncfs,sync_file_range,msync"


class Cost(msgspec.Struct, frozen=True):
    """Seconds of processor and of the clock for one operation."""

    cpu: float
    seconds: float


class Crashes(msgspec.Struct, frozen=True, kw_only=True):
    """What kill -9 during appends did: the rows in the end, and data files that no commit named."""

    kills: int
    rows: int
    expected_rows: int
    distinct_rows: int
    unreadable: int
    unnamed: int
    unnamed_after_cleaning: int


class FormatFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one format; `costs` are medians by the operation's name."""

    costs: Mapping[str, Cost]
    metadata_after_appends: int
    metadata_after_compaction: int
    data_after_compaction: int
    repeat_refused: bool
    duckdb_alone: str
    rows_erased: int
    rows_still_on_disk: int
    packages: int
    package_bytes: int
    syncs_per_append: float | None
    crashes: Crashes


class LakeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The comparison: its load, and the figures of each format."""

    machine: str
    days: int
    segments_per_day: int
    rows: int
    repeats: int
    formats: Mapping[str, FormatFigures]


class _Run(msgspec.Struct, frozen=True):
    """What `lake_run` prints after a measurement."""

    costs: Mapping[str, Sequence[tuple[float, float]]]
    repeat_refused: bool
    metadata_after_appends: int
    metadata_after_compaction: int
    data_after_compaction: int
    duckdb_alone: str
    rows_erased: int
    rows_still_on_disk: int


def measure_lake_formats(
    folder: Path, load: Load, *, repeats: int, kills: int, peers: Path, progress: Progress
) -> LakeFigures:
    """Run every format in turn under the same load, `repeats` times, then kill each one `kills` times.

    Raises CorruptData if a format loses or repeats a row, Unavailable if a peer cannot be installed.
    """
    with progress.step("Installing the peers", total=len(PACKAGES)) as step:
        pythons = {OURS: Path(sys.executable)}
        for name in PACKAGES:
            pythons[name] = prepare(peers, name)
            step.advance()
    contest = _Contest(folder, pythons)
    runs: dict[str, list[_Run]] = {name: [] for name in FORMATS}
    with progress.step("Measuring", total=repeats * len(FORMATS)) as step:
        for name in FORMATS * repeats:
            runs[name].append(contest.measure(name, load))
            step.advance()
    with progress.step("Killing", total=len(FORMATS)) as step:
        figures = {}
        for name in FORMATS:
            figures[name] = _figures(contest, name, runs=runs[name], kills=kills)
            step.advance()
    return LakeFigures(
        machine=machine(),
        days=load.days,
        segments_per_day=load.segments_per_day,
        rows=load.rows,
        repeats=repeats,
        formats=figures,
    )


def _figures(contest: _Contest, name: str, *, runs: Sequence[_Run], kills: int) -> FormatFigures:
    packages, size = (0, 0) if name == OURS else added_packages(contest.pythons[name])
    last = runs[-1]
    return FormatFigures(
        costs=_medians(runs),
        metadata_after_appends=last.metadata_after_appends,
        metadata_after_compaction=last.metadata_after_compaction,
        data_after_compaction=last.data_after_compaction,
        repeat_refused=last.repeat_refused,
        duckdb_alone=last.duckdb_alone,
        rows_erased=last.rows_erased,
        rows_still_on_disk=last.rows_still_on_disk,
        packages=packages,
        package_bytes=size,
        syncs_per_append=contest.syncs(name),
        crashes=contest.crash(name, kills=kills),
    )


def _medians(runs: Sequence[_Run]) -> dict[str, Cost]:
    """The median of each operation over all runs; of appends also that of the last tenth."""
    times = {label: [each for run in runs for each in run.costs[label]] for label in runs[0].costs}
    appends = [run.costs["append"] for run in runs]
    times["append, last tenth"] = [each for run in appends for each in run[-max(1, len(run) // 10) :]]
    return {
        label: Cost(median(cpu for cpu, _ in some), median(seconds for _, seconds in some))
        for label, some in times.items()
    }


class _Contest:
    def __init__(self, folder: Path, pythons: Mapping[str, Path]) -> None:
        self._folder = folder
        self.pythons = pythons

    def measure(self, name: str, load: Load) -> _Run:
        output = self._run(name, self._fresh(name), "measure", *load)
        return msgspec.json.decode(output, type=_Run)

    def syncs(self, name: str) -> float | None:
        """The kernel's calls that make an append durable; None if strace is not installed."""
        strace = shutil.which("strace")
        if strace is None:
            return None
        report = self._folder / "strace.txt"
        tracing = [strace, "-f", "-c", "-e", f"trace={_SYNC_CALLS}", "-o", str(report)]
        self._run(name, self._fresh(name), "append", _SYNCED_SEGMENTS, _CRASH_ROWS, prefix=tracing)
        lines = report.read_text(encoding="utf-8").splitlines()
        calls = [line.split()[3] for line in lines if re.search(r"\b(f(data)?sync|syncfs|msync)$", line)]
        return sum(map(int, calls)) / _SYNCED_SEGMENTS

    def crash(self, name: str, *, kills: int) -> Crashes:
        """Kill appending processes at random moments, then let one finish; raises CorruptData for a wrong row."""
        folder = self._fresh(name)
        chance = random.Random(7)  # noqa: S311  a schedule, not a secret
        unreadable = unnamed = remaining = 0
        for _ in range(kills):
            self._append_until_killed(name, folder, after=chance.random() * _LONGEST_LIFE)
            try:
                found = json.loads(self._run(name, folder, "check"))
            except InfrastructureError:
                unreadable += 1
                continue
            unnamed += found["unnamed"] - remaining
            remaining = found["unnamed_after_cleaning"]
            if found["rows"] != found["distinct"] or found["rows"] % _CRASH_ROWS:
                raise CorruptData(f"{name}: {found} after a kill.", hint="A commit is not atomic there.")
        self._run(name, folder, "append", _CRASH_SEGMENTS, _CRASH_ROWS)
        found = json.loads(self._run(name, folder, "check"))
        return Crashes(
            kills=kills,
            rows=found["rows"],
            expected_rows=_CRASH_SEGMENTS * _CRASH_ROWS,
            distinct_rows=found["distinct"],
            unreadable=unreadable,
            unnamed=unnamed,
            unnamed_after_cleaning=found["unnamed_after_cleaning"],
        )

    def _append_until_killed(self, name: str, folder: Path, *, after: float) -> None:
        command = self._command(name, folder, "append", _CRASH_SEGMENTS, _CRASH_ROWS)
        with subprocess.Popen(
            command, cwd=_ROOT, env=_environment(), stdout=subprocess.PIPE, text=True
        ) as child:
            if child.stdout is None or child.stdout.readline().strip() != STARTED:
                raise InfrastructureError(f"{name} does not start.", hint="It says why above.")
            time.sleep(after)
            child.kill()

    def _fresh(self, name: str) -> Path:
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _run(self, name: str, folder: Path, mode: str, *numbers: int, prefix: Sequence[str] = ()) -> str:
        command = [*prefix, *self._command(name, folder, mode, *numbers)]
        done = subprocess.run(
            command, cwd=_ROOT, env=_environment(), check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise InfrastructureError(
                f"{name} failed to {mode}: {done.stderr[-600:].strip()}", hint="Nothing was measured."
            )
        return done.stdout

    def _command(self, name: str, folder: Path, mode: str, *numbers: int) -> list[str]:
        module = ("-m", "benchmarks.lake.run", name, str(folder), mode)
        return [str(self.pythons[name]), *module, *map(str, numbers)]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_ROOT)}
