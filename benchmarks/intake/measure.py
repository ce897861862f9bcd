"""Intake compared with a plain Python loop: the same rows, the same schema, processor seconds in one run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.intake.sensors import ARBITRARY_SCHEMA, SCHEMA, malformed, write_rows, write_schema
from benchmarks.measuring import Cost, Run, interleaved, machine, python, run
from benchmarks.profiling import HotSpot, profiled
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

# The goals apply to this many rows: with fewer the startup cost weighs more.
GOAL_ROWS = 2_000_000
_MAX_MEMORY = 64_000_000


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """The goal: at least this ratio of processor seconds, at most this peak of memory."""

    ratio: float
    peak_bytes: int


class Contest(msgspec.Struct, frozen=True, kw_only=True):
    """Intake and the textbook loop on the same rows under one schema.

    `ratio` is textbook over intake, of the medians of processor seconds.
    """

    schema: str
    rows: int
    dead_letters: int
    intake: Cost
    textbook: Cost
    ratio: float
    goal: Goal
    hot_spots: list[HotSpot]


class IntakeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All figures; `start` is each program's cost on an empty file, which the others include."""

    machine: str
    rows: int
    bytes: int
    textbook_rows: int
    repeats: int
    start: Mapping[str, Cost]
    contests: list[Contest]


class Bench:
    """The rows, written once to `folder`, and the programs that read them."""

    def __init__(self, folder: Path, *, rows: int, textbook_rows: int, repeats: int) -> None:
        self.folder = folder
        self.file = folder / "sensors.jsonl"
        self.rows = rows
        self.textbook_rows = min(rows, textbook_rows)
        self.repeats = repeats
        self._empty = folder / "empty.jsonl"

    def measure(self, progress: Progress) -> IntakeFigures:
        """Write the rows and measure; raises CorruptData if a program does not process each row exactly once."""
        with progress.step(f"Writing {self.rows:,} rows", total=None):
            write_rows(self.file, self.rows)
            self._empty.touch()
        start = self._measure_start(progress)
        return IntakeFigures(
            machine=machine(),
            rows=self.rows,
            bytes=self.file.stat().st_size,
            textbook_rows=self.textbook_rows,
            repeats=self.repeats,
            start=start,
            contests=[
                self._contest("compiled", SCHEMA, goal=35, start=start, progress=progress),
                self._contest("arbitrary", ARBITRARY_SCHEMA, goal=25, start=start, progress=progress),
            ],
        )

    def _measure_start(self, progress: Progress) -> dict[str, Cost]:
        schema = write_schema(self.folder / "start.schema.json", SCHEMA)
        programs = {
            "intake": partial(self._run_intake, self._empty, schema),
            "textbook": partial(self._run_textbook, self._empty, schema),
        }
        runs = interleaved(programs, repeats=self.repeats, label="Starting with no rows", progress=progress)
        return {name: Cost.of(some) for name, some in runs.items()}

    def _contest(
        self,
        name: str,
        schema: Mapping[str, Any],
        *,
        goal: float,
        start: Mapping[str, Cost],
        progress: Progress,
    ) -> Contest:
        file = write_schema(self.folder / f"{name}.schema.json", schema)
        programs = {
            "intake": partial(self._run_intake, self.file, file),
            "textbook": partial(self._run_textbook, self.file, file),
        }
        runs = interleaved(programs, repeats=self.repeats, label=f"Schema: {name}", progress=progress)
        counts = [_checked(each, self.rows) for each in runs["intake"]]
        for each in runs["textbook"]:
            _checked(each, self.textbook_rows)
        intake = Cost.of(runs["intake"])
        textbook = Cost.of(runs["textbook"]).scaled(self.rows / self.textbook_rows, beyond=start["textbook"])
        with progress.step("Profiling", total=None):
            hot_spots = self._profile(file)
        return Contest(
            schema=name,
            rows=counts[0].rows,
            dead_letters=counts[0].dead_letters,
            intake=intake,
            textbook=textbook,
            ratio=textbook.cpu_seconds / intake.cpu_seconds,
            goal=Goal(ratio=goal, peak_bytes=_MAX_MEMORY),
            hot_spots=hot_spots,
        )

    def _run_intake(self, source: Path, schema: Path) -> Run:
        into = self.folder / "into"
        done = run(python("-m", *tail_arguments(source, schema=schema, into=into)))
        shutil.rmtree(into)
        return done

    def _run_textbook(self, source: Path, schema: Path) -> Run:
        into = self.folder / "textbook"
        into.mkdir()
        done = run(python("-m", "benchmarks.intake.textbook", source, schema, into, str(self.textbook_rows)))
        shutil.rmtree(into)
        return done

    def _profile(self, schema: Path) -> list[HotSpot]:
        into = self.folder / "profiled"
        spots = profiled(tail_arguments(self.file, schema=schema, into=into), folder=self.folder)
        shutil.rmtree(into)
        return spots


class _Counts(msgspec.Struct, frozen=True):
    """How many rows a program accepted and rejected."""

    rows: int
    dead_letters: int


def tail_arguments(source: Path, *, schema: Path, into: Path) -> list[str]:
    """Arguments for `python -m` that make intake process `source` as a user's command would."""
    command = ["keepwell.app.cli", "tail", str(source)]
    return [*command, "--schema", str(schema), "--into", str(into), "--once", "--json"]


def _checked(done: Run, rows: int) -> _Counts:
    """The counts of a run; raises CorruptData unless each row is accepted or rejected, and each malformed one rejected."""
    result = json.loads(done.output.splitlines()[-1])
    letters = result["dead_letters"]
    counts = _Counts(result["rows"], letters if isinstance(letters, int) else sum(letters.values()))
    if (counts.rows + counts.dead_letters, counts.dead_letters) != (rows, malformed(rows)):
        raise CorruptData(
            f"Of {rows:,} rows, {malformed(rows):,} malformed, {counts.rows:,} were accepted and "
            f"{counts.dead_letters:,} refused.",
            hint="A program loses rows or misjudges them: its figures would be meaningless.",
        )
    return counts
