"""One account from sign-up to the last day, day by day: an individual, or a guild of several players."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bulwark.bots.population.event_recorder import EventRecorder, TimedCall
from bulwark.bots.population.referee import Referee
from bulwark.bots.subscribers.contract import Contract, Payment
from bulwark.bots.subscribers.member import Member
from bulwark.bots.subscribers.terms import Billing, Plan, PriceList, Subscription, Terms
from bulwark.telemetry.envelope import Sender
from bulwark.telemetry.events import Event

_MEDIAN_SEATS, _SEATS_SPREAD, _FEWEST_SEATS, _MOST_SEATS = 3, 0.4, 2, 8
_PLUS_SHARE, _ANNUAL_SHARE, _TRIAL_SHARE = 0.25, 0.2, 0.75
_TRIAL_CONVERTS, _TRIAL_CONVERTS_AWAY = 0.72, 0.15
_REMINDED_DAYS_BEFORE = (1, 6)
# An annual renewal is announced this long before; that is when the customer decides.
_ANNUAL_REMINDER = timedelta(days=30)
# By the days since anyone played: customers stop paying for what they do not use.
_CANCELS_PER_IDLE_DAY, _CANCELS_AT_MOST = 0.020, 0.55
_CANCELS_PLAYING = 0.003
_CANCELS_OVER_PRICE = 0.04
_CANCELS_AT_ONCE = 0.002
_DAYS_A_MONTH = 30
_GROWS, _SHRINKS = 1 / 300, 1 / 800
_RETURNS = 1 / 500
_MONEY_EVENTS = {Payment.RECOVERED: "payment_recovered"}


@dataclass(frozen=True, slots=True)
class Window:
    """The recorded period: from `start` until the day before `until`."""

    start: date
    until: date


@dataclass(frozen=True, slots=True)
class Account:
    """A customer; not a real one."""

    account_id: str
    name: str
    is_guild: bool
    country: str
    signed_up_on: date


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """Everything about one account."""

    account: Account
    subscriptions: Sequence[Subscription]
    members: Sequence[Member]
    calls: Sequence[TimedCall]


class AccountLife:
    """Simulates one account; the same `rng` state and referee give the same result."""

    def __init__(
        self, account: Account, *, rng: Random, window: Window, prices: PriceList, referee: Referee
    ) -> None:
        self._account = account
        self._rng = rng
        self._window = window
        self._prices = prices
        self._referee = referee
        self._contract = Contract(account.account_id, rng=rng)
        self._billing = EventRecorder(Sender(user_id=account.account_id, group=account.account_id))
        self._epoch = datetime.combine(account.signed_up_on, time(), UTC)
        self._members: list[Member] = []
        self._former: list[Member] = []
        self._calls: list[TimedCall] = []
        self._reminder = 0

    def history(self) -> AccountHistory:
        """Simulate the account; one from before the window is assumed to have stayed until it opens."""
        signed_up_on, start = self._account.signed_up_on, self._window.start
        self._sign_up(signed_up_on)
        for day in days(signed_up_on, start):
            self._play(day)
            if self._rng.random() < self._chance_from_idleness(day) / _DAYS_A_MONTH:
                # Accounts that did not stay are not in these files.
                self._resume_playing(day)
        self._contract.skip_renewals_before(start)
        for day in days(max(signed_up_on, start), self._window.until):
            self._simulate_day(day)
        members = [*self._members, *self._former]
        return AccountHistory(self._account, self._contract.subscriptions, members, self._calls)

    def _sign_up(self, day: date) -> None:
        terms = self._first_terms(day)
        for _ in range(terms.seats):
            self._add_member(day)
        if day >= self._window.start and self._rng.random() < _TRIAL_SHARE:
            self._contract.begin_trial(terms, day)
        else:
            self._contract.begin(terms, day)
        self._draw_reminder()

    def _simulate_day(self, day: date) -> None:
        self._end_if_due(day)
        if self._contract.current is None:
            self._may_return(day)
            return
        self._pay(day)
        if self._contract.is_settled:
            self._decide(day)
        if self._contract.current is not None:
            self._play(day)

    def _play(self, day: date) -> None:
        number, recorded = self._number(day), day >= self._window.start
        for member in self._members:
            others_play = any(not other.is_away for other in self._members if other is not member)
            member.maybe_return(number, others_play=others_play)
            self._calls.extend(member.play(number, self._referee, recorded=recorded))

    def _end_if_due(self, day: date) -> None:
        current = self._contract.current
        if current is None or current.ends_on != day:
            return
        if not current.is_trial:
            self._contract.close(day, reason="voluntary")
            return
        self._contract.close(day)
        away = all(member.is_away for member in self._members)
        if self._rng.random() < (_TRIAL_CONVERTS_AWAY if away else _TRIAL_CONVERTS):
            self._contract.begin(current.terms.at_price_of(day, self._prices), day)

    def _may_return(self, day: date) -> None:
        had_paid = not self._contract.subscriptions[-1].is_trial
        if had_paid and self._rng.random() < _RETURNS:
            self._resume_playing(day)
            self._contract.begin(self._contract.last_terms.at_price_of(day, self._prices), day)

    def _pay(self, day: date) -> None:
        is_renewal = day == self._contract.renews_on
        payment = self._contract.collect(day)
        if payment is not None:
            event = Event(_MONEY_EVENTS.get(payment, "payment_failed"), {})
            self._calls.append(self._billing.record(event, self._noon(day)))
        if payment is Payment.GIVEN_UP:
            self._contract.close(day, reason="involuntary")
        elif is_renewal and self._contract.is_settled:
            self._draw_reminder()
            self._charge_new_price(day)

    def _charge_new_price(self, day: date) -> None:
        terms = self._contract.last_terms.at_price_of(day, self._prices)
        if terms != self._contract.last_terms:
            self._contract.change(terms, day)

    def _decide(self, day: date) -> None:
        if self._rng.random() < self._chance_to_cancel(day):
            self._contract.cancel(day)
        else:
            self._change_terms(day)

    def _chance_to_cancel(self, day: date) -> float:
        if day != self._reminded_on():
            has_just_left = self._idle_days(day) == 1 and self._is_monthly
            return _CANCELS_AT_ONCE * has_just_left
        terms = self._contract.last_terms
        more_expensive = terms.at_price_of(self._contract.renews_on, self._prices) != terms
        return _CANCELS_PLAYING + self._chance_from_idleness(day) + more_expensive * _CANCELS_OVER_PRICE

    @property
    def _is_monthly(self) -> bool:
        return self._contract.last_terms.billing is Billing.MONTHLY

    def _reminded_on(self) -> date:
        before = timedelta(days=self._reminder) if self._is_monthly else _ANNUAL_REMINDER
        return self._contract.renews_on - before

    def _draw_reminder(self) -> None:
        self._reminder = self._rng.randint(*_REMINDED_DAYS_BEFORE)

    def _idle_days(self, day: date) -> int:
        """For how many days nobody has played."""
        return min(member.days_away(self._number(day)) for member in self._members)

    def _chance_from_idleness(self, day: date) -> float:
        return min(_CANCELS_PER_IDLE_DAY * self._idle_days(day), _CANCELS_AT_MOST)

    def _change_terms(self, day: date) -> None:
        playing = sum(not member.is_away for member in self._members) / len(self._members)
        draw, grows = self._rng.random(), _GROWS * 2 * playing
        if draw < grows:
            self._grow(day)
        elif draw < grows + _SHRINKS * (2 - playing) and self._is_monthly:
            self._shrink(day)

    def _grow(self, day: date) -> None:
        terms = self._contract.last_terms
        if terms.plan is Plan.GUILD and terms.seats < _MOST_SEATS:
            self._add_member(day)
            self._contract.change(self._priced(replace(terms, seats=terms.seats + 1), day), day)
        elif terms.plan is Plan.SOLO:
            self._contract.change(self._priced(replace(terms, plan=terms.plan.other), day), day)

    def _shrink(self, day: date) -> None:
        terms = self._contract.last_terms
        if terms.plan is Plan.GUILD and terms.seats > _FEWEST_SEATS:
            longest = max(self._members, key=lambda member: member.days_away(self._number(day)))
            self._members.remove(longest)
            self._former.append(longest)
            self._contract.change(self._priced(replace(terms, seats=terms.seats - 1), day), day)
        elif terms.plan is Plan.SOLO_PLUS:
            self._contract.change(self._priced(replace(terms, plan=terms.plan.other), day), day)

    def _priced(self, terms: Terms, day: date) -> Terms:
        return terms.at_price_of(day, self._prices)

    def _resume_playing(self, day: date) -> None:
        for member in self._members:
            member.resume_playing(self._number(day))

    def _add_member(self, day: date) -> None:
        member_rng = Random(f"{self._rng.getrandbits(64)}/member")  # noqa: S311  a simulation, not a secret
        self._members.append(
            Member(
                member_rng, account_id=self._account.account_id, epoch=self._epoch, joins=self._number(day)
            )
        )

    def _first_terms(self, day: date) -> Terms:
        billing = Billing.ANNUAL if self._rng.random() < _ANNUAL_SHARE else Billing.MONTHLY
        if not self._account.is_guild:
            plan = Plan.SOLO_PLUS if self._rng.random() < _PLUS_SHARE else Plan.SOLO
            return Terms(plan, 1, billing, self._prices.price(plan, day))
        seats = round(math.exp(self._rng.gauss(math.log(_MEDIAN_SEATS), _SEATS_SPREAD)))
        seats = min(max(seats, _FEWEST_SEATS), _MOST_SEATS)
        return Terms(Plan.GUILD, seats, billing, self._prices.price(Plan.GUILD, day))

    def _number(self, day: date) -> int:
        return (day - self._account.signed_up_on).days

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), UTC)


def days(start: date, end: date) -> Sequence[date]:
    """Each day from `start` until the day before `end`."""
    return [start + timedelta(days=offset) for offset in range((end - start).days)]
