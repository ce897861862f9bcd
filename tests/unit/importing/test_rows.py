from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.mapping_file import EntityMapping, FieldMapping
from keepwell.importing.mapping.money_rows import payment_method_row
from keepwell.importing.mapping.rows import (
    account_row,
    event_row,
    invoice_row,
    split_trial,
    subscription_row,
)
from keepwell.importing.upserts.rejection import RejectedRow
from keepwell.intake.service import Change
from keepwell.records.model import EndReason, Interval

GOOD = {
    "id": "S-1",
    "account": "A-1",
    "plan": "Pro",
    "seats": "3",
    "amount": "29.50",
    "interval": "annual",
    "currency": "USD",
    "starts_on": "2024-01-15",
    "ends_on": "",
    "is_trial": "False",
    "cancelled_on": "",
    "end_reason": "",
}
FIELDS = {name: FieldMapping(column=name) for name in GOOD} | {
    "interval": FieldMapping(column="interval", values={"monthly": "month", "annual": "year"}),
    "amount_per": FieldMapping(constant="month"),
}


def fields(changed: Mapping[str, str] = {}, *, mapping: Mapping[str, FieldMapping] = FIELDS) -> Fields:
    return Fields({**GOOD, **changed}, EntityMapping(file="s.csv", fields=mapping))


def test_a_full_row_becomes_a_subscription_with_exact_amounts() -> None:
    row = subscription_row(fields(), currency="USD")
    assert (row.amount, row.amount_per, row.billing_interval) == (
        Decimal("29.50"),
        Interval.MONTH,
        Interval.YEAR,
    )
    assert (row.seats, row.starts_on, row.ends_on, row.is_trial) == (3, date(2024, 1, 15), None, False)


@pytest.mark.parametrize(
    ("source", "share"),
    [
        (FieldMapping(column="seats", decimal="comma"), "0.5"),
        (FieldMapping(constant="0.5", decimal="comma"), "0.5"),
        (FieldMapping(column="plan", decimal="comma"), None),
    ],
)
def test_a_share_is_read_as_its_column_writes_numbers_and_a_constant_as_the_mapping_does(
    source: FieldMapping, share: str | None
) -> None:
    read = fields({"seats": "0,5", "plan": ""}, mapping={"share": source}).optional_share("share")
    assert read == (None if share is None else Decimal(share))


@pytest.mark.parametrize("text", ["0,5", "1", "-0.1", "NaN"])
def test_what_is_not_a_share_is_rejected(text: str) -> None:
    with pytest.raises(RejectedRow, match=r"share|number"):
        fields({"seats": text}, mapping={"share": FieldMapping(column="seats")}).optional_share("share")


@pytest.mark.parametrize(
    ("field", "text", "code", "reason"),
    [
        ("id", "", "missing-value", "is empty."),
        ("starts_on", "2024-02-30", "invalid-date", "'2024-02-30' is not a date (YYYY-MM-DD)."),
        (
            "starts_on",
            "31.01.2024",
            "invalid-date",
            "'31.01.2024' is not a date (YYYY-MM-DD); the mapping can say `day_first: true` here or in its `defaults`, or a `date_format`.",
        ),
        ("starts_on", "0001-01-01", "invalid-date", "'0001-01-01' is not between 1900-01-01 and 2199-12-31."),
        ("starts_on", "9999-12-31", "invalid-date", "'9999-12-31' is not between 1900-01-01 and 2199-12-31."),
        ("ends_on", "2024-01-14", "end-before-start", "the end 2024-01-14 is before the start 2024-01-15."),
        ("amount", "-1", "negative-amount", "-1 is negative."),
        (
            "amount",
            "12,50",
            "invalid-amount",
            "'12,50' is not a plain number; the mapping can say `decimal: comma` or `decimal: point`.",
        ),
        ("amount", "NaN", "invalid-amount", "'NaN' is not a number."),
        ("amount", "1e999", "invalid-amount", "'1e999' is not a number."),
        ("amount", "1_0", "invalid-amount", "'1_0' is not a number."),
        ("amount", "9" * 13, "invalid-amount", "'9999999999999' is not an amount of money."),
        ("currency", "DOLLARS", "unknown-currency", "'DOLLARS' is not a currency code."),
        ("interval", "hourly", "unknown-value", "'hourly' is not one of the mapped values monthly, annual."),
        ("seats", "two", "invalid-number", "'two' is not a whole number of seats."),
        ("seats", "99999999999", "invalid-number", "'99999999999' is not a whole number of seats."),
        ("is_trial", "maybe", "invalid-value", "'maybe' is neither true nor false."),
        (
            "end_reason",
            "moved",
            "unknown-value",
            "'moved' is not one of voluntary, involuntary; the mapping can translate it with `values`.",
        ),
        ("plan", "Pro\x00", "invalid-text", "contains a NUL character or half of a surrogate pair."),
        ("plan", "Pro\ud83d", "invalid-text", "contains a NUL character or half of a surrogate pair."),
        ("plan", "P" * 256, "text-too-long", "has 256 characters; at most 255 are allowed."),
    ],
)
def test_a_bad_value_is_rejected_with_field_code_and_reason(
    field: str, text: str, code: str, reason: str
) -> None:
    with pytest.raises(RejectedRow) as refused:
        subscription_row(fields({field: text}), currency="USD")
    assert (refused.value.field, refused.value.reason_code, refused.value.reason) == (field, code, reason)


def test_an_end_on_the_start_day_is_a_span_of_zero_days() -> None:
    assert subscription_row(fields({"ends_on": "2024-01-15"}), currency="USD").ends_on == date(2024, 1, 15)


def test_an_end_reason_is_read() -> None:
    row = subscription_row(fields({"end_reason": "involuntary"}), currency="USD")
    assert row.end_reason is EndReason.INVOLUNTARY


def test_an_empty_field_gets_its_default_and_an_unmapped_one_the_general_default() -> None:
    mapping = {**FIELDS, "plan": FieldMapping(column="plan", default="Basic")}
    del mapping["seats"], mapping["currency"]
    row = subscription_row(fields({"plan": ""}, mapping=mapping), currency="EUR")
    assert (row.plan, row.seats, row.currency) == ("Basic", 1, "EUR")


def test_an_account_without_a_name_is_named_by_its_id() -> None:
    row = account_row(fields(mapping={"id": FieldMapping(column="account")}))
    assert (row.name, row.country, row.signed_up_on) == ("A-1", None, None)


def test_an_event_keeps_its_mapped_columns_and_its_day_is_midnight_utc() -> None:
    mapping = EntityMapping(
        file="e.csv",
        fields={
            "id": FieldMapping(column="id"),
            "account": FieldMapping(column="account", via="subscriptions"),
            "event": FieldMapping(column="plan"),
            "at": FieldMapping(column="starts_on"),
        },
        properties=["seats"],
    )
    row = event_row(Fields(GOOD, mapping))
    assert (row.via, row.at) == ("subscriptions", datetime(2024, 1, 15, tzinfo=UTC))
    assert row.properties == {"seats": "3"}


def test_a_time_with_an_offset_is_converted_to_utc() -> None:
    given = fields({"starts_on": "2024-01-15T01:30:00+02:00"})
    assert given.instant("starts_on") == datetime(2024, 1, 14, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-01T00:30:00+02:00", "2026-02-28T22:30:00Z", "2026-02-28 23:30"])
def test_one_moment_is_on_one_day_however_its_zone_is_written(text: str) -> None:
    assert fields({"starts_on": text}).day("starts_on") == date(2026, 2, 28)


def test_the_mapped_date_format_is_used() -> None:
    mapping = {**FIELDS, "starts_on": FieldMapping(column="starts_on", date_format="%d/%m/%Y")}
    row = subscription_row(fields({"starts_on": "02/03/2024"}, mapping=mapping), currency="USD")
    assert row.starts_on == date(2024, 3, 2)


def mapped(field: str, mapping: FieldMapping, **changed: str) -> Fields:
    return fields(changed, mapping=FIELDS | {field: mapping})


@pytest.mark.parametrize("text", ["3/4/2024", "03.04.2024", "03-04-2024", "3/4/2024 09:30", "2024-04-03"])
def test_a_day_first_date_is_read_if_the_mapping_says_so(text: str) -> None:
    given = mapped("starts_on", FieldMapping(column="starts_on", day_first=True), starts_on=text)
    assert given.day("starts_on") == date(2024, 4, 3)


@pytest.mark.parametrize("text", ["31/2/2024", "3/4/24", "4/31/2024"])
def test_an_impossible_date_is_rejected(text: str) -> None:
    given = mapped("starts_on", FieldMapping(column="starts_on", day_first=True), starts_on=text)
    with pytest.raises(RejectedRow, match="DD/MM/YYYY"):
        given.day("starts_on")


def test_a_price_per_seat_is_multiplied_by_the_seats() -> None:
    row = subscription_row(mapped("amount", FieldMapping(column="amount", per_seat=True)), currency="USD")
    assert (row.seats, row.amount) == (3, Decimal("88.50"))


def test_a_missing_column_is_rejected_unless_it_has_a_default() -> None:
    values = {name: text for name, text in GOOD.items() if name != "seats"}
    required = Fields(values, EntityMapping("s.csv", {"seats": FieldMapping(column="seats")}))
    with pytest.raises(RejectedRow) as refused:
        required.seats("seats")
    assert refused.value.reason_code == "missing-column"
    defaulted = Fields(values, EntityMapping("s.csv", {"seats": FieldMapping(column="seats", default=4)}))
    assert defaulted.seats("seats") == 4


@pytest.mark.parametrize(
    ("text", "expiry"),
    [("08/27", (8, 2027)), ("8 / 2027", (8, 2027)), ("12-30", (12, 2030)), ("", (None, None))],
)
def test_a_column_with_month_and_year_is_an_expiry(text: str, expiry: tuple[int | None, int | None]) -> None:
    names = {"id": "id", "account": "account", "exp_month": "valid", "exp_year": "valid"}
    mapping = EntityMapping("c.csv", {field: FieldMapping(column=column) for field, column in names.items()})
    given = Fields({"id": "P-1", "account": "A-1", "valid": text}, mapping)
    row = payment_method_row(given, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (row.exp_month, row.exp_year) == expiry


def test_a_currency_sign_is_removed_and_reported() -> None:
    given = mapped("amount", FieldMapping(column="amount"), amount="$12")
    assert subscription_row(given, currency="USD").amount == 12
    assert given.changes == [
        Change("type", "amount", "amounts with '$', which were read in the row's currency")
    ]


def test_a_row_with_a_trial_end_becomes_two_spans() -> None:
    given = mapped("trial_ends_on", FieldMapping(constant="2024-02-01"))
    trial, paid = split_trial(given, subscription_row(given, currency="USD"))
    assert (trial.external_id, trial.is_trial, trial.ends_on) == ("S-1#trial", True, date(2024, 2, 1))
    assert (paid.external_id, paid.is_trial, paid.starts_on) == ("S-1", False, date(2024, 2, 1))


def test_a_trial_that_ends_before_the_start_is_ignored() -> None:
    given = mapped("trial_ends_on", FieldMapping(constant="2023-02-01"))
    row = subscription_row(given, currency="USD")
    assert split_trial(given, row) == [row]


@pytest.mark.parametrize(
    ("status", "total", "said", "paid"),
    [
        ("paid", "58.00", "", "58.00"),
        ("paid", "58.00", "20.00", "20.00"),
        ("paid", "-5.00", "", "0"),
        ("open", "58.00", "", "0"),
        ("uncollectible", "58.00", "", "0"),
    ],
)
def test_a_paid_invoice_that_does_not_say_how_much_was_paid_in_full(
    status: str, total: str, said: str, paid: str
) -> None:
    texts = {"id": "I-1", "account": "A-1", "status": status, "total": total, "issued_on": "2024-01-15"}
    mapping = {name: FieldMapping(column=name) for name in (*texts, "amount_paid")}
    row = invoice_row(fields({**texts, "amount_paid": said}, mapping=mapping), currency="USD")
    assert row.amount_paid == Decimal(paid)
