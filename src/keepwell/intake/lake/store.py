"""The SQL of lakes: settings of the engine, and reading columns that are integers in some files and doubles in others, which would be rounded.

If an integer among them is too large for a double, all of them are read as decimals, which keep it.
"""

from __future__ import annotations

import glob
from collections import defaultdict
from collections.abc import Mapping, Sequence

import duckdb

from keepwell.platform.errors import DataValidationError

_ROUNDED_FROM = 2**53
# Of the 38 digits of a decimal, those that a 64-bit integer needs are before the point.
_DIGITS, _MOST_PLACES = 38, 19
_INTEGER, _DOUBLE = "INT64", "DOUBLE"


def use_utc(connection: duckdb.DuckDBPyConnection) -> None:
    """Show every instant in UTC."""
    connection.execute("set TimeZone = 'UTC'")


def define_view(connection: duckdb.DuckDBPyConnection, name: str, *, query: str) -> None:
    """Define the temporary view `name` by `query`, which `exact_view` or `first_events` returned."""
    connection.execute(f"create or replace temporary view {name} as {query}")


def restrict_access(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    """Prevent later statements from reading files outside `folder` or Python variables, and changing settings."""
    # DuckDB matches file names that we escaped against the escaped folder.
    connection.execute("set allowed_directories = [$1, $2]", [folder, glob.escape(folder)])
    connection.execute("set python_enable_replacements = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def first_events(addresses: Sequence[str]) -> str:
    """The SQL of a table of events in files that do not say when they became known."""
    columns = "account, ts, event, message_id, properties, ts as known_at, true as backfilled"
    return f"select {columns} from read_parquet([{_names(addresses)}], hive_partitioning = false)"  # noqa: S608  quoted below


def exact_view(connection: duckdb.DuckDBPyConnection, addresses: Sequence[str]) -> str | None:
    """The SQL of a table that keeps every number of these Parquet files; None if reading them by name does.

    Raises DataValidationError naming the column if no type of the engine can.
    """
    types = _types(connection, addresses)
    mixed = {
        name
        for name, kinds in _kinds(types).items()
        if kinds == {_INTEGER, _DOUBLE}
        and _has_large_integer(connection, _files_with(types, name, _INTEGER), name)
    }
    if not mixed:
        return None
    places = {name: _places(connection, _files_with(types, name, _DOUBLE), name) for name in sorted(mixed)}
    groups: defaultdict[tuple[tuple[str, str | None], ...], list[str]] = defaultdict(list)
    for address in addresses:
        groups[tuple((name, types[address].get(name)) for name in sorted(mixed))].append(address)
    return " union all by name ".join(_select(files, dict(kinds), places) for kinds, files in groups.items())


def _types(
    connection: duckdb.DuckDBPyConnection, addresses: Sequence[str]
) -> Mapping[str, Mapping[str, str]]:
    """The type of each column of each file."""
    types: dict[str, dict[str, str]] = {address: {} for address in addresses}
    sql = f"select file_name, name, type from parquet_schema([{_names(addresses)}])"  # noqa: S608  quoted below
    for address, name, kind in connection.execute(sql).fetchall():
        if kind is not None:
            types[address][name] = kind
    return types


def _kinds(types: Mapping[str, Mapping[str, str]]) -> Mapping[str, set[str]]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for columns in types.values():
        for name, kind in columns.items():
            kinds[name].add(kind)
    return kinds


def _files_with(types: Mapping[str, Mapping[str, str]], name: str, kind: str) -> list[str]:
    return [address for address, columns in types.items() if columns.get(name) == kind]


def _has_large_integer(connection: duckdb.DuckDBPyConnection, files: Sequence[str], name: str) -> bool:
    column = quoted(name)
    sql = f"select max({column}) >= $1 or min({column}) <= -$1 from {_scan(files)}"  # noqa: S608  quoted above
    (found,) = connection.execute(sql, [_ROUNDED_FROM]).fetchall()[0]
    return bool(found)


def _places(connection: duckdb.DuckDBPyConnection, files: Sequence[str], name: str) -> int:
    """The decimal places that the doubles of a column need."""
    text = f"{quoted(name)}::varchar"
    sql = (
        f"select max(length(split_part({text}, '.', 2))), bool_or(contains({text}, 'e')),"  # noqa: S608  quoted above
        f" max(length(split_part(ltrim({text}, '-'), '.', 1))) from {_scan(files)}"
    )
    places, has_exponent, digits = connection.execute(sql).fetchall()[0]
    needed = 0 if places is None else int(places)
    if has_exponent or needed > _MOST_PLACES or (digits or 0) > _DIGITS - _MOST_PLACES:
        raise DataValidationError(
            f"The column {name} has integers that a double would round, beside numbers that a decimal cannot represent.",
            hint="Read its files with separate lakes, one for each schema.",
        )
    return needed


def _select(files: Sequence[str], kinds: Mapping[str, str | None], places: Mapping[str, int]) -> str:
    # By its shortest text a double is the decimal that was written.
    casts = [
        f"{quoted(name)}::varchar::decimal({_DIGITS}, {places[name]}) as {quoted(name)}"
        for name, kind in kinds.items()
        if kind is not None
    ]
    replaced = f" replace ({', '.join(casts)})" if casts else ""
    return f"(select *{replaced} from {_scan(files)})"  # noqa: S608  quoted above


def _scan(files: Sequence[str]) -> str:
    return f"read_parquet([{_names(files)}], union_by_name = true, hive_partitioning = false)"


def _names(files: Sequence[str]) -> str:
    # Paths are not patterns.
    return ", ".join("'" + glob.escape(file).replace("'", "''") + "'" for file in files)


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
