from __future__ import annotations

from pathlib import Path

import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.source_files import RowFile

MAPPING = """
version: 1
entities:
  accounts:
    file: accounts.csv
    delimiter: {delimiter}
    fields: {{id: id, name: "name; legal"}}
"""


@pytest.mark.parametrize(("named", "character"), [("pipe", "|"), ("'^'", "^"), ("tab", "\t")])
def test_a_mapping_names_the_delimiter_of_its_file(tmp_path: Path, named: str, character: str) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING.format(delimiter=named), encoding="utf-8")
    (tmp_path / "accounts.csv").write_text(f"id{character}name; legal\nA{character}x;y\n", encoding="utf-8")
    entity = read_mapping(tmp_path / "mapping.yaml", IMPORT_ENTITIES.fields).entities["accounts"]
    (row,) = RowFile(tmp_path / entity.file, delimiter=entity.delimiter).rows()
    assert row.values == {"id": "A", "name; legal": "x;y"}


def test_a_file_with_semicolons_is_read_without_naming_them(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id;name\nA;Doe, John\n", encoding="utf-8")
    (row,) = RowFile(tmp_path / "accounts.csv").rows()
    assert row.values == {"id": "A", "name": "Doe, John"}
