"""The revenue figures as clients see them; money is decimal text with two places, ratios have four."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.revenue.model import MONTHS_PER_YEAR, rounded_to_cents

Kind = Literal["new", "expansion", "contraction", "churn", "reactivation", "fx"]
EndReasonName = Literal["voluntary", "involuntary"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What every figure states: its currency, its policy, and the URL of the rows behind it."""

    currency: str
    policy: PolicyName
    rows: str


class UnratedSubscriptions(msgspec.Struct, frozen=True):
    """How many subscriptions wait for an exchange rate of `currency`."""

    currency: str
    subscriptions: int


class MrrReport(Figure, frozen=True, kw_only=True):
    """Recurring revenue at the end of a day. ARR is twelve times MRR; ARPA is MRR per paying account.

    `unrated` are subscriptions that are missing from these figures, because there is no exchange rate for their first day.
    """

    on: date
    mrr: str
    arr: str
    arpa: str | None
    accounts: int
    unrated: Sequence[UnratedSubscriptions]


class DayMrr(msgspec.Struct, frozen=True):
    """MRR and paying accounts at the end of a day."""

    day: date
    mrr: str
    accounts: int


class Difference(msgspec.Struct, frozen=True):
    """A movement that one of two policies counts and the other does not."""

    policy: PolicyName
    on: date
    account_id: UUID
    account: str
    kind: Kind
    amount: str
    subscription_ids: Sequence[UUID]


class DifferencesReport(msgspec.Struct, frozen=True, kw_only=True, rename={"start": "from", "end": "to"}):
    """Why two policies' figures differ: the rules, and at most a thousand rows per side of all `total_differences`."""

    start: date
    end: date
    policy: PolicyName
    other: PolicyName
    currency: str
    policy_mrr: str
    other_mrr: str
    reasons: Sequence[str]
    differences: Sequence[Difference]
    total_differences: int


def money(annual_amount: Decimal) -> str:
    """An annual amount as a monthly one, for display."""
    return str(rounded_to_cents(Fraction(annual_amount) / MONTHS_PER_YEAR))


def ratio(value: Fraction | float | None) -> str | None:
    """Four decimal places, halves away from zero."""
    if value is None:
        return None
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else Decimal(repr(value))
    )
    return str(exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def share(part: Decimal, whole: Decimal) -> Fraction | None:
    """`part` divided by `whole`; None if `whole` is zero."""
    return Fraction(part) / Fraction(whole) if whole else None


def rows_address(**filters: object) -> str:
    """The URL that lists the rows of a figure; `start` and `to` are its days."""
    named = {"from" if name == "start" else name: value for name, value in filters.items()}
    return "/v1/movements?" + urlencode({name: value for name, value in named.items() if value is not None})
