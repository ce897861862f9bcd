"""The benchmark of the changes feed, with few transactions: every way is measured, and the database is left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.server import changes_report
from benchmarks.server.changes import SILENT, WITH, WITHOUT, measure_changes
from keepwell.platform.progress import SilentProgress


@pytest.mark.thorough
def test_each_way_is_measured_in_one_workspace_and_in_several(tmp_path: Path) -> None:
    figures = measure_changes(tmp_path, transactions=80, repeats=1, progress=SilentProgress())
    for rates in (figures.one_workspace, figures.own_workspaces):
        assert set(rates) == {WITHOUT, SILENT, WITH}
        assert min(rates.values()) > 0
        ratio = f"{rates[WITHOUT] / rates[WITH]:.2f}x"
        assert ratio in changes_report.markdown(figures)
        assert ratio in changes_report.summary(figures)
