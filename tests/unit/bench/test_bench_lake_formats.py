"""The comparison of lake formats, as far as it needs no peer: our own format under the load, and the report."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.lake import run as lake_run
from benchmarks.lake.formats import FORMATS, FormatFigures, LakeFigures
from benchmarks.lake.formats_report import markdown, summary
from benchmarks.lake.load import DAY, Load
from benchmarks.report import write_part

LOAD = Load(days=3, segments_per_day=2, rows=200)


@pytest.fixture
def measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lake_run.main("ours", str(tmp_path), "measure", *map(str, LOAD))
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    return figures


def figures_of(measured: dict[str, Any]) -> LakeFigures:
    costs = {
        label: {"cpu": times[0][0], "seconds": times[0][1]} for label, times in measured["costs"].items()
    }
    crashes = {"kills": 1, "rows": 4, "expected_rows": 4, "distinct_rows": 4}
    others = {"unreadable": 0, "unnamed": 2, "unnamed_after_cleaning": 0}
    figures = {
        **measured,
        "costs": {**costs, "append, last tenth": costs["append"]},
        "packages": 0,
        "package_bytes": 0,
        "syncs_per_append": None,
        "crashes": {**crashes, **others},
    }
    each = msgspec.convert(figures, FormatFigures)
    return LakeFigures(
        machine="A machine",
        days=LOAD.days,
        segments_per_day=LOAD.segments_per_day,
        rows=LOAD.rows,
        repeats=1,
        formats=dict.fromkeys(FORMATS, each),
    )


def test_the_load_has_the_rows_per_day_that_queries_expect() -> None:
    rows = Counter(day for number in range(LOAD.segments) for day in LOAD.segment(number)[DAY].to_pylist())
    assert rows == LOAD.rows_of_days()
    assert rows.total() == LOAD.segments * LOAD.rows


def test_our_lake_refuses_a_repeated_segment_is_read_by_duckdb_alone_and_erases_physically(
    measured: dict[str, Any],
) -> None:
    assert measured["repeat_refused"]
    assert measured["duckdb_alone"] == ""
    assert measured["rows_still_on_disk"] == 0


def test_appending_again_after_a_part_was_appended_repeats_no_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for segments in ("2", "3"):
        lake_run.main("ours", str(tmp_path), "append", segments, "100")
    capsys.readouterr()
    lake_run.main("ours", str(tmp_path), "check")
    found = json.loads(capsys.readouterr().out)
    assert found == {"rows": 300, "distinct": 300, "unnamed": 0, "unnamed_after_cleaning": 0}


def test_the_report_has_a_column_per_format_and_fits_its_place(
    measured: dict[str, Any], tmp_path: Path
) -> None:
    figures = figures_of(measured)
    report = tmp_path / "decision.md"
    report.write_text("<!-- measured: lake-formats -->\n<!-- end of lake-formats -->\n", encoding="utf-8")
    write_part(report, "lake-formats", text=markdown(figures))
    assert "|  | Our manifest | Delta | Iceberg |" in report.read_text(encoding="utf-8")
    assert "Compact, and remove what was replaced" in summary(figures)
