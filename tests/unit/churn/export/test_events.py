"""What of an event may leave the workspace: values that enough accounts share, and nothing that names somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pytest

from keepwell.churn.export import store
from keepwell.churn.export.model import FEWEST_SHARING, Pseudonyms
from keepwell.churn.export.service import left_out

AT = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=UTC)
KNOWN_AT = datetime(2026, 3, 3, 1, tzinfo=UTC)
Event = tuple[str, str, Mapping[str, Any]]


def lake_of(events: Iterable[Event]) -> duckdb.DuckDBPyConnection:
    rows = [
        {
            "account": account,
            "ts": AT,
            "event": name,
            "known_at": KNOWN_AT,
            "properties": msgspec.json.encode(properties).decode(),
        }
        for account, name, properties in events
    ]
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.register("arrived", pa.Table.from_pylist(rows))
    connection.execute("create table events as from arrived")
    return connection


def by_everybody(name: str = "login", **properties: Any) -> list[Event]:
    return [(f"A-{number}", name, properties) for number in range(FEWEST_SHARING)]


def exported(events: Iterable[Event]) -> list[dict[str, Any]]:
    connection = lake_of(events)
    accounts = store.event_accounts(connection)
    reader = store.exported_events(
        connection,
        pseudonyms=pa.table({"account": accounts, "pseudonym": [each.lower() for each in accounts]}),
        names=store.shared_event_names(connection),
        properties=store.safe_properties(connection),
        before=date(2026, 4, 1),
    )
    rows: list[dict[str, Any]] = reader.read_all().to_pylist()
    return rows


def test_a_word_that_enough_accounts_share_is_exported() -> None:
    rows = exported(by_everybody(map="ford"))
    assert {row["property_map"] for row in rows} == {"ford"}


def test_a_word_of_fewer_accounts_is_null_in_the_export() -> None:
    rows = exported([*by_everybody(map="ford"), ("A-0", "login", {"map": "kranich"})])
    assert {row["property_map"] for row in rows} == {"ford", None}


@pytest.mark.parametrize("text", ["Jane Miller", "jane@kranich.example", "please call me", "x" * 41])
def test_a_text_that_is_no_single_word_keeps_its_property_out(text: str) -> None:
    rows = exported(by_everybody(note=text))
    assert "property_note" not in rows[0]


def test_a_property_with_many_texts_is_left_out() -> None:
    events = [each for number in range(21) for each in by_everybody(code=f"c-{number}")]
    assert "property_code" not in exported(events)[0]


def test_a_number_is_rounded_to_two_digits() -> None:
    rows = exported(by_everybody(seconds=12_345))
    assert {row["property_seconds"] for row in rows} == {12_000.0}


def test_a_number_of_one_account_is_null() -> None:
    rows = exported([*by_everybody(seats=5), ("A-0", "login", {"seats": 480})])
    assert {row["property_seats"] for row in rows} == {5.0, None}


@pytest.mark.parametrize("value", [{"name": "Jane"}, ["Jane"]])
def test_a_nested_property_is_left_out(value: Any) -> None:
    assert "property_user" not in exported(by_everybody(user=value))[0]


def test_a_property_of_two_types_is_left_out() -> None:
    events = [*by_everybody(plan="pro"), *by_everybody(plan=3)]
    assert "property_plan" not in exported(events)[0]


def test_the_name_of_an_event_that_one_account_has_is_other() -> None:
    rows = exported([*by_everybody("login"), ("A-0", "opened the file of Jane", {})])
    assert {row["event"] for row in rows} == {"login", "other"}


def test_an_instant_is_a_whole_second_and_no_other_column_is_there() -> None:
    row = exported(by_everybody())[0]
    assert row["ts"] == datetime(2026, 3, 1, 8, 30, 15)  # noqa: DTZ001  in UTC, by the file's promise
    assert set(row) == {"account", "ts", "event", "known_on"}


def test_an_event_has_the_day_on_which_it_became_known() -> None:
    assert exported(by_everybody())[0]["known_on"] == KNOWN_AT.date()


def test_an_awkward_name_of_a_property_changes_no_statement() -> None:
    properties = {"a\"b'c/~": 1, "plain": 2}
    rows = exported((f"A-{each}", "login", properties) for each in range(FEWEST_SHARING))
    assert set(rows[0]) == {"account", "ts", "event", "known_on", "property_plain"}


def test_the_same_key_gives_the_same_pseudonym_and_another_key_another() -> None:
    assert Pseudonyms(b"a" * 32).of("A-1") == Pseudonyms(b"a" * 32).of("A-1")
    assert Pseudonyms(b"a" * 32).of("A-1") != Pseudonyms(b"b" * 32).of("A-1")
    assert Pseudonyms(b"a" * 32).of("A-1") != Pseudonyms(b"a" * 32).of("a-1")


def test_the_name_of_a_property_that_few_accounts_have_is_only_counted() -> None:
    connection = lake_of([*by_everybody(comment="Dear all"), ("A-0", "login", {"Ada_Lovelace": True})])
    assert left_out(store.accounts_by_property(connection), set()) == ["comment", "1 more"]
