"""The report of an import: column drift, and the assumptions it made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import UNSET

from keepwell.importing.entity_reader import EntityReader
from keepwell.importing.mapping.mapping_file import EntityMapping, MappingFile
from keepwell.intake.service import ObservedChange


class DriftView(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between a file's columns and the mapping; `kind` is new, missing, renamed or type.

    `found` is the name or format that the file had. `first` and `last` are positions in the file.
    """

    entity: str
    kind: str
    column: str
    found: str
    rows: int
    first: str
    last: str


def drift_of(readers: Mapping[str, EntityReader]) -> list[DriftView]:
    """The drift of every file."""
    return [
        DriftView(
            entity=entity,
            kind=noted.change.kind,
            column=noted.change.column,
            found=noted.change.found,
            rows=noted.rows,
            first=noted.first,
            last=noted.last,
        )
        for entity, reader in readers.items()
        for noted in reader.drift.noted
    ]


def assumptions_of(mapping: MappingFile, readers: Mapping[str, EntityReader]) -> Sequence[str]:
    """Every assumption of the import, as sentences; the mapping's own come first."""
    entities = mapping.entities
    absent = [
        f"{entity}: there is no file {entities[entity].file}, which may be missing"
        for entity in entities
        if entity not in readers
    ]
    drifted = [
        f"{entity}: {sentence}"
        for entity, reader in readers.items()
        for noted in reader.drift.noted
        for sentence in _sentences(noted, entities[entity])
    ]
    noted = [f"{entity}: {each}" for entity, reader in readers.items() for each in reader.assumptions]
    return [*mapping.assumptions, *absent, *drifted, *noted]


def _sentences(noted: ObservedChange, mapping: EntityMapping) -> Iterator[str]:
    change = noted.change
    match change.kind:
        case "renamed":
            yield f"the column {change.found!r} was used as {change.column!r}"
        case "missing":
            for name, field in mapping.fields.items():
                if field.column == change.column and field.default is not UNSET:
                    yield f"the column {change.column!r} is missing; {name} is {field.default!r} by default"
        case "type":
            yield f"the column {change.column!r} has {change.found}"
        case "new":
            return
