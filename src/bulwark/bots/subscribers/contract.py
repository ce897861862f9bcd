"""What an account has agreed to and pays: successive subscriptions, and failed payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import Enum, auto
from random import Random

from bulwark.bots.subscribers.terms import Subscription, Terms, months_after

TRIAL = timedelta(days=14)
_PAYMENT_FAILS = 0.045
_RETRY_SUCCEEDS = 0.28
_RETRIES_AFTER = (timedelta(days=2), timedelta(days=7), timedelta(days=14), timedelta(days=21))


class Payment(Enum):
    """The result of a charge or its retry."""

    FAILED = auto()
    RECOVERED = auto()
    GIVEN_UP = auto()


class Contract:
    """The current subscription, if any, and the previous ones."""

    def __init__(self, account_id: str, *, rng: Random) -> None:
        self._account_id = account_id
        self._rng = rng
        self._closed: list[Subscription] = []
        self._failed_on: date | None = None
        self.current: Subscription | None = None
        self.renews_on = date.max

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        """Every subscription so far, in order."""
        return [*self._closed, self.current] if self.current else self._closed

    @property
    def last_terms(self) -> Terms:
        """The terms of the newest subscription."""
        return self.subscriptions[-1].terms

    @property
    def is_settled(self) -> bool:
        """Whether it is paid, continues, and no payment is open."""
        running = self.current is not None and not self.current.is_trial and self.current.ends_on is None
        return running and self._failed_on is None

    def begin(self, terms: Terms, day: date) -> None:
        """Start a paid subscription on `day`."""
        self.current = Subscription(self._account_id, terms, day)
        self.renews_on = months_after(day, terms.billing.months)

    def begin_trial(self, terms: Terms, day: date) -> None:
        """Start a trial on `day`."""
        self.current = Subscription(self._account_id, terms, day, is_trial=True, ends_on=day + TRIAL)

    def skip_renewals_before(self, day: date) -> None:
        """Count every payment before `day` as paid."""
        current = self._running()
        periods = 1
        while self.renews_on < day:
            periods += 1
            self.renews_on = months_after(current.starts_on, periods * current.terms.billing.months)

    def change(self, terms: Terms, day: date) -> None:
        """Change the terms from `day` on: one subscription ends, the next begins with its own billing cycle."""
        self.close(day)
        self.begin(terms, day)

    def cancel(self, day: date) -> None:
        """Cancel on `day` for the end of the paid period."""
        self.current = replace(self._running(), cancelled_on=day, ends_on=self.renews_on)

    def close(self, day: date, *, reason: str = "") -> None:
        """End the service; `day` is the first day without it."""
        self._closed.append(replace(self._running(), ends_on=day, end_reason=reason))
        self.current, self._failed_on = None, None

    def collect(self, day: date) -> Payment | None:
        """Charge or retry if `day` calls for it; None if there is nothing to report."""
        if self._failed_on is not None:
            return self._retry(day, failed_on=self._failed_on)
        if day != self.renews_on:
            return None
        current = self._running()
        self.skip_renewals_before(day + timedelta(days=1))
        if current.ends_on is None and self._rng.random() < _PAYMENT_FAILS:
            self._failed_on = day
            return Payment.FAILED
        return None

    def _retry(self, day: date, *, failed_on: date) -> Payment | None:
        if day - failed_on not in _RETRIES_AFTER:
            return None
        if self._rng.random() < _RETRY_SUCCEEDS:
            self._failed_on = None
            return Payment.RECOVERED
        return Payment.GIVEN_UP if day - failed_on == _RETRIES_AFTER[-1] else Payment.FAILED

    def _running(self) -> Subscription:
        if self.current is None:
            raise ValueError(f"{self._account_id} has no running subscription.")
        return self.current
