"""One account from sign-up on, day by day: it uses the game, pays, grows, is contacted, cancels, and may return."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from bulwark.bots.population.event_recorder import TimedCall
from keepwell.sample.contract import Contract
from keepwell.sample.customers.traits import TRAITS, first_terms
from keepwell.sample.follow_ups import FollowUps
from keepwell.sample.hazard import CONTACT_EFFECT, hazard
from keepwell.sample.model import Account, Billing, Kind, Plan, Terms, Window
from keepwell.sample.money.collection import Collection, Standing
from keepwell.sample.prices import PriceList
from keepwell.sample.twins import twin_of
from keepwell.sample.usage.model import Usage
from keepwell.sample.usage.venues import HURT_KIND

_TRIAL_CONVERTS, _TRIAL_CONVERTS_AWAY, _AWAY = 0.75, 0.15, 0.2
_RETURNS = 1 / 500
_GROWS, _GROWS_BY = 1 / 250, (0.05, 0.25)
_SHRINKS, _SHRINKS_TO, _SHRINKS_UNUSED = 0.03, 0.75, 0.4
_RESUMES_PER_DAY = 0.55 / 30
_REFUNDED_FOR_RELEASE = 0.3


class HazardDay(NamedTuple):
    """The planted hazard of one day without a contact, whether a contact lowers it, and the end that a cancellation has."""

    day: date
    hazard: float
    treated: bool
    ends_on: date

    @property
    def chance(self) -> float:
        """The chance that the account cancels on this day."""
        return self.hazard * (CONTACT_EFFECT if self.treated else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What all accounts share: the recorded period, the price list, and the day of the bad release."""

    window: Window
    prices: PriceList
    release_on: date

    def until(self, day: date) -> Market:
        """The same market, in which no price rises from `day` on."""
        return replace(self, prices=replace(self.prices, unknown_from=day))


class AccountLife:
    """Simulates one account; the same arguments give the same life.

    Decisions have randomness of their own, one draw a day, so that a life without contacts is the same until a contact matters.
    """

    def __init__(
        self, account: Account, *, seed: str, market: Market, usage: Usage, contacts: bool = True
    ) -> None:
        self.account = account
        self.seed = seed
        self.usage = usage
        self.contract = Contract(account.account_id)
        self.calls: list[TimedCall] = []
        self.hazards: list[HazardDay] = []
        self._market = market
        self._own, self._decisions = _random(seed, "own"), _random(seed, "decisions")
        terms = first_terms(account.kind, self._own)
        pays_annually = terms.billing is Billing.ANNUAL
        by_transfer = self._own.random() < TRAITS[account.kind].transfer_share and pays_annually
        self.collection = Collection(account, rng=_random(seed, "money"), by_transfer=by_transfer)
        self.follow_ups = FollowUps(_random(seed, "follow-ups"), contacts=contacts)
        self.today = account.signed_up_on
        self._is_recorded = True
        self._may_cancel = True
        self._sign_up(self._priced(terms, self.today))

    def advance_to(self, day: date) -> None:
        """Live every day before `day`; an account from before the window is assumed to have stayed until it opens."""
        while self.today < day:
            if self.today < self._market.window.start:
                self._live_before(self.today)
            else:
                self._live(self.today)
            self.today += timedelta(days=1)

    def take_calls(self) -> list[TimedCall]:
        """The events since the last time, of usage and of payments; they are forgotten here."""
        taken = self.calls + self.collection.books.calls
        self.calls, self.collection.books.calls = [], []
        return taken

    def has_surprises(self) -> bool:
        """Whether a price that it may pay rises later, or a release that may hurt it is still to come: nothing on record tells."""
        rises_on = self._market.prices.rises.get(self.contract.terms.plan, date.min)
        is_hurt_later = self.account.kind is HURT_KIND and self._market.release_on >= self.today
        return is_hurt_later or rises_on >= self.today

    def fork(
        self, rng: Random, *, contacts: bool = True, may_cancel: bool = True, surprises: bool = True
    ) -> AccountLife:
        """A twin that lives on by `rng` from the same state and records its hazards only; see FollowUps.fork for `contacts`.

        One that may not cancel has the same hazards and stays, so that each of its days tells what is likely. Without `surprises`
        prices stay as they are, and no later release hurts it.
        """
        market = self._market
        return twin_of(
            self,
            _market=market if surprises else market.until(self.today),
            contract=self.contract.fork(),
            usage=self.usage.fork(rng, surprises=surprises),
            collection=self.collection.fork(rng),
            follow_ups=self.follow_ups.fork(rng, contacts=contacts),
            calls=[],
            hazards=[],
            _own=rng,
            _decisions=rng,
            _is_recorded=False,
            _may_cancel=may_cancel,
        )

    def _sign_up(self, terms: Terms) -> None:
        day = self.today
        self.usage.resize(terms.seats, day)
        has_trial = self._own.random() < TRAITS[self.account.kind].trial_share
        if day >= self._market.window.start and has_trial:
            self.contract.begin_trial(terms, day)
        else:
            self._begin(terms, day)

    def _live_before(self, day: date) -> None:
        if day == self.contract.renews_on:
            self._renew(day, always_paid=True)
        self.collection.advance(day)
        for _ in self.usage.use(day, recorded=False):
            pass
        # Accounts that did not stay are not in these files.
        if self._own.random() < self.usage.disuse(day) * _RESUMES_PER_DAY:
            self.usage.resume(day)

    def _live(self, day: date) -> None:
        draw = self._decisions.random()
        self._end_if_due(day)
        if self.contract.current is None:
            self._may_return(day)
            return
        if self.contract.is_paid:
            self._pay(day)
        if self.contract.continues:
            self.follow_ups.contact(day)
            if not self.collection.is_open:
                self._decide(day, draw)
        if self.contract.current is not None:
            self.calls.extend(self.usage.use(day, recorded=self._is_recorded))

    def _end_if_due(self, day: date) -> None:
        current = self.contract.current
        if current is None or current.ends_on != day:
            return
        self.contract.close(day, reason="" if current.is_trial else "voluntary")
        if current.is_trial:
            is_away = self.usage.disuse(day) > _AWAY
            if self._own.random() < (_TRIAL_CONVERTS_AWAY if is_away else _TRIAL_CONVERTS):
                self._begin(self._priced(current.terms, day), day)

    def _may_return(self, day: date) -> None:
        if self.contract.lost_on is not None and self._own.random() < _RETURNS:
            self.usage.resume(day)
            self._begin(self._priced(self.contract.terms, day), day)

    def _begin(self, terms: Terms, day: date) -> None:
        self.contract.begin(terms, day)
        self.collection.bill(day, terms.amount, is_first=True, always_paid=day < self._market.window.start)

    def _pay(self, day: date) -> None:
        if self.collection.advance(day) is Standing.GIVEN_UP:
            self.contract.close(day, reason="involuntary")
            return
        if day == self._market.release_on + timedelta(days=7) and self.usage.is_hurt(day):
            self._complain(day)
        if day == self.contract.renews_on and self.contract.continues:
            self._renew(day)

    def _complain(self, day: date) -> None:
        if self._own.random() < _REFUNDED_FOR_RELEASE:
            self.collection.refund_half(day)

    def _renew(self, day: date, *, always_paid: bool = False) -> None:
        """The next period begins at that day's price, with fewer seats if many are unused."""
        terms = self._priced(self.contract.terms, day)
        if not always_paid:
            terms = self._shrunk(terms, day)
        if terms == self.contract.terms:
            self.contract.renew()
        else:
            self.contract.change(terms, day)
            self.usage.resize(terms.seats, day)
        self.collection.bill(day, terms.amount, is_first=False, always_paid=always_paid)

    def _decide(self, day: date, draw: float) -> None:
        disuse, terms = self.usage.disuse(day), self.contract.terms
        chance = hazard(
            days_to_renewal=(self.contract.renews_on - day).days,
            billing=terms.billing,
            disuse=disuse,
            is_dearer=self._price(terms, self.contract.renews_on) != terms.price,
            is_hurt=self.usage.is_hurt(day),
        )
        today = HazardDay(day, chance, self.follow_ups.is_treated(day), self.contract.renews_on)
        self.hazards.append(today)
        if draw < today.chance and self._may_cancel:
            self.contract.cancel(day)
            return
        self.follow_ups.consider(day, disuse=disuse, monthly_cents=terms.monthly_cents)
        if self._own.random() < _GROWS * (1 - disuse):
            self._grow(day)

    def _grow(self, day: date) -> None:
        terms, traits = self.contract.terms, TRAITS[self.account.kind]
        if terms.plan is Plan.SOLO:
            grown = replace(terms, plan=terms.plan.other)
        elif terms.seats < traits.most:
            more = max(1, round(terms.seats * self._own.uniform(*_GROWS_BY)))
            grown = replace(terms, seats=min(terms.seats + more, traits.most))
        else:
            return
        grown, credit = self._priced(grown, day), self.contract.credit(day)
        self.contract.change(grown, day)
        self.usage.resize(grown.seats, day)
        self.collection.bill(day, grown.amount - credit, is_first=True)

    def _shrunk(self, terms: Terms, day: date) -> Terms:
        disuse, draw = self.usage.disuse(day), self._own.random()
        if draw >= _SHRINKS + _SHRINKS_UNUSED * disuse * (self.account.kind is not Kind.INDIVIDUAL):
            return terms
        if terms.plan is Plan.SOLO_PLUS:
            return self._priced(replace(terms, plan=terms.plan.other), day)
        fewest = TRAITS[self.account.kind].fewest
        return replace(terms, seats=max(min(terms.seats - 1, round(terms.seats * _SHRINKS_TO)), fewest))

    def _priced(self, terms: Terms, day: date) -> Terms:
        return replace(terms, price=self._price(terms, day))

    def _price(self, terms: Terms, day: date) -> int:
        return self._market.prices.price(terms.plan, day, currency=self.account.currency)


def _random(seed: str, name: str) -> Random:
    return Random(f"{seed}/{name}")  # noqa: S311  a simulation, not a secret
