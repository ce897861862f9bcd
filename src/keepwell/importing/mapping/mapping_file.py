"""The mapping file: which file becomes which entity, and which column which field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from keepwell.importing.mapping.amounts import DecimalMark
from keepwell.importing.mapping.columns import ColumnMatch, Columns
from keepwell.importing.mapping.entity_fields import EntityFields, mapping_schema
from keepwell.platform.errors import DataValidationError
from keepwell.platform.formats.yaml_document import Document, KeyPath, read_document, require_schema

Scalar = str | bool | int | float
BUILT_IN = frozenset({"stripe"})
_DATA_SUFFIXES = {".csv", ".tsv", ".jsonl", ".xlsx", ".gz", ".zip"}
_HOW_TO_NAME_ONE = (
    "--mapping names a YAML file that says which column becomes which field: docs/mapping.md shows one. "
    "The folder with the data is the other argument."
)


class FieldMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The source of one field: a column (translated, or with a default if empty) or a constant.

    `aliases` are other names of the column. A column with a `default`, even null, may be missing.
    `decimal`, `day_first` and `date_format` say how numbers and days are written; an amount `per_seat` is
    multiplied by the seats.
    """

    column: str | None = None
    constant: Scalar | None = None
    values: Mapping[str, Scalar] = {}
    default: Scalar | msgspec.UnsetType | None = msgspec.UNSET
    date_format: str | None = None
    via: str | None = None
    aliases: Sequence[str] = ()
    decimal: DecimalMark | None = None
    day_first: bool = False
    per_seat: bool = False


class EntityMapping(msgspec.Struct, frozen=True):
    """One file and its fields; `properties` are extra columns that become properties of an event.

    A row with one of the texts of `skip` in that column is skipped. An `optional` file may be missing. The
    first of `file_aliases` that exists is read if `file` does not. The `delimiter` of a CSV file is sniffed if it is not named.
    """

    file: str
    fields: Mapping[str, FieldMapping]
    properties: Sequence[str] = ()
    skip: Mapping[str, Sequence[str]] = {}
    optional: bool = False
    delimiter: str | None = None
    file_aliases: Sequence[str] = ()

    def path_in(self, folder: Path) -> Path:
        """The file in `folder`, by its own name or an alias; by its own name if there is none."""
        named = (folder / name for name in (self.file, *self.file_aliases))
        return next((path for path in named if path.exists()), folder / self.file)

    def columns(self) -> list[tuple[str, str]]:
        """Each (field, column) that the file should have."""
        mapped = [(name, field.column) for name, field in self.fields.items() if field.column is not None]
        named = [("properties", column) for column in self.properties]
        return mapped + named + [("skip", column) for column in self.skip]

    def has_default(self, column: str) -> bool:
        """Whether every field of the column has a default."""
        fed = [field for field in self.fields.values() if field.column == column]
        is_named = column in self.properties or column in self.skip
        return not is_named and all(field.default is not msgspec.UNSET for field in fed)

    def aliases(self) -> dict[str, list[str]]:
        """Each column that the file should have, with its other names."""
        found: dict[str, list[str]] = {column: [] for _, column in self.columns()}
        for field in self.fields.values():
            if field.column is not None:
                found[field.column] += field.aliases
        return found


class WorkspaceMapping(msgspec.Struct, frozen=True):
    """The name of the business and its report currency."""

    name: str
    currency: str
    synthetic: bool = False


class MappingFile(msgspec.Struct, frozen=True):
    """A whole mapping: its `entities` in import order, and the report's settings.

    `assumptions` are what it assumes about the files; each import that uses it lists them.
    """

    document: Document
    entities: Mapping[str, EntityMapping]
    workspace: WorkspaceMapping | None = None
    assumptions: Sequence[str] = ()


def read_mapping(path: Path, entities: Sequence[EntityFields]) -> MappingFile:
    """Read and check a mapping; raises DataValidationError naming file, line and key of each violation.

    `entities` are those that it may fill, in import order.
    A bare name such as `stripe` is a mapping that ships with Keepwell.
    """
    if str(path) in BUILT_IN:
        with as_file(files("keepwell.importing.mapping") / f"mappings/{path}.yaml") as own:
            return _read(own, entities)
    return _read(path, entities)


def _read(path: Path, known: Sequence[EntityFields]) -> MappingFile:
    if path.suffix.lower() in _DATA_SUFFIXES:
        raise DataValidationError(f"{path} is a file of data, not a mapping.", hint=_HOW_TO_NAME_ONE)
    if not path.exists():
        raise DataValidationError(f"There is no file {path}.{_built_in_like(path)}", hint=_HOW_TO_NAME_ONE)
    document = read_document(path)
    if not isinstance(document.value, dict):
        raise DataValidationError(f"{path} is not a mapping: it has no keys.", hint=_HOW_TO_NAME_ONE)
    require_schema(document, mapping_schema(known))
    value = msgspec.convert(_as_written(document.value, (), document.words), type=dict[str, object])
    entities = msgspec.convert(value["entities"], type=dict[str, dict[str, object]])
    defaults = msgspec.convert(value.get("defaults", {}), type=dict[str, object])
    mapping = MappingFile(
        document=document,
        workspace=msgspec.convert(value.get("workspace"), type=WorkspaceMapping | None),
        assumptions=msgspec.convert(value.get("assumptions", []), type=list[str]),
        entities={
            each.name: _entity(entities[each.name], defaults) for each in known if each.name in entities
        },
    )
    _require_date_formats(mapping)
    return mapping


def _as_written(value: object, keys: KeyPath, words: Mapping[KeyPath, str]) -> object:
    """`value` with the constants, defaults and translations of fields as the file writes them.

    YAML would read the country code no as false, and 3.10 as 3.1.
    """
    if isinstance(value, dict):
        return {key: _as_written(each, (*keys, key), words) for key, each in value.items()}
    is_value = keys[-1:] in {("constant",), ("default",)} or keys[-2:-1] == ("values",)
    word = words.get(keys, "")
    is_changed = isinstance(value, float) or (
        isinstance(value, bool) and word.lower() not in {"true", "false"}
    )
    return word if is_value and is_changed else value


def _built_in_like(path: Path) -> str:
    near = difflib.get_close_matches(str(path), BUILT_IN, n=1)
    return f" Did you mean the mapping {near[0]!r}, which is included?" if near else ""


def require_columns(mapping: MappingFile, *, entity: str, header: Sequence[str]) -> None:
    """Raise DataValidationError for each mapped column that cannot be matched in `header`.

    A column may have another name, see `keepwell.importing.mapping.columns`, or a default. The error suggests the
    nearest name in the file for a missing column.
    """
    mapped = mapping.entities[entity]
    found = Columns(mapped.aliases()).find(header)
    problems = []
    for field, column in mapped.columns():
        if column in found.matched or (column in found.missing and mapped.has_default(column)):
            continue
        place = mapping.document.place(("entities", entity, "fields", field))
        problems.append(f"{place}: {mapped.file} {_what_is_wrong(column, found, header)}")
    if problems:
        hint = f"Its columns are: {', '.join(header)}. Nothing was imported."
        raise DataValidationError("\n".join(problems), hint=hint)


def _what_is_wrong(column: str, found: ColumnMatch, header: Sequence[str]) -> str:
    if column in found.ambiguous:
        choice = " and ".join(map(repr, found.ambiguous[column]))
        return f"has {choice}, which could each be the column {column!r}; name the one that is meant."
    near = difflib.get_close_matches(column, header, n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    return f"has no column {column!r}.{guess}"


def _require_date_formats(mapping: MappingFile) -> None:
    sample = datetime(2024, 12, 31, tzinfo=UTC)
    for entity, mapped in mapping.entities.items():
        for name, field in mapped.fields.items():
            try:
                is_one = field.date_format is None or _reads(sample, field.date_format)
            except (ValueError, re.error):
                is_one = False
            if not is_one:
                place = mapping.document.place(("entities", entity, "fields", name, "date_format"))
                raise DataValidationError(f"{place}: {field.date_format!r} is not a format of dates.")


def _reads(sample: datetime, date_format: str) -> bool:
    """Whether a day written in the format can be read back from it."""
    written = sample.strftime(date_format)
    return datetime.strptime(written, date_format).date() == sample.date()  # noqa: DTZ007  only the day counts


def _entity(raw: Mapping[str, object], defaults: Mapping[str, object]) -> EntityMapping:
    """One file's mapping; a column that does not say how it is written has the `defaults` of the whole file."""
    fields = msgspec.convert(raw["fields"], type=dict[str, object])
    properties = msgspec.convert(fields.pop("properties", []), type=list[str])
    return EntityMapping(
        file=str(raw["file"]),
        fields={name: _field(value, defaults) for name, value in fields.items()},
        properties=properties,
        skip=msgspec.convert(raw.get("skip", {}), type=dict[str, list[str]]),
        optional=bool(raw.get("optional", False)),
        file_aliases=msgspec.convert(raw.get("file_aliases", []), type=list[str]),
        delimiter=msgspec.convert(raw.get("delimiter"), type=str | None),
    )


def _field(raw: object, defaults: Mapping[str, object]) -> FieldMapping:
    own = {"column": raw} if isinstance(raw, str) else msgspec.convert(raw, type=dict[str, object])
    return msgspec.convert({**defaults, **own}, type=FieldMapping)
