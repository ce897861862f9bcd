"""The SQL of an export's events, in DuckDB: which properties are safe, and the rows without anything else.

`events` is the workspace's lake. A number is rounded to two significant digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, TypeAlias

import duckdb
import msgspec
import pyarrow as pa

from keepwell.churn.export.model import FEWEST_SHARING, OTHER, PROPERTY_PREFIX

_MOST_PROPERTIES = 40
_MOST_TEXTS = 20
_MOST_EVENT_NAMES = 100
_ROWS_OF_A_BATCH = 100_000
# One word: no sentence, no name of a person, no address.
_CODE = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$"
_ROUNDED = "case when {0} = 0 then 0 else round({0}, 1 - floor(log10(abs({0})))::int) end"
_NUMBERS = "('BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE', 'DECIMAL')"

Kind: TypeAlias = Literal["number", "text", "boolean"]


class Property(msgspec.Struct, frozen=True):
    """A property of events that is exported, and its values that enough accounts share."""

    name: str
    kind: Kind
    values: Sequence[str]


class EventPeriod(msgspec.Struct, frozen=True):
    """How many events there are, and the day of the first; None without any."""

    events: int
    first_on: date | None


def event_accounts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The external id of each account that has events."""
    return [row[0] for row in connection.execute("select distinct account from events").fetchall()]


def event_period(connection: duckdb.DuckDBPyConnection, *, before: date) -> EventPeriod:
    """The events before the day `before`."""
    sql = "select count(*), min(ts)::date from events where ts < $1::timestamptz"
    [row] = connection.execute(sql, [before]).fetchall()
    return EventPeriod(*row)


def shared_event_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The names of events that enough accounts have, the most frequent ones."""
    sql = f"""
      select event from events where not contains(event, '@') group by event
      having count(distinct account) >= {FEWEST_SHARING} order by count(*) desc, event limit {_MOST_EVENT_NAMES}
    """  # noqa: S608  constants of this module
    return sorted(row[0] for row in connection.execute(sql).fetchall())


def accounts_by_property(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many accounts have each property of events, also those that are not exported."""
    sql = """
      select p.key, count(distinct account) from events, json_each(events.properties) p group by p.key order by p.key
    """
    return dict(connection.execute(sql).fetchall())


def safe_properties(connection: duckdb.DuckDBPyConnection) -> list[Property]:
    """The properties of one type of which enough accounts share values; of text, only few words are safe.

    At most 40, those of the most events first.
    """
    number = _ROUNDED.format("try_cast(p.value as double)")
    sql = f"""
      with each as (
        select account, p.key as name,
               case when p.type in {_NUMBERS} then 'number' when p.type = 'VARCHAR' then 'text'
                    when p.type = 'BOOLEAN' then 'boolean' else 'nested' end as kind,
               case when p.type in {_NUMBERS} then ({number})::varchar else p.value ->> '$' end as value
        from events, json_each(events.properties) p where p.type <> 'NULL'),
      valued as (
        select name, kind, value, count(distinct account) as accounts, count(*) as events
        from each group by all),
      named as (
        select name, sum(events) as events from valued group by name
        having count(distinct kind) = 1
           and (any_value(kind) in ('number', 'boolean')
                or (any_value(kind) = 'text' and count(*) <= {_MOST_TEXTS}
                    and bool_and(regexp_full_match(value, '{_CODE}'))))
        order by 2 desc, 1 limit {_MOST_PROPERTIES})
      select name, any_value(kind), list(value order by value)
      from valued semi join named using (name)
      where accounts >= {FEWEST_SHARING} and regexp_full_match(name, '{_CODE}')
      group by name order by name
    """  # noqa: S608  constants of this module
    return [Property(*row) for row in connection.execute(sql).fetchall()]


def exported_events(
    connection: duckdb.DuckDBPyConnection,
    *,
    pseudonyms: pa.Table,
    names: Sequence[str],
    properties: Sequence[Property],
    before: date,
) -> pa.RecordBatchReader:
    """The events before the day `before`, in batches by instant: account, ts, event, known_on, and a column for each property.

    `ts` are whole seconds, and `known_on` is the day on which the event became known. `pseudonyms` has account and pseudonym. What is not in `names`, or not a value of its property, is "other" or null.
    """
    connection.register("pseudonyms", pseudonyms)
    columns = "".join(f", {_column(each)} as {_quoted(PROPERTY_PREFIX + each.name)}" for each in properties)
    sql = f"""
      select p.pseudonym as account, date_trunc('second', ts)::timestamp as ts,
             case when list_contains($names, event) then event else '{OTHER}' end as event,
             greatest(ts, known_at)::timestamp::date as known_on{columns}
      from events join pseudonyms p using (account)
      where ts < $before::timestamptz
      order by ts, p.pseudonym, event
    """  # noqa: S608  names are quoted, values are literals
    asked = {"names": list(names), "before": before}
    return connection.sql(sql, params=asked).to_arrow_reader(_ROWS_OF_A_BATCH)


def _column(each: Property) -> str:
    pointer = "/" + each.name.replace("~", "~0").replace("/", "~1")
    raw = f"json_extract_string(events.properties, {_literal(pointer)})"
    if each.kind == "number":
        value = _ROUNDED.format(f"try_cast({raw} as double)")
        return f"case when ({value})::varchar in ({_literals(each.values)}) then {value} end"
    if each.kind == "boolean":
        return f"case when {raw} in ({_literals(each.values)}) then {raw} = 'true' end"
    return f"case when {raw} in ({_literals(each.values)}) then {raw} end"


def _literals(values: Sequence[str]) -> str:
    return ", ".join(map(_literal, values))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
