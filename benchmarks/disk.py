"""Every way to read and write the same lines, interleaved, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.intake.reading import CHOSEN_READING, READINGS, Counted
from benchmarks.intake.sensors import sensor_rows
from benchmarks.intake.writing import CHOSEN_WRITING, WRITINGS, Way, buffered
from benchmarks.measuring import machine
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """One way over this many lines: medians of wall clock and processor seconds.

    `ratio` is its wall clock time relative to the way intake uses.
    """

    name: str
    lines: int
    seconds: float
    cpu_seconds: float
    ratio: float
    chosen: bool


class DiskFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All ways; the file being read is in the kernel's cache, like a log that is followed."""

    machine: str
    lines: int
    bytes: int
    repeats: int
    readings: list[Timing]
    writings: list[Timing]


class _Trial(msgspec.Struct, frozen=True):
    """A way and its lines; `act` returns what it read or wrote, which must equal `expected`."""

    name: str
    act: Callable[[], Counted]
    expected: Counted


class _Seconds(msgspec.Struct, frozen=True):
    seconds: float
    cpu_seconds: float


def measure_disk(
    folder: Path, *, lines: int, synced_lines: int, repeats: int, progress: Progress
) -> DiskFigures:
    """Measure on the disk of `folder`; ways that sync each line get only `synced_lines`.

    Raises CorruptData if a way loses lines.
    """
    source = folder / "source.jsonl"
    rows = [f"{row}\n".encode() for row in islice(sensor_rows(clean=True), lines)]
    buffered(source, rows)
    size = source.stat().st_size
    readings = [_Trial(name, partial(read, source), Counted(lines, size)) for name, read in READINGS.items()]
    writings = [
        _writing(name, way, folder / "target.jsonl", rows[:synced_lines] if way.syncs_each_line else rows)
        for name, way in WRITINGS.items()
    ]
    trials = [*readings, *writings]
    taken: dict[str, list[_Seconds]] = {trial.name: [] for trial in trials}
    with progress.step("Reading and writing", total=repeats * len(trials)) as step:
        for _ in range(repeats):
            for trial in trials:
                taken[trial.name].append(_timed(trial))
                step.advance()
    medians = {name: _median(some) for name, some in taken.items()}
    return DiskFigures(
        machine=machine(),
        lines=lines,
        bytes=size,
        repeats=repeats,
        readings=[_timing(trial, readings, medians, chosen=CHOSEN_READING) for trial in readings],
        writings=[_timing(trial, writings, medians, chosen=CHOSEN_WRITING) for trial in writings],
    )


def _writing(name: str, way: Way, target: Path, rows: Sequence[bytes]) -> _Trial:
    def write() -> Counted:
        way.write(target, rows)
        return Counted(len(rows), target.stat().st_size)

    return _Trial(name, write, Counted(len(rows), sum(map(len, rows))))


def _timed(trial: _Trial) -> _Seconds:
    began, began_cpu = time.monotonic(), time.process_time()
    seen = trial.act()
    taken = _Seconds(time.monotonic() - began, time.process_time() - began_cpu)
    if seen != trial.expected:
        raise CorruptData(
            f"{trial.name}: {seen.lines:,} lines of {seen.bytes:,} bytes, "
            f"but expected {trial.expected.lines:,} of {trial.expected.bytes:,}.",
            hint="This way loses lines: its figures would be meaningless.",
        )
    return taken


def _median(some: Sequence[_Seconds]) -> _Seconds:
    return _Seconds(median(each.seconds for each in some), median(each.cpu_seconds for each in some))


def _timing(trial: _Trial, kind: Sequence[_Trial], medians: dict[str, _Seconds], *, chosen: str) -> Timing:
    def per_line(each: _Trial) -> float:
        return medians[each.name].seconds / each.expected.lines

    ours = next(each for each in kind if each.name == chosen)
    taken = medians[trial.name]
    return Timing(
        name=trial.name,
        lines=trial.expected.lines,
        seconds=taken.seconds,
        cpu_seconds=taken.cpu_seconds,
        ratio=per_line(trial) / per_line(ours),
        chosen=trial.name == chosen,
    )
