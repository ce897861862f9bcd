"""Writing reports: figures between markers, and nothing else touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.report import seconds, table, write_part
from keepwell.platform.errors import DataValidationError

REPORT = "# Title\n\n<!-- measured: one -->\nold\n<!-- end of one -->\n\nWritten by hand.\n"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text(REPORT, encoding="utf-8")
    return path


def test_a_section_is_replaced_and_the_rest_stays(report: Path) -> None:
    write_part(report, "one", text="new\n")
    assert report.read_text(encoding="utf-8") == REPORT.replace("\nold\n", "\n\nnew\n\n")


def test_writing_a_section_twice_changes_nothing(report: Path) -> None:
    write_part(report, "one", text=r"a figure with \1 in it")
    once = report.read_text(encoding="utf-8")
    write_part(report, "one", text=r"a figure with \1 in it")
    assert report.read_text(encoding="utf-8") == once


def test_a_report_without_the_markers_is_left_unchanged(report: Path) -> None:
    with pytest.raises(DataValidationError, match="measured: other"):
        write_part(report, "other", text="new")
    assert report.read_text(encoding="utf-8") == REPORT


def test_a_duplicate_section_is_rejected(report: Path) -> None:
    report.write_text(REPORT + REPORT, encoding="utf-8")
    with pytest.raises(DataValidationError):
        write_part(report, "one", text="new")


def test_a_table_aligns_figures_right() -> None:
    assert table(["What", "Rows"], [["all", "1"]]) == "| What | Rows |\n| --- | ---: |\n| all | 1 |"


def test_seconds_have_three_significant_figures() -> None:
    assert (seconds(1234.5), seconds(99.514), seconds(0.25)) == ("1,234 s", "99.51 s", "0.25 s")
