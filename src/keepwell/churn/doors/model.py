"""What a training asks, of which accounts and days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from keepwell.churn.label import LabelName
from keepwell.churn.model import DEFAULT_HORIZON_DAYS
from keepwell.platform.errors import DataValidationError

DEFAULT_INACTIVE_AFTER, DEFAULT_ACTIVE_WITHIN = 90, 180
# Without a name, the first of these that an event of use has as a number.
AMOUNTS = ("amount", "revenue")


class NoSuchAmount(DataValidationError):
    """No event of use has the property that was named as the amount of money."""

    code = "no-such-amount"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a training asks: who leaves within the horizon, by which label; an `amount` of None is looked for among `amounts`."""

    label: LabelName = "subscription"
    horizon_days: int = DEFAULT_HORIZON_DAYS
    active_within_days: int | None = None
    amount: str | None = None
    amounts: Sequence[str] = AMOUNTS


class KnownAccount(NamedTuple):
    """An account on record."""

    account_id: UUID
    external_id: str


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The days of a training: the list's is `as_of`, outcomes are known until `observed`, and use is recorded from `recorded_from` on.

    `recorded_from` is None if no event of use is on record.
    """

    today: date
    as_of: date
    observed: date
    recorded_from: date | None
    horizon_days: int
