"""Subscribers one by one: what makes them pay more, put the game away, come back and leave."""

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
from bulwark.bots.subscribers.names import MOST_GUILDS, guilds, handles
from bulwark.bots.subscribers.terms import Billing, Plan, PriceList, Terms, months_after
from tests.unit.bulwark.population.building import MAPS, record

UNTIL = date(2026, 7, 1)
WINDOW = Window(UNTIL - timedelta(days=365), UNTIL)
ACCOUNTS = 150


def lived(accounts: int, *, judge: Referee | None = None) -> list[AccountHistory]:
    return list(histories(7, WINDOW, accounts=accounts, referee=judge or Referee(REFERENCE, maps=MAPS)))


@pytest.fixture(scope="module")
def business() -> list[AccountHistory]:
    return lived(ACCOUNTS)


def test_what_one_account_does_changes_no_other(business: Sequence[AccountHistory]) -> None:
    again = lived(ACCOUNTS)
    assert [each.subscriptions for each in again] == [each.subscriptions for each in business]
    assert [each.told for each in again] == [each.told for each in business]


def test_no_two_messages_share_an_id(business: Sequence[AccountHistory]) -> None:
    ids = Counter(told.message_id for history in business for told in history.told)
    assert max(ids.values()) == 1


def test_a_guild_has_a_player_a_seat_and_an_individual_one(business: Sequence[AccountHistory]) -> None:
    for history in business:
        first = history.subscriptions[0].terms
        assert (first.plan is Plan.GUILD) is history.account.is_guild
        if not history.account.is_guild:
            assert len(history.members) == 1
        assert len(history.members) >= max(row.terms.seats for row in history.subscriptions) - 1


def test_a_dearer_plan_is_paid_from_the_next_payment_on(business: Sequence[AccountHistory]) -> None:
    raised_on = WINDOW.start + timedelta(days=219)
    begun = {
        price: [
            row.starts_on
            for history in business
            for row in history.subscriptions
            if row.terms.plan is Plan.SOLO and row.terms.price == Decimal(price) and not row.is_trial
        ]
        for price in ("9.99", "10.99")
    }
    assert max(begun["9.99"]) < raised_on <= min(begun["10.99"])
    monthly = [
        history.subscriptions[-1]
        for history in business
        if history.subscriptions[-1].terms.billing is Billing.MONTHLY
        and not history.subscriptions[-1].is_trial
    ]
    running = [row for row in monthly if row.ends_on is None and row.terms.plan is Plan.SOLO]
    assert {row.terms.price for row in running} == {Decimal("10.99")}


def test_who_cancels_has_mostly_put_the_game_away(business: Sequence[AccountHistory]) -> None:
    idle = []
    for history in business:
        played = sorted(told.at.date() for told in history.told if told.event.name == "session_ended")
        for row in history.subscriptions:
            if row.cancelled_on is not None:
                before = [day for day in played if day <= row.cancelled_on]
                idle.append((row.cancelled_on - before[-1]).days if before else 365)
    assert len(idle) > 20
    assert sorted(idle)[len(idle) // 2] >= 7


def test_what_happened_before_the_window_is_not_told_and_uses_up_no_played_match() -> None:
    records = [
        record(level=level, skill=skill / 4, seed=level) for level in range(1, 12) for skill in range(-8, 9)
    ]
    told = [
        each
        for history in lived(60, judge=Referee(REFERENCE, maps=MAPS, records=records))
        for each in history.told
    ]
    assert min(each.at.date() for each in told) >= WINDOW.start
    played = [
        each
        for each in told
        if each.event.properties.get("source") == "played" and "match" in each.event.properties
    ]
    assert played
    assert max(Counter(each.event.properties["match"] for each in played).values()) <= len(range(-8, 9))


def test_a_member_who_put_the_game_away_comes_back_sooner_rather_than_later() -> None:
    rng, away = Random(1), []
    for _ in range(400):
        member = Member(rng, account_id="A-1", epoch=datetime.combine(UNTIL, time(), UTC), joins=0)
        member.put_away(0)
        day = 0
        while member.is_away and day < 400:
            day += 1
            member.may_take_up(day, others_play=False)
        away.append(day)
    away.sort()
    assert away[len(away) // 2] <= 7
    assert away[int(0.95 * len(away))] > 14


def test_more_come_back_where_others_of_the_guild_play() -> None:
    def back(*, others_play: bool) -> int:
        rng, count = Random(1), 0
        for _ in range(2_000):
            member = Member(rng, account_id="A-1", epoch=datetime.combine(UNTIL, time(), UTC), joins=0)
            member.put_away(0)
            member.may_take_up(5, others_play=others_play)
            count += not member.is_away
        return count

    assert back(others_play=True) > 1.3 * back(others_play=False)


def test_a_year_costs_ten_months() -> None:
    terms = Terms(Plan.GUILD, 3, Billing.ANNUAL, Decimal("8.99"))
    assert terms.amount == Decimal("269.70")


def test_only_solo_becomes_dearer_and_on_its_day() -> None:
    prices = PriceList(raised_on=UNTIL)
    day_before = UNTIL - timedelta(days=1)
    assert [plan for plan in Plan if prices.price(plan, UNTIL) != prices.price(plan, day_before)] == [
        Plan.SOLO
    ]


def test_a_month_after_its_last_day_is_the_last_day_of_a_shorter_month() -> None:
    assert months_after(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_no_two_accounts_share_a_name_however_many_there_are() -> None:
    for make, count in ((handles, 5_000), (guilds, 10), (guilds, 2 * MOST_GUILDS + 7)):
        names = make(Random(1), count=count)
        assert len(set(names)) == len(names) == count
