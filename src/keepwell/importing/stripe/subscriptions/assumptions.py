"""The assumptions behind an import from Stripe, as its report lists them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from keepwell.importing.stripe.subscriptions.objects import Subscription
from keepwell.importing.stripe.subscriptions.rows import ReconciledRows


class AssumptionCounts(msgspec.Struct):
    """How many objects each assumption was made for."""

    unknown_customers: int = 0
    prices_from_start: int = 0
    undated: int = 0
    read_as_now: int = 0
    metered: int = 0
    unreadable: int = 0
    paused: int = 0
    tax_unknown: int = 0
    erased: int = 0

    def count(self, subscription: Subscription, done: ReconciledRows) -> None:
        """Count what was assumed about a subscription."""
        self.prices_from_start += done.priced_from_start
        self.undated += done.is_undated
        self.metered += done.metered
        is_running = subscription.ended_at is None
        self.paused += is_running and subscription.pause_collection is not None
        self.tax_unknown += any(
            item.priced is not None
            and item.priced.tax_behavior == "inclusive"
            and not subscription.included_tax(item)
            for item in subscription.items.data
        )

    def sentences(self) -> Sequence[str]:
        """The assumptions made so far, each with the number of objects it applies to."""
        counted = {
            "an earlier price is unknown, so a new subscription counts at its present price from its start": (
                self.prices_from_start
            ),
            "a change since the last reading, of which Stripe does not give the day, counts from the day of this one": (
                self.undated
            ),
            "a customer that Stripe no longer lists is an account with its id as its name": self.unknown_customers,
            "an item billed by usage counts as zero, because its price is not known in advance": self.metered,
            "an unreadable subscription continues at its last known price, and its account is marked": (
                self.unreadable
            ),
            "a subscription whose collection is paused counts in full until it ends": self.paused,
            "an object of a person who was erased is skipped": self.erased,
            "a price that includes tax counts with it, because Stripe does not give the rate": self.tax_unknown,
            "an event in a later version of the API, or without all discounts, is replaced by the object's present state; "
            "changes in between are unknown": self.read_as_now,
        }
        return [
            "stripe: days are UTC days",
            *(f"stripe: {assumption}: {count}" for assumption, count in counted.items() if count),
        ]
