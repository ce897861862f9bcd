"""The assumptions behind an import from Stripe, as its report lists them."""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.importing.stripe.ingest import StripeIngester


def assumptions_of(ingester: StripeIngester) -> Sequence[str]:
    """The assumptions made so far, each with the number of objects it applies to."""
    counted = {
        "an earlier price is unknown, so a new subscription counts at its present price from its start": (
            ingester.prices_from_start
        ),
        "a customer that Stripe no longer lists is an account with its id as its name": (
            ingester.unknown_customers
        ),
        "an item billed by usage counts as zero, because its price is not known in advance": ingester.metered,
        "an unreadable subscription continues at its last known price, and its account is marked": (
            ingester.unreadable
        ),
        "an event in a later version of the API than Keepwell reads is replaced by the object's present state; "
        "changes in between are unknown": ingester.read_as_now,
    }
    return [
        "stripe: days are UTC days",
        *(f"stripe: {assumption}: {count}" for assumption, count in counted.items() if count),
    ]
