"""One account from its sign-up to the last day, day by day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import msgspec

from keepwell.sample.contract import Contract, Payment
from keepwell.sample.engagement import Engagement
from keepwell.sample.model import Account, AccountHistory, Billing, Event, Plan, Terms, Window
from keepwell.sample.usage import Usage

_PLAN_WEIGHTS = (45, 38, 17)
_MEDIAN_SEATS, _SEATS_SPREAD, _MOST_SEATS = 5, 0.75, 60
_ANNUAL_SHARE = 0.25
_TRIAL_SHARE = 0.75
_TRIAL_CONVERTS = 0.62
_CANCELS_AT_ONCE = 0.25
_REMINDED_DAYS_BEFORE = (1, 6)
_ANNUAL_DECIDES_BEFORE = timedelta(days=60)
_EXPANDS, _CONTRACTS = 1 / 260, 1 / 650
# Of those who change, this share moves a tier; the others change seats.
_CHANGES_TIER = 0.25
_RETURNS = 1 / 650
_PAYMENT_EVENTS = {Payment.RECOVERED: "payment_recovered"}


def days(start: date, end: date) -> Iterator[date]:
    """Each day from `start` until the day before `end`."""
    return (start + timedelta(days=offset) for offset in range((end - start).days))


class Life:
    """Simulates one account; the same `rng` state gives the same life."""

    def __init__(self, account: Account, *, rng: Random, window: Window) -> None:
        self._account = account
        self._rng = rng
        self._window = window
        self._engagement = Engagement(rng)
        self._usage = Usage(rng, account_id=account.account_id)
        self._contract = Contract(account.account_id, rng=rng)
        self._cancels_on: date | None = None
        self._events: list[Event] = []

    def history(self) -> AccountHistory:
        """Everything that happens; an account from before the window has stayed until it opens."""
        self._sign_up(self._account.signed_up_on)
        for day in days(self._account.signed_up_on, self._window.start):
            self._drift(day)
        self._contract.skip_renewals_before(self._window.start)
        for day in days(max(self._account.signed_up_on, self._window.start), self._window.until):
            self._drift(day)
            self._live(day)
        return AccountHistory(self._account, self._contract.subscriptions, self._events)

    def _sign_up(self, day: date) -> None:
        terms = self._first_terms()
        if day >= self._window.start and self._rng.random() < _TRIAL_SHARE:
            self._contract.begin_trial(terms, day)
        else:
            self._contract.begin(terms, day)

    def _drift(self, day: date) -> None:
        self._engagement.pass_day(tenure_days=(day - self._account.signed_up_on).days)

    def _live(self, day: date) -> None:
        self._end_if_due(day)
        if self._contract.current is None:
            if self._rng.random() < self._chance_to_return():
                self._engagement.renew()
                self._contract.begin(self._smaller(self._contract.last_terms), day)
            return
        self._pay(day)
        if self._contract.is_settled:
            self._decide(day)
        if self._contract.current is not None:
            seats = self._contract.current.terms.seats
            self._events.extend(self._usage.on(day, level=self._engagement.level, seats=seats))

    def _end_if_due(self, day: date) -> None:
        current = self._contract.current
        if current is None or current.ends_on != day:
            return
        if not current.is_trial:
            self._contract.close(day, reason="voluntary")
            self._cancels_on = None
            return
        self._contract.close(day)
        if self._rng.random() < _TRIAL_CONVERTS:
            self._contract.begin(current.terms, day)

    def _pay(self, day: date) -> None:
        payment = self._contract.collect(day)
        if payment is None:
            return
        name = _PAYMENT_EVENTS.get(payment, "payment_failed")
        self._events.append(self._usage.event(day, name, source="billing"))
        if payment is Payment.GIVEN_UP:
            self._contract.close(day, reason="involuntary")

    def _decide(self, day: date) -> None:
        if self._cancels_on is not None:
            self._cancel_if_due(day)
        elif self._may_leave(day) and self._engagement.wants_to_leave():
            self._cancels_on = self._cancellation_day(day)
            self._cancel_if_due(day)
        else:
            self._change_terms(day)

    def _cancel_if_due(self, day: date) -> None:
        if self._cancels_on is not None and day >= self._cancels_on:
            self._contract.cancel(day)
            self._engagement.pack_up()
            self._events.append(self._usage.event(day, "export", source="web"))

    def _may_leave(self, day: date) -> bool:
        monthly = self._contract.last_terms.billing is Billing.MONTHLY
        return monthly or self._contract.renews_on - day <= _ANNUAL_DECIDES_BEFORE

    def _cancellation_day(self, day: date) -> date:
        """Some act at once; most wait for the reminder that the next payment is near."""
        if self._rng.random() < _CANCELS_AT_ONCE:
            return day
        return max(day, self._contract.renews_on - timedelta(days=self._rng.randint(*_REMINDED_DAYS_BEFORE)))

    def _change_terms(self, day: date) -> None:
        terms, level = self._contract.last_terms, min(self._engagement.level, 2.0)
        draw = self._rng.random()
        changed = terms
        if draw < _EXPANDS * level:
            changed = self._larger(terms)
        elif draw < _EXPANDS * level + _CONTRACTS * (2 - level) and terms.billing is Billing.MONTHLY:
            changed = self._smaller(terms)
        if changed != terms:
            self._contract.change(changed, day)

    def _chance_to_return(self) -> float:
        had_paid = not self._contract.subscriptions[-1].is_trial
        return _RETURNS if had_paid else 0.0

    def _first_terms(self) -> Terms:
        plan = self._rng.choices(list(Plan), _PLAN_WEIGHTS)[0]
        seats = math.exp(self._rng.gauss(math.log(_MEDIAN_SEATS), _SEATS_SPREAD))
        billing = Billing.ANNUAL if self._rng.random() < _ANNUAL_SHARE else Billing.MONTHLY
        return Terms(plan, min(max(round(seats), 1), _MOST_SEATS), billing)

    def _larger(self, terms: Terms) -> Terms:
        if self._rng.random() < _CHANGES_TIER:
            return msgspec.structs.replace(terms, plan=terms.plan.moved(1))
        more = self._rng.randint(1, max(1, terms.seats // 3))
        return msgspec.structs.replace(terms, seats=terms.seats + more)

    def _smaller(self, terms: Terms) -> Terms:
        if self._rng.random() < _CHANGES_TIER:
            return msgspec.structs.replace(terms, plan=terms.plan.moved(-1))
        fewer = self._rng.randint(1, max(1, terms.seats // 3))
        return msgspec.structs.replace(terms, seats=max(terms.seats - fewer, 1))
