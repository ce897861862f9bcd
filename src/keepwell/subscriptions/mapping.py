"""The mapping file: which CSV feeds which entity, and which column which field."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import msgspec

from keepwell.platform.errors import DataValidationError
from keepwell.platform.yaml_document import Document, read_document, require_schema

Scalar = str | bool | int | float


class FieldMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where one field's text comes from: a column (translated, or defaulted where empty) or a constant."""

    column: str | None = None
    constant: Scalar | None = None
    values: Mapping[str, Scalar] = {}
    default: Scalar | None = None
    date_format: str | None = None
    via: str | None = None


class EntityMapping(msgspec.Struct, frozen=True):
    """One CSV file and its fields; `properties` are columns that an event carries along."""

    file: str
    fields: Mapping[str, FieldMapping]
    properties: Sequence[str] = ()

    def columns(self) -> list[tuple[str, str]]:
        """Each (field, column) that the file must have."""
        mapped = [(name, field.column) for name, field in self.fields.items() if field.column is not None]
        return mapped + [("properties", column) for column in self.properties]


class WorkspaceMapping(msgspec.Struct, frozen=True):
    """What the business is called and the currency that it reports in."""

    name: str
    currency: str
    synthetic: bool = False


class MappingFile(msgspec.Struct, frozen=True):
    """A whole mapping; entities that it leaves out are None."""

    document: Document
    workspace: WorkspaceMapping
    accounts: EntityMapping | None = None
    subscriptions: EntityMapping | None = None
    events: EntityMapping | None = None

    def entities(self) -> dict[str, EntityMapping]:
        """The mapped entities in the order in which they must be imported."""
        named = {"accounts": self.accounts, "subscriptions": self.subscriptions, "events": self.events}
        return {name: entity for name, entity in named.items() if entity is not None}


def read_mapping(path: Path) -> MappingFile:
    """Read and check a mapping; raises DataValidationError naming file, line and key of each breach."""
    document = read_document(path)
    require_schema(document, _schema())
    value = msgspec.convert(document.value, type=dict[str, object])
    entities = msgspec.convert(value["entities"], type=dict[str, dict[str, object]])
    mapping = MappingFile(
        document=document,
        workspace=msgspec.convert(value["workspace"], type=WorkspaceMapping),
        **{name: _entity(entity) for name, entity in entities.items()},
    )
    _require_date_formats(mapping)
    return mapping


def require_columns(mapping: MappingFile, *, entity: str, header: Sequence[str]) -> None:
    """Raise DataValidationError for each mapped column that `header` lacks, with the nearest it has."""
    mapped = mapping.entities()[entity]
    problems = []
    for field, column in mapped.columns():
        if column in header:
            continue
        near = difflib.get_close_matches(column, header, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        place = mapping.document.place(("entities", entity, "fields", field))
        problems.append(f"{place}: {mapped.file} has no column {column!r}.{guess}")
    if problems:
        hint = f"Its columns are: {', '.join(header)}. Nothing was imported."
        raise DataValidationError("\n".join(problems), hint=hint)


def _require_date_formats(mapping: MappingFile) -> None:
    sample = datetime(2024, 12, 31, tzinfo=UTC)
    for entity, mapped in mapping.entities().items():
        for name, field in mapped.fields.items():
            try:
                is_one = field.date_format is None or _reads(sample, field.date_format)
            except (ValueError, re.error):
                is_one = False
            if not is_one:
                place = mapping.document.place(("entities", entity, "fields", name, "date_format"))
                raise DataValidationError(f"{place}: {field.date_format!r} is no format of dates.")


def _reads(sample: datetime, date_format: str) -> bool:
    """Whether a day that is written by the format is read back from it."""
    written = sample.strftime(date_format)
    return datetime.strptime(written, date_format).date() == sample.date()  # noqa: DTZ007  only the day counts


def _entity(raw: Mapping[str, object]) -> EntityMapping:
    fields = msgspec.convert(raw["fields"], type=dict[str, object])
    properties = msgspec.convert(fields.pop("properties", []), type=list[str])
    return EntityMapping(
        file=str(raw["file"]),
        fields={name: _field(value) for name, value in fields.items()},
        properties=properties,
    )


def _field(raw: object) -> FieldMapping:
    return FieldMapping(column=raw) if isinstance(raw, str) else msgspec.convert(raw, type=FieldMapping)


@cache
def _schema() -> jsonschema_rs.Draft202012Validator:
    text = files("keepwell.subscriptions").joinpath("schemas/mapping.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))
