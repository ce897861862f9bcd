"""The benchmarks end to end, with few rows: their figures must be consistent. Times are not judged."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import bench as measurements
from benchmarks.disk import measure_disk
from benchmarks.intake.http_intake import COMMITS, LOADS, measure_http
from benchmarks.intake.reading import READINGS, Counted
from benchmarks.intake.sensors import malformed
from benchmarks.intake.writing import WRITINGS
from benchmarks.measuring import Cost, python, run
from benchmarks.profiling import profiled
from benchmarks.server.work import measure_work
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import SilentProgress
from keepwell.records.accounts.model import AccountItem

ROOT = Path(__file__).parents[3]
ROWS = 3_000


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_textbook_api_returns_the_fields_that_ours_does() -> None:
    # Parsed and not imported: only the benchmark installs what it is written with.
    source = ast.parse((ROOT / "benchmarks" / "server" / "api_baseline.py").read_text(encoding="utf-8"))
    (textbook,) = (
        each for each in source.body if isinstance(each, ast.ClassDef) and each.name == "AccountOut"
    )
    fields = {
        each.target.id
        for each in textbook.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    assert fields == set(AccountItem.__struct_fields__)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    place = str(tmp_path_factory.mktemp("disk"))
    few = ("--rows", str(ROWS), "--textbook-rows", "1000", "--repeats", "1")
    done = bench("intake", *few, "--on", place, "--json")
    assert done.returncode == 0, done.stderr
    assert not list(Path(place).iterdir())
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


@pytest.mark.thorough
def test_each_row_is_accepted_or_a_dead_letter(figures: dict[str, Any]) -> None:
    for contest in figures["intake"]["contests"]:
        assert contest["rows"] + contest["dead_letters"] == ROWS
        assert contest["dead_letters"] == malformed(ROWS)


@pytest.mark.thorough
def test_the_ratio_is_computed_from_processor_seconds(figures: dict[str, Any]) -> None:
    for contest in figures["intake"]["contests"]:
        ratio = contest["textbook"]["cpu_seconds"] / contest["intake"]["cpu_seconds"]
        assert contest["ratio"] == pytest.approx(ratio)


@pytest.mark.thorough
def test_intake_writes_all_good_rows_and_no_malformed_one_to_parquet(figures: dict[str, Any]) -> None:
    ours = figures["parquet"]["outcomes"][0]
    assert (ours["good"], ours["good_lost"], ours["malformed_kept"]) == (ROWS - malformed(ROWS), 0, 0)


def test_every_reader_and_writer_is_measured_including_ours(tmp_path: Path) -> None:
    figures = measure_disk(tmp_path, lines=2_000, synced_lines=5, repeats=1, progress=SilentProgress())
    assert [way.name for way in figures.readings] == list(READINGS)
    assert [way.name for way in figures.writings] == list(WRITINGS)
    for ways in (figures.readings, figures.writings):
        assert [way.ratio for way in ways if way.chosen] == [1.0]


@pytest.mark.parametrize("name", READINGS)
def test_a_reader_sees_every_line_of_a_file_of_several_blocks(name: str, tmp_path: Path) -> None:
    path = tmp_path / "lines"
    lines = [b"x" * (number % 5_000) + b"\n" for number in range(1_500)]
    path.write_bytes(b"".join(lines))
    assert READINGS[name](path) == Counted(1_500, path.stat().st_size)


@pytest.mark.parametrize("name", WRITINGS)
def test_a_writer_writes_exactly_the_lines(name: str, tmp_path: Path) -> None:
    lines = [b"%d%s\n" % (number, b"x" * 40_000) for number in range(60)]
    WRITINGS[name].write(tmp_path / "lines", lines)
    assert (tmp_path / "lines").read_bytes() == b"".join(lines)


def test_a_failing_program_ends_the_benchmark_with_its_error() -> None:
    with pytest.raises(InfrastructureError, match="out of luck"):
        run(python("-c", "raise SystemExit('out of luck')"))


def test_scaling_counts_the_startup_cost_once() -> None:
    start = Cost(cpu_seconds=1, seconds=2, peak_bytes=7, runs=[1])
    tenth = Cost(cpu_seconds=3, seconds=5, peak_bytes=9, runs=[3, 4])
    assert tenth.scaled(10, beyond=start) == Cost(cpu_seconds=21, seconds=32, peak_bytes=9, runs=[21, 31])


def test_the_hottest_function_of_a_profile_comes_first(tmp_path: Path) -> None:
    spots = profiled(["this"], folder=tmp_path)
    assert sorted(spots, key=lambda spot: -spot.share) == spots
    assert sum(spot.share for spot in spots) <= 1


@pytest.mark.thorough
def test_every_commit_strategy_is_measured_under_every_load(tmp_path: Path) -> None:
    figures = measure_http(tmp_path, events=200, repeats=1, progress=SilentProgress())
    assert [(rate.load, rate.commits) for rate in figures.rates] == [
        (load, commits) for load in LOADS for commits in COMMITS
    ]
    assert not list(tmp_path.iterdir())


def test_help_shows_an_example_of_each_benchmark() -> None:
    for name in ("intake", "io", "http", "game", "work", "scoring"):
        shown = CliRunner().invoke(measurements, [name, "--help"])
        assert f"Example: ./keepwell bench {name}" in shown.output


@pytest.mark.thorough
def test_jobs_of_both_kinds_are_measured_and_none_is_lost(tmp_path: Path) -> None:
    figures = measure_work(tmp_path, jobs=200, repeats=1, idle_seconds=1.0, progress=SilentProgress())
    assert [rate.kind for rate in figures.rates] == ["bench.transactional", "bench.leased"]
    assert all(rate.jobs_per_second > 0 for rate in figures.rates)
