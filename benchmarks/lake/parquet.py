"""From a file of rows to Parquet and a count: intake compared with readers that do not validate rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.intake.measure import tail_arguments
from benchmarks.intake.readers_of_json import COUNT, READERS, Content
from benchmarks.intake.sensors import SCHEMA, malformed, write_rows, write_schema
from benchmarks.measuring import Cost, Run, interleaved, python, run
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

INTAKE = "intake and lake"
INTAKE_AND_DUCKDB = "intake, then duckdb on its segments"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader made of the malformed file: counted rows, good and malformed, or the error that ended it."""

    reader: str
    good: int
    good_lost: int
    malformed_kept: int
    error: str


class ParquetFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of each reader on the clean file, and each one's outcome on the malformed file."""

    rows: int
    repeats: int
    costs: Mapping[str, Cost]
    outcomes: list[Outcome]


class Bench:
    """The rows, clean and malformed, in `folder`, and the programs that convert them to Parquet."""

    def __init__(self, folder: Path, *, rows: int, repeats: int) -> None:
        self.rows = rows
        self.repeats = repeats
        self._folder = folder
        self._schema = folder / "parquet.schema.json"
        self._clean = folder / "clean.jsonl"
        self._malformed = folder / "malformed.jsonl"

    def measure(self, progress: Progress) -> ParquetFigures:
        """Measure; raises CorruptData if a reader does not convert every row of the clean file."""
        with progress.step("Writing the rows", total=None):
            write_schema(self._schema, SCHEMA)
            write_rows(self._clean, self.rows, clean=True)
            write_rows(self._malformed, self.rows)
        programs = {
            INTAKE: partial(self._by_lake, self._clean),
            INTAKE_AND_DUCKDB: partial(self._by_intake, self._clean),
            "polars": partial(self._by_reader, "polars", [self._clean]),
            "duckdb": partial(self._by_reader, "duckdb", [self._clean]),
        }
        runs = interleaved(programs, repeats=self.repeats, label="To Parquet", progress=progress)
        for name, some in runs.items():
            self._check_clean(name, some)
        with progress.step("Reading the malformed file", total=None):
            outcomes = [
                self._outcome(INTAKE, partial(self._by_lake, self._malformed)),
                *(self._outcome(name, partial(self._by_reader, name, [self._malformed])) for name in READERS),
            ]
        costs = {name: Cost.of(some) for name, some in runs.items()}
        return ParquetFigures(rows=self.rows, repeats=self.repeats, costs=costs, outcomes=outcomes)

    def _by_reader(self, reader: str, sources: Sequence[Path]) -> Run:
        target = self._folder / "rows.parquet"
        done = run(python("-m", "benchmarks.intake.readers_of_json", reader, target, *sources), may_fail=True)
        target.unlink(missing_ok=True)
        return done

    def _by_intake(self, source: Path) -> Run:
        into = self._folder / "into"
        taken = run(python("-m", *tail_arguments(source, schema=self._schema, into=into)))
        done = self._by_reader("duckdb", sorted(into.glob("ok-*")))
        shutil.rmtree(into)
        return taken.then(done)

    def _by_lake(self, source: Path) -> Run:
        into, lake = self._folder / "into", self._folder / "lake"
        taken = run(python("-m", *tail_arguments(source, schema=self._schema, into=into)))
        # Not counted: normally segments are sealed over time, and only a benchmark needs the last rows at once.
        run(python("-m", "benchmarks.intake.sealing", into))
        fields = ("--key", "sensor", "--time", "ts")
        built = run(python("-m", "keepwell.app.cli", "lake", "build", into, "--into", lake, *fields))
        counted = run(python("-m", "benchmarks.intake.readers_of_json", COUNT, lake / "**" / "*.parquet", ""))
        shutil.rmtree(into)
        shutil.rmtree(lake)
        return taken.then(built).then(counted)

    def _check_clean(self, name: str, runs: Sequence[Run]) -> None:
        # Judged by its number, the row in place of a malformed one counts as malformed here too.
        expected = Content(self.rows, self.rows - malformed(self.rows))
        for each in runs:
            if each.exit_code or _content(each) != expected:
                raise CorruptData(
                    f"{name} did not convert the {self.rows:,} rows of the clean file: {each.output}{each.errors}",
                    hint="Its figures would be meaningless.",
                )

    def _outcome(self, reader: str, program: Callable[[], Run]) -> Outcome:
        done = program()
        good = self.rows - malformed(self.rows)
        content = Content(0, 0) if done.exit_code else _content(done)
        return Outcome(
            reader=reader,
            good=content.good,
            good_lost=good - content.good,
            malformed_kept=content.rows - content.good,
            error=done.errors.strip() if done.exit_code else "",
        )


def _content(done: Run) -> Content:
    return msgspec.json.decode(done.output.splitlines()[-1], type=Content)
