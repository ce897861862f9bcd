"""What an account has agreed to: the current subscription, if any, and the previous ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from keepwell.sample.model import Subscription, Terms, months_after
from keepwell.sample.twins import twin_of

TRIAL = timedelta(days=14)


class Contract:
    """Successive spans of service; `renews_on` is the day on which the next paid period begins."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._closed: list[Subscription] = []
        self.current: Subscription | None = None
        self.renews_on = date.max
        # The last day on which paid service ended without another following.
        self.lost_on: date | None = None

    @property
    def subscriptions(self) -> Sequence[Subscription]:
        """Every span so far, in order."""
        return [*self._closed, self.current] if self.current else self._closed

    @property
    def terms(self) -> Terms:
        """The terms of the newest span."""
        return (self.current or self._closed[-1]).terms

    @property
    def continues(self) -> bool:
        """Whether it is paid and no end is announced."""
        return self.current is not None and not self.current.is_trial and self.current.ends_on is None

    @property
    def is_paid(self) -> bool:
        """Whether there is service that is not a trial."""
        return self.current is not None and not self.current.is_trial

    @property
    def period_starts_on(self) -> date:
        """The first day of the paid period that ends on `renews_on`."""
        start, months = self._running().starts_on, self.terms.billing.months
        elapsed = (self.renews_on.year - start.year) * 12 + self.renews_on.month - start.month
        return months_after(start, elapsed - months)

    def begin(self, terms: Terms, day: date) -> None:
        """Start paid service on `day`."""
        self.current = Subscription(terms, day)
        self.renews_on = months_after(day, terms.billing.months)
        self.lost_on = None

    def begin_trial(self, terms: Terms, day: date) -> None:
        """Start a trial on `day`."""
        self.current = Subscription(terms, day, is_trial=True, ends_on=day + TRIAL)

    def renew(self) -> None:
        """The next paid period begins; it ends on the same day of the month as the first."""
        start, months = self._running().starts_on, self.terms.billing.months
        elapsed = (self.renews_on.year - start.year) * 12 + self.renews_on.month - start.month
        self.renews_on = months_after(start, elapsed + months)

    def change(self, terms: Terms, day: date) -> None:
        """Change the terms from `day` on: one span ends, the next begins with a billing cycle of its own."""
        self._closed.append(self._running().ended(day))
        self.begin(terms, day)

    def credit(self, day: date) -> int:
        """The cents that were paid for the rest of the current period, to the nearest cent."""
        length, rest = (self.renews_on - self.period_starts_on).days, (self.renews_on - day).days
        return (2 * self.terms.amount * rest + length) // (2 * length)

    def cancel(self, day: date) -> None:
        """Cancel on `day` for the end of the paid period."""
        self.current = replace(self._running(), cancelled_on=day, ends_on=self.renews_on)

    def close(self, day: date, *, reason: str = "") -> None:
        """End the service; `day` is the first day without it."""
        running = self._running()
        self._closed.append(running.ended(day, reason=reason))
        self.current = None
        if not running.is_trial:
            self.lost_on = day

    def fork(self) -> Contract:
        """A twin."""
        return twin_of(self, _closed=self._closed[-1:])

    def _running(self) -> Subscription:
        if self.current is None:
            raise ValueError(f"{self._account_id} has no running subscription.")
        return self.current
