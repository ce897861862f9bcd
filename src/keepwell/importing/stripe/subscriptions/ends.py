"""The end of a subscription's service: past, announced, or implied by its status."""

from __future__ import annotations

from datetime import date

import msgspec

from keepwell.importing.stripe.model import day_of
from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.upserts.rows import SubscriptionRow
from keepwell.records.model import EndReason

_REASONS = {
    "cancellation_requested": EndReason.VOLUNTARY,
    "payment_failed": EndReason.INVOLUNTARY,
    "payment_disputed": EndReason.INVOLUNTARY,
}

replace = msgspec.structs.replace


class End(msgspec.Struct, frozen=True):
    """The end of service, past or scheduled, and the reason."""

    on: date | None
    cancelled_on: date | None
    reason: EndReason | None

    @classmethod
    def of(cls, subscription: Subscription, *, at: date) -> End:
        """The end in the state of the day `at`; without a day if there is none."""
        details = subscription.cancellation_details
        reason = _REASONS.get(details.reason or "") if details else None
        cancelled_on = day_of(subscription.canceled_at) if subscription.canceled_at is not None else None
        stopped, announced = cls._of_status(subscription, at=at), subscription.leaves_at
        if announced is None:
            return stopped or cls(None, cancelled_on, None)
        end = cls(day_of(announced), cancelled_on, reason)
        # What is not paid for does not count until the announced end.
        return stopped if stopped and stopped.on and end.on and stopped.on < end.on else end

    @classmethod
    def _of_status(cls, subscription: Subscription, *, at: date) -> End | None:
        """The end of what is paid for, if the status says that it has ended."""
        match subscription:
            case Subscription(status="canceled"):
                return cls(at, None, None)
            case Subscription(status="unpaid"):
                # Dunning is exhausted: the last paid period ended when the current one started.
                started = subscription.current_period_start
                return cls(day_of(started) if started is not None else at, None, EndReason.INVOLUNTARY)
            case Subscription(status="paused"):
                ended = subscription.trial_end
                return cls(day_of(ended) if ended is not None else at, None, None)
        return None

    def clip(self, row: SubscriptionRow) -> SubscriptionRow:
        """`row` with this end, unless it ends before."""
        if self.on is None or (row.ends_on is not None and row.ends_on < self.on):
            return row
        reason = None if row.is_trial else self.reason
        starts_on = min(row.starts_on, self.on)
        return replace(
            row, starts_on=starts_on, ends_on=self.on, cancelled_on=self.cancelled_on, end_reason=reason
        )
