"""How a case ended, by the movements of its account until the last day of the horizon. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from keepwell.churn.cases.model import Outcome, UnknownBecause
from keepwell.revenue.model import MONTHS_PER_YEAR, rounded_to_cents


class Paid(NamedTuple):
    """What an account paid a year on the last day of the horizon, and by how much its movements since the opening changed that.

    Both in the workspace's currency; the change is without that of exchange rates, which nobody decided.
    """

    at_horizon: Decimal
    moved: Decimal


class Decision(NamedTuple):
    """An outcome with its amounts a month, to the cent; they are None if it is unknown, and `because` says why."""

    outcome: Outcome
    mrr_at_horizon: Decimal | None
    mrr_lost: Decimal | None
    because: UnknownBecause | None = None


def decide(paid: Paid, *, horizon_ends_on: date, records_until: date | None, is_readable: bool) -> Decision:
    """Left if nothing is paid any more, shrank if less is, else stayed; unknown if the records do not say.

    `records_until` is the last day that the records cover, None if there are none; an account is not readable if one of its
    subscriptions cannot be read.
    """
    if records_until is None or horizon_ends_on > records_until:
        return Decision("unknown", None, None, "records_end")
    if not is_readable:
        return Decision("unknown", None, None, "unreadable")
    lost = _monthly(max(-paid.moved, Decimal(0)))
    if paid.at_horizon <= 0:
        return Decision("left", Decimal("0.00"), lost)
    return Decision("shrank" if paid.moved < 0 else "stayed", _monthly(paid.at_horizon), lost)


def _monthly(annual: Decimal) -> Decimal:
    """A twelfth, to the cent."""
    return rounded_to_cents(Fraction(annual) / MONTHS_PER_YEAR)
