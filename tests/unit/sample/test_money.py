"""The sample's money: everything adds up, cards expire and are declined, and late payments are dunned."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from keepwell.sample.files import BusinessSummary
from keepwell.sample.service import DAYS
from tests.conftest import SAMPLE_UNTIL
from tests.unit.sample.books import Money, disagreements, money_of
from tests.unit.sample.reading import Row, read

START = SAMPLE_UNTIL - timedelta(days=DAYS)
# Of all failed payments, by the code of the first decline.
SHARES = {"insufficient_funds": 0.45, "expired_card": 0.25, "generic_decline": 0.20, "gone": 0.10}
GONE = {"lost_card", "stolen_card", "fraudulent"}


@pytest.fixture(scope="module")
def money(sample_business: BusinessSummary) -> Money:
    return money_of(sample_business.folder)


@pytest.fixture(scope="module")
def cards(sample_business: BusinessSummary) -> dict[str, Row]:
    rows = read(sample_business.folder / "payment_methods.csv")
    return {row["payment_method_id"]: row for row in rows}


def first_declines(money: Money) -> Counter[str]:
    firsts = {row["invoice_id"]: row for row in reversed(money.charges)}
    codes = (row["decline_code"] for row in firsts.values() if row["status"] == "failed")
    return Counter("gone" if code in GONE else code for code in codes)


def test_events_invoices_charges_refunds_and_spans_agree_to_the_cent(money: Money) -> None:
    assert not list(disagreements(money, start=START, until=SAMPLE_UNTIL))
    assert min(len(rows) for rows in (money.invoices, money.charges, money.refunds, money.dunning)) > 3


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("subscriptions", "amount"),
        ("invoices", "total"),
        ("invoices", "amount_refunded"),
        ("charges", "amount"),
        ("refunds", "amount"),
    ],
)
def test_a_cent_that_is_missing_is_noticed(money: Money, table: str, column: str) -> None:
    rows = [dict(row) for row in getattr(money, table)]
    row = next(row for row in reversed(rows) if row[column] != "0.00")
    row[column] = f"{float(row[column]) - 0.01:.2f}"
    changed = Money(**{**vars(money), table: rows})
    assert list(disagreements(changed, start=START, until=SAMPLE_UNTIL))


def test_an_event_that_is_missing_is_noticed(money: Money) -> None:
    changed = replace(money, told=money.told[1:])
    assert list(disagreements(changed, start=START, until=SAMPLE_UNTIL))


def test_failed_payments_have_the_usual_reasons(money: Money) -> None:
    firsts = first_declines(money)
    assert firsts.total() > 50
    for code, share in SHARES.items():
        spread = (share * (1 - share) / firsts.total()) ** 0.5
        assert abs(firsts[code] / firsts.total() - share) < 3 * spread, code


def test_a_card_is_declined_as_expired_exactly_after_its_last_month(
    money: Money, cards: dict[str, Row]
) -> None:
    used = [row for row in money.charges if row["payment_method_id"]]
    in_window = [row for row in used if row["charged_at"] >= START.isoformat()]
    for row in in_window:
        card = cards[row["payment_method_id"]]
        month = f"{card['exp_year']}-{int(card['exp_month']):02}"
        is_expired = row["charged_at"][:7] > month
        assert (row["decline_code"] == "expired_card") == is_expired, (row, card)
    assert any(row["decline_code"] == "expired_card" for row in in_window)


def test_every_account_that_pays_by_card_has_one_default_card(cards: dict[str, Row]) -> None:
    defaults = Counter(row["account_id"] for row in cards.values() if row["is_default"] == "true")
    assert set(defaults.values()) == {1}
    assert defaults.keys() == {row["account_id"] for row in cards.values()}


def test_a_decline_says_whether_to_try_again(money: Money) -> None:
    advice = {(row["decline_code"], row["advice_code"]) for row in money.charges}
    assert ("", "") in advice
    assert {each for each in advice if each[0] == "expired_card"} == {("expired_card", "confirm_card_data")}
    assert {given for code, given in advice if code in GONE} == {"do_not_try_again"}


def test_an_exhausted_payment_ends_service_after_every_retry(money: Money) -> None:
    failed: defaultdict[str, set[date]] = defaultdict(set)
    for row in money.charges:
        if row["status"] == "failed":
            failed[row["account_id"]].add(datetime.fromisoformat(row["charged_at"]).date())
    lost = [row for row in money.subscriptions if row["end_reason"] == "involuntary"]
    by_card = [row for row in lost if failed[row["account_id"]]]
    assert len(by_card) > 5
    for row in by_card:
        ends_on = date.fromisoformat(row["ends_on"])
        attempts = {ends_on - timedelta(days=days) for days in (21, 19, 14, 7, 0)}
        assert attempts <= failed[row["account_id"]]
        assert not row["cancelled_on"]


def test_dunning_has_retries_and_mails_some_of_which_bring_a_new_card(money: Money) -> None:
    outcomes = Counter((row["kind"], row["outcome"]) for row in money.dunning)
    assert {kind for kind, _ in outcomes} == {"retry", "mail"}
    assert outcomes["retry", "paid"] > 10
    assert outcomes["mail", "card_updated"] > 5


def test_several_currencies_are_paid_in_and_none_changes_within_an_account(money: Money) -> None:
    currencies: defaultdict[str, set[str]] = defaultdict(set)
    for row in [*money.subscriptions, *money.invoices, *money.charges]:
        currencies[row["account_id"]].add(row["currency"])
    assert {len(each) for each in currencies.values()} == {1}
    assert set().union(*currencies.values()) == {"USD", "EUR", "GBP", "CAD"}


def test_consumers_pay_tax_where_they_live_and_organisations_account_for_it_themselves(
    sample_business: BusinessSummary, money: Money
) -> None:
    accounts = {row["account_id"]: row for row in read(sample_business.folder / "accounts.csv")}
    taxed = {
        (accounts[row["account_id"]]["kind"], accounts[row["account_id"]]["country"])
        for row in money.invoices
        if row["tax"] != "0.00"
    }
    assert {kind for kind, _ in taxed} == {"Individual", "Guild"}
    assert {country for _, country in taxed} == {"GB", "DE", "FR", "NL", "SE"}
