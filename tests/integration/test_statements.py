"""Postgres describes every statement of every store; the columns must match the Struct's fields, in order."""

from __future__ import annotations

import importlib
import pkgutil
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import psycopg
import pytest
from psycopg.types import TypeInfo

import keepwell
from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.importing.import_log.store import dependents_in
from keepwell.importing.upserts.store import PerEntity
from keepwell.platform.pagination.keyset import Keyset
from keepwell.platform.statements import Command, Query

Statement = Query[Any] | Command

PYTHON_OF = {
    "bool": bool,
    "bytea": bytes,
    "date": date,
    "float8": float,
    "int4": int,
    "int8": int,
    "jsonb": object,
    "numeric": Decimal,
    "text": str,
    "float8[]": list,
    "int4[]": list,
    "text[]": list,
    "uuid[]": list,
    "timestamptz": datetime,
    "uuid": UUID,
}


def statements() -> Iterator[tuple[str, Statement]]:
    for module in pkgutil.walk_packages(keepwell.__path__, "keepwell."):
        if not module.name.endswith(".store") or module.name == "keepwell.intake.store":
            continue
        room = module.name.removeprefix("keepwell.").removesuffix(".store")
        for name, value in vars(importlib.import_module(module.name)).items():
            yield from ((f"{room}.{name}{suffix}", each) for suffix, each in _statements_in(name, value))


def _statements_in(name: str, value: object) -> Iterator[tuple[str, Statement]]:
    match value:
        case Query() | Command():
            yield "", value
        case Keyset():
            yield from ((f"[{sort}]", each) for sort, each in value.first.items())
            yield from ((f"[{sort}, after]", each) for sort, each in value.after.items())
        case PerEntity():
            yield from ((f"[{each.name}]", value.of(each)) for each in IMPORT_ENTITIES.entities)
        case Mapping() if not name.startswith("_"):
            yield from (
                (f"[{key}]", each) for key, each in value.items() if isinstance(each, Query | Command)
            )


STATEMENTS = dict(statements()) | {
    f"importing.import_log.dependents_in[{each.name}]": dependents_in(each)
    for each in IMPORT_ENTITIES.entities
    if each.references
}
QUERIES = {name: each for name, each in STATEMENTS.items() if isinstance(each, Query)}


def described(connection: psycopg.Connection, sql: str) -> list[tuple[str, str]]:
    """Column names and type names, as the server describes the statement."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    numbered = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", sql).replace("%%", "%")
    prepared = connection.pgconn.prepare(b"", numbered.encode())
    assert not prepared.error_message, prepared.error_message.decode()
    shape = connection.pgconn.describe_prepared(b"")
    types_by_oid = connection.adapters.types
    return [
        (
            bytes(shape.fname(index) or b"").decode(),
            _type_name(types_by_oid.get(shape.ftype(index)), shape.ftype(index)),
        )
        for index in range(shape.nfields)
    ]


def _type_name(known: TypeInfo | None, oid: int) -> str:
    if known is None:
        return "?"
    return f"{known.name}[]" if oid == known.array_oid else known.name


def plain(annotation: Any) -> set[type]:
    """The classes that an annotation allows, without None; for a literal, those of its values."""
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)}
    if get_origin(annotation) in {Union, types.UnionType}:
        return {each for part in get_args(annotation) for each in plain(part)} - {type(None)}
    origin = get_origin(annotation) or annotation
    return {list if origin is Sequence else origin}


@pytest.fixture(scope="module")
def connection(conninfo: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo) as opened:
        yield opened


def test_every_store_is_covered() -> None:
    rooms = {name.partition(".")[0] for name in STATEMENTS}
    assert {"identity", "records", "revenue", "importing", "churn"} <= rooms


@pytest.mark.parametrize("name", STATEMENTS)
def test_postgres_accepts_the_statement(connection: psycopg.Connection, name: str) -> None:
    with connection.transaction():
        described(connection, STATEMENTS[name].sql)


@pytest.mark.parametrize("name", QUERIES)
def test_the_columns_match_the_fields_of_the_struct(connection: psycopg.Connection, name: str) -> None:
    query = QUERIES[name]
    columns = [column for column in described(connection, query.sql) if column[0] != "sort_key"]
    hints = get_type_hints(query.row)
    fields = [field.name for field in msgspec.structs.fields(query.row)]
    assert len(columns) == len(fields)
    for (column, type_name), field in zip(columns, fields, strict=True):
        assert column == field or field.endswith(f"_{column}"), (column, field)
        expected = PYTHON_OF[type_name]
        assert expected is object or expected in plain(hints[field]), (field, type_name)
