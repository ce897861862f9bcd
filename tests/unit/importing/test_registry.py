from __future__ import annotations

import re
from pathlib import Path

import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.importing.entities.records import MAPPED_RECORDS
from keepwell.importing.entities.registry import Registry
from keepwell.importing.upserts.entities import ACCOUNTS, INVOICES, RECORDS

DOCS = Path(__file__).parents[3] / "docs" / "mapping.md"


def documented_fields() -> dict[str, tuple[set[str], set[str]]]:
    """The required and the optional fields of each entity, by the table of the docs."""
    found = {}
    for name, fields in re.findall(r"^\| (\w+) \| (\*\*id\*\*.*) \|$", DOCS.read_text(), re.MULTILINE):
        names = [each.strip() for each in re.sub(r"\([^)]*\)", "", fields).split(",")]
        required = {each.strip("*") for each in names if each.startswith("**")}
        found[name] = (required, set(names) - {f"**{each}**" for each in required})
    return found


def test_the_docs_list_every_entity_with_the_fields_that_are_registered() -> None:
    registered = {each.name: (set(each.required), set(each.optional)) for each in IMPORT_ENTITIES.fields}
    assert documented_fields() == registered


def test_an_entity_before_one_that_it_refers_to_is_refused() -> None:
    with pytest.raises(ValueError, match="invoices refers to accounts, which does not come before it"):
        Registry([INVOICES, ACCOUNTS], mapped=())


def test_two_entities_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="registered twice: accounts"):
        Registry([*RECORDS, ACCOUNTS], mapped=MAPPED_RECORDS)


def test_an_entity_that_a_file_may_fill_and_nobody_writes_is_refused() -> None:
    with pytest.raises(ValueError, match="not among the entities: plans"):
        Registry([ACCOUNTS], mapped=MAPPED_RECORDS[:2])
