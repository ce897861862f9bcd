"""An export that cannot be written says so in one sentence, and leaves the earlier one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from keepwell.churn.export.files import replaced, write_table
from keepwell.churn.export.model import MANIFEST
from keepwell.platform.errors import Conflict, StorageFull, Unavailable

SCHEMA = pa.schema([("account", pa.string())])
ROWS = pa.table({"account": [f"{number:016x}" for number in range(200_000)]}, schema=SCHEMA)


def write(folder: Path) -> None:
    with replaced(folder) as new:
        write_table(new, "events", ROWS.to_batches(), schema=SCHEMA, form="csv")


def test_a_full_disk_leaves_the_earlier_export(disk_of: Callable[[int], Path]) -> None:
    folder = disk_of(1_000_000) / "export"
    folder.mkdir()
    (folder / MANIFEST).write_text("{}")
    with pytest.raises(StorageFull, match=r"The disk of .* is full"):
        write(folder)
    assert [each.name for each in folder.parent.iterdir()] == ["export"]
    assert (folder / MANIFEST).read_text() == "{}"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"Cannot write .*file/export: Not a directory"):
        write(tmp_path / "file" / "export")


def test_a_folder_with_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Conflict, match="contains something else"):
        write(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
