"""How the sample business works: who buys, what it costs, who is hurt, and whom to write to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pytest

from keepwell.sample.account_life import AccountLife
from keepwell.sample.business import BusinessSpec
from keepwell.sample.contract import Contract
from keepwell.sample.customers.names import names
from keepwell.sample.customers.signups import customers
from keepwell.sample.customers.traits import TRAITS
from keepwell.sample.files import BusinessSummary
from keepwell.sample.hazard import hazard
from keepwell.sample.model import Billing, Kind, Plan, Terms, Window, months_after
from keepwell.sample.prices import PriceList
from keepwell.sample.usage.players import Players
from tests.conftest import SAMPLE_UNTIL
from tests.unit.sample.reading import read

UNTIL = SAMPLE_UNTIL
WINDOW = Window(UNTIL - timedelta(days=365), UNTIL)
MONTHLY = Terms(Plan.VENUE, 10, Billing.MONTHLY, 1400)


@pytest.fixture(scope="module")
def business() -> list[AccountLife]:
    lives = list(BusinessSpec(seed=7, window=WINDOW, accounts=100).lives())
    for life in lives:
        life.advance_to(UNTIL)
    return lives


def chance(**different: object) -> float:
    usual = {
        "days_to_renewal": 5,
        "billing": Billing.MONTHLY,
        "disuse": 0.5,
        "is_dearer": False,
        "is_hurt": False,
    }
    return hazard(**{**usual, **different})  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [10, 120, 1_800])
def test_any_number_of_accounts_has_each_kind_by_its_share(count: int) -> None:
    kinds = Counter(each.kind for each in customers(Random(1), WINDOW, count=count))
    for kind, traits in TRAITS.items():
        assert abs(kinds[kind] - traits.share * count) <= 2


@pytest.mark.parametrize("kind", Kind)
def test_names_are_unique_for_any_number_of_accounts(kind: Kind) -> None:
    for count in (10, 2_900):
        made = names(kind, Random(1), count=count)
        assert len(set(made)) == len(made) == count


def test_a_guild_has_one_player_per_seat_and_an_individual_has_one(business: Sequence[AccountLife]) -> None:
    for life in business:
        if isinstance(life.usage, Players):
            assert len(life.usage.members) == life.contract.terms.seats
            assert life.account.kind is Kind.GUILD or not life.usage.former


def test_two_plans_become_more_expensive_each_on_its_day() -> None:
    prices = PriceList(WINDOW)
    assert len(prices.rises) == 2
    for plan, day in prices.rises.items():
        before = prices.price(plan, day - timedelta(days=1), currency="EUR")
        assert before < prices.price(plan, day, currency="EUR")
    steady = set(Plan) - prices.rises.keys()
    assert all(
        prices.price(plan, WINDOW.start, currency="GBP") == prices.price(plan, UNTIL, currency="GBP")
        for plan in steady
    )


def test_a_price_rise_applies_from_the_next_payment(business: Sequence[AccountLife]) -> None:
    raised_on = PriceList(WINDOW).rises[Plan.SOLO]
    started = {
        price: [
            span.starts_on
            for life in business
            for span in life.contract.subscriptions
            if span.terms.plan is Plan.SOLO and span.terms.price == price and not span.is_trial
        ]
        for price in (999, 1099)
    }
    assert max(started[999]) < raised_on <= min(started[1099])
    running = [life.contract.current for life in business if life.contract.continues]
    solo = [span.terms for span in running if span is not None and span.terms.plan is Plan.SOLO]
    assert not any(terms.price == 999 and terms.billing is Billing.MONTHLY for terms in solo)


def test_a_year_costs_ten_months() -> None:
    assert Terms(Plan.GUILD, 3, Billing.ANNUAL, 899).amount == 26_970


def test_months_after_uses_the_last_day_of_a_shorter_month() -> None:
    assert months_after(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_the_unused_rest_of_a_period_is_credited_to_the_cent() -> None:
    contract = Contract("A-1")
    contract.begin(Terms(Plan.SOLO, 1, Billing.MONTHLY, 999), date(2025, 1, 31))
    assert (contract.renews_on, contract.credit(date(2025, 1, 31))) == (date(2025, 2, 28), 999)
    contract.renew()
    assert (contract.period_starts_on, contract.renews_on) == (date(2025, 2, 28), date(2025, 3, 31))
    # 15 of 31 days.
    assert contract.credit(date(2025, 3, 16)) == 483


def test_customers_leave_what_they_do_not_use_and_decide_before_the_next_payment() -> None:
    assert chance(disuse=0.0) < 0.1 * chance(disuse=1.0)
    assert chance(days_to_renewal=25) < 0.2 * chance(days_to_renewal=5)
    assert chance(is_dearer=True) > chance()
    assert chance(is_hurt=True) > chance()


def test_the_bad_release_hurts_cafes_only() -> None:
    market = BusinessSpec(seed=7, window=WINDOW, accounts=1).market
    day = market.release_on + timedelta(days=20)
    hurt: dict[bool, list[float]] = {True: [], False: []}
    for life in BusinessSpec(seed=7, window=WINDOW, accounts=600).lives():
        if life.account.kind in {Kind.CAFE, Kind.SCHOOL} and life.account.signed_up_on < market.release_on:
            life.advance_to(day)
            assert life.account.kind is Kind.CAFE or not life.usage.is_hurt(day)
            hurt[life.usage.is_hurt(day)].append(life.usage.disuse(day))
    assert len(hurt[True]) > 5
    assert min(hurt[True]) > 0.5 > sum(hurt[False]) / len(hurt[False])


def test_schools_are_closed_on_weekends_and_in_summer(business: Sequence[AccountLife]) -> None:
    open_on = {call.at.date() for life in business if life.account.kind is Kind.SCHOOL for call in life.calls}
    assert open_on
    assert not any(day.weekday() >= 5 or (day.month == 8 and day.day < 26) for day in open_on)


def test_organisations_never_use_more_seats_than_they_pay_for(business: Sequence[AccountLife]) -> None:
    reports = [
        call.event.properties
        for life in business
        for call in life.calls
        if call.event.name == "seats_reported"
    ]
    assert len(reports) > 500
    assert all(0 < int(str(each["seats_used"])) <= int(str(each["seats"])) for each in reports)


def test_contacts_are_roles_at_addresses_that_cannot_exist(sample_business: BusinessSummary) -> None:
    contacts = read(sample_business.folder / "contacts.csv")
    accounts = read(sample_business.folder / "accounts.csv")
    billing = Counter(row["account_id"] for row in contacts if row["is_billing"] == "true")
    assert billing == Counter(row["account_id"] for row in accounts)
    assert {row["name"] for row in contacts} <= {
        "Account holder", "Guild leader", "Billing", "Front desk", "School office", "Computer room", "Channel manager",
    }  # fmt: skip
    for row in contacts:
        assert re.fullmatch(r"[a-z-]+@[a-z0-9-]+\.example", row["email"])
        assert not row["website"] or re.fullmatch(r"https://[a-z0-9-]+\.example", row["website"])
    assert any(row["phone"] for row in contacts)
    assert any(row["unsubscribed_at"] for row in contacts)


def test_every_currency_has_a_rate_from_before_the_first_subscription(
    sample_business: BusinessSummary,
) -> None:
    rates = read(sample_business.folder / "rates.csv")
    subscriptions = read(sample_business.folder / "subscriptions.csv")
    first = min(row["starts_on"] for row in subscriptions)
    assert {row["currency"] for row in rates if row["date"] <= first} == {"EUR", "GBP", "CAD"}
    assert len({row["rate"] for row in rates}) > len(rates) / 2


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(1, 9))
def test_the_default_business_is_worth_saving(seed: int) -> None:
    from keepwell.sample.service import DEFAULT_ACCOUNTS  # noqa: PLC0415

    lives = list(BusinessSpec(seed=seed, window=WINDOW, accounts=DEFAULT_ACCOUNTS).lives())
    for life in lives:
        life.advance_to(UNTIL)
    worth = {"USD": 1.0, "EUR": 1.12, "GBP": 1.31, "CAD": 0.73}
    paying = sorted(
        (life.contract.terms.monthly_cents / 100 * worth[life.account.currency])
        for life in lives
        if life.contract.is_paid
    )
    assert 1_100 < len(paying) < 1_300
    assert 60_000 < sum(paying) < 90_000
    assert 0.3 < sum(paying[-30:]) / sum(paying) < 0.5
