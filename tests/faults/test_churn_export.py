"""An export that cannot be written says so in one sentence, and leaves the earlier one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from keepwell.app.notebook.service import _write
from keepwell.churn.export.files import replaced, write_table
from keepwell.churn.export.model import MANIFEST
from keepwell.platform.errors import Conflict, StorageFull, Unavailable

SCHEMA = pa.schema([("account", pa.string())])
ROWS = pa.table({"account": [f"{number:016x}" for number in range(200_000)]}, schema=SCHEMA)


EVENTS = '{"name":"events.csv","rows":1,"columns":["account"],"sha256":"0"}'
EARLIER = '{"recorded_until":"2026-01-01","files":[]}'


def write(folder: Path) -> None:
    with replaced(folder) as new:
        write_table(new, "events", ROWS.to_batches(), schema=SCHEMA, form="csv")


def test_a_full_disk_leaves_the_earlier_export(disk_of: Callable[[int], Path]) -> None:
    folder = disk_of(1_000_000) / "export"
    folder.mkdir()
    (folder / MANIFEST).write_text(EARLIER)
    with pytest.raises(StorageFull, match=r"The disk of .* is full"):
        write(folder)
    assert [each.name for each in folder.parent.iterdir()] == ["export"]
    assert (folder / MANIFEST).read_text() == EARLIER


def test_a_full_disk_leaves_nothing_of_a_page_of_the_notebook(disk_of: Callable[[int], Path]) -> None:
    page = disk_of(1_000_000) / "churn.html"
    page.write_text("earlier")
    with pytest.raises(StorageFull, match=r"The disk of .*churn.html is full"):
        _write(page, 2_000_000 * "x")
    assert [each.read_text() for each in page.parent.iterdir()] == ["earlier"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"Cannot write .*file/export: Not a directory"):
        write(tmp_path / "file" / "export")


def test_a_folder_with_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Conflict, match="contains something else"):
        write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_folder_that_happens_to_have_the_name_of_an_unfinished_export_is_kept(tmp_path: Path) -> None:
    precious = tmp_path / "export.new" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")
    write(tmp_path / "export")
    assert precious.read_text() == "years of work"


def test_another_applications_manifest_is_no_export(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"name":"A web application","icons":[]}')
    with pytest.raises(Conflict, match=r"contains something else: manifest\.json"):
        write(tmp_path)
    assert (tmp_path / MANIFEST).exists()


def test_what_somebody_added_to_an_export_is_not_removed(tmp_path: Path) -> None:
    write(tmp_path / "export")
    (tmp_path / "export" / MANIFEST).write_text(EARLIER.replace("[]", f"[{EVENTS}]"))
    added = tmp_path / "export" / "analysis.ipynb"
    added.write_text("{}")
    with pytest.raises(Conflict, match=r"contains something else: analysis\.ipynb"):
        write(tmp_path / "export")
    added.unlink()
    write(tmp_path / "export")


def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "thesis.txt"
    outside.write_text("years of work")
    folder = tmp_path / "export"
    folder.mkdir()
    named = EVENTS.replace("events.csv", "../thesis.txt")
    (folder / MANIFEST).write_text(EARLIER.replace("[]", f"[{named}]"))
    write(folder)
    assert outside.exists()


def test_the_present_folder_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write(Path())
    assert [each.name for each in Path().iterdir()] == ["events.csv"]


def test_a_text_that_a_spreadsheet_would_run_is_a_text_in_the_csv(tmp_path: Path) -> None:
    rows = pa.table({"account": ["=cmd|'/C calc'!A0", "\tplain", "ford", None]}, schema=SCHEMA)
    with replaced(tmp_path / "export") as new:
        write_table(new, "events", rows.to_batches(), schema=SCHEMA, form="csv")
    written = (tmp_path / "export" / "events.csv").read_text().splitlines()
    assert written == ['"account"', "\"'=cmd|'/C calc'!A0\"", '"\'\tplain"', '"ford"', ""]
