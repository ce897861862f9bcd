"""Subscribers one by one: what makes them pay more, stop playing, return and cancel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest

from bulwark.bots.population.odds import REFERENCE
from bulwark.bots.population.referee import Referee
from bulwark.bots.subscribers.account import AccountHistory, Window
from bulwark.bots.subscribers.business import histories
from bulwark.bots.subscribers.member import Member
from bulwark.bots.subscribers.names import DISTINCT_GUILDS, guilds, handles
from bulwark.bots.subscribers.terms import Billing, Plan, PriceList, Terms, months_after
from tests.unit.bulwark.population.building import MAPS, record

UNTIL = date(2026, 7, 1)
WINDOW = Window(UNTIL - timedelta(days=365), UNTIL)
ACCOUNTS = 150
FEW = 30


def simulate(accounts: int, *, referee: Referee | None = None) -> list[AccountHistory]:
    return list(histories(7, WINDOW, accounts=accounts, referee=referee or Referee(REFERENCE, maps=MAPS)))


@pytest.fixture(scope="module")
def business() -> list[AccountHistory]:
    return simulate(ACCOUNTS)


def test_accounts_are_simulated_reproducibly() -> None:
    first, second = simulate(FEW), simulate(FEW)
    assert [each.subscriptions for each in first] == [each.subscriptions for each in second]
    assert [each.calls for each in first] == [each.calls for each in second]


def test_no_two_messages_share_an_id(business: Sequence[AccountHistory]) -> None:
    ids = Counter(call.message_id for history in business for call in history.calls)
    assert max(ids.values()) == 1


def test_a_guild_has_one_player_per_seat_and_an_individual_has_one(
    business: Sequence[AccountHistory],
) -> None:
    for history in business:
        first = history.subscriptions[0].terms
        assert (first.plan is Plan.GUILD) is history.account.is_guild
        if not history.account.is_guild:
            assert len(history.members) == 1
        assert len(history.members) >= max(row.terms.seats for row in history.subscriptions) - 1


def test_a_price_rise_applies_from_the_next_payment(business: Sequence[AccountHistory]) -> None:
    raised_on = WINDOW.start + timedelta(days=219)
    started = {
        price: [
            row.starts_on
            for history in business
            for row in history.subscriptions
            if row.terms.plan is Plan.SOLO and row.terms.price == Decimal(price) and not row.is_trial
        ]
        for price in ("9.99", "10.99")
    }
    assert max(started["9.99"]) < raised_on <= min(started["10.99"])
    monthly = [
        history.subscriptions[-1]
        for history in business
        if history.subscriptions[-1].terms.billing is Billing.MONTHLY
        and not history.subscriptions[-1].is_trial
    ]
    running = [row for row in monthly if row.ends_on is None and row.terms.plan is Plan.SOLO]
    assert {row.terms.price for row in running} == {Decimal("10.99")}


def test_most_who_cancel_have_stopped_playing(business: Sequence[AccountHistory]) -> None:
    idle = []
    for history in business:
        played = sorted(call.at.date() for call in history.calls if call.event.name == "session_ended")
        for row in history.subscriptions:
            if row.cancelled_on is not None:
                before = [day for day in played if day <= row.cancelled_on]
                idle.append((row.cancelled_on - before[-1]).days if before else 365)
    assert len(idle) > 20
    assert sorted(idle)[len(idle) // 2] >= 7


def test_sessions_before_the_window_are_not_recorded_and_use_no_records() -> None:
    records = [
        record(level=level, skill=skill / 4, seed=level) for level in range(1, 12) for skill in range(-8, 9)
    ]
    calls = [
        each
        for history in simulate(60, referee=Referee(REFERENCE, maps=MAPS, records=records))
        for each in history.calls
    ]
    assert min(each.at.date() for each in calls) >= WINDOW.start
    played = [
        each
        for each in calls
        if each.event.properties.get("source") == "played" and "match" in each.event.properties
    ]
    assert played
    assert max(Counter(each.event.properties["match"] for each in played).values()) <= len(range(-8, 9))


def test_most_members_who_stop_return_within_days() -> None:
    rng, away = Random(1), []
    for _ in range(400):
        member = Member(rng, account_id="A-1", epoch=datetime.combine(UNTIL, time(), UTC), joins=0)
        member.stop_playing(0)
        day = 0
        while member.is_away and day < 400:
            day += 1
            member.maybe_return(day, others_play=False)
        away.append(day)
    away.sort()
    assert away[len(away) // 2] <= 7
    assert away[int(0.95 * len(away))] > 14


def test_more_members_return_if_others_of_the_guild_play() -> None:
    def returned(*, others_play: bool) -> int:
        rng, count = Random(1), 0
        for _ in range(2_000):
            member = Member(rng, account_id="A-1", epoch=datetime.combine(UNTIL, time(), UTC), joins=0)
            member.stop_playing(0)
            member.maybe_return(5, others_play=others_play)
            count += not member.is_away
        return count

    assert returned(others_play=True) > 1.3 * returned(others_play=False)


def test_a_year_costs_ten_months() -> None:
    terms = Terms(Plan.GUILD, 3, Billing.ANNUAL, Decimal("8.99"))
    assert terms.amount == Decimal("269.70")


def test_only_solo_becomes_more_expensive_and_on_its_day() -> None:
    prices = PriceList(raised_on=UNTIL)
    day_before = UNTIL - timedelta(days=1)
    assert [plan for plan in Plan if prices.price(plan, UNTIL) != prices.price(plan, day_before)] == [
        Plan.SOLO
    ]


def test_months_after_uses_the_last_day_of_a_shorter_month() -> None:
    assert months_after(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_account_names_are_unique_for_any_number_of_accounts() -> None:
    for make, count in ((handles, 5_000), (guilds, 10), (guilds, 2 * DISTINCT_GUILDS + 7)):
        names = make(Random(1), count=count)
        assert len(set(names)) == len(names) == count
