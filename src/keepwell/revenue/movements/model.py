"""Movements of accounts as clients see them, and the filter of their list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.identity.workspace_settings.model import PolicyName
from keepwell.revenue.views import EndReasonName, Kind

MovementSort = Literal["on", "-on"]


class MovementFact(msgspec.Struct, frozen=True):
    """A movement or FX line of an account; `annual_amount` is exact, and twelve times `amount`."""

    id: UUID
    on: date
    account_id: UUID
    account: str
    kind: Kind
    amount: str
    annual_amount: str
    currency: str
    policy: PolicyName
    end_reason: EndReasonName | None
    subscription_ids: Sequence[UUID]


class MovementPage(msgspec.Struct, frozen=True):
    """A page of movements, and the cursor of the next page, if any."""

    items: Sequence[MovementFact]
    next: str | None


class MovementTotals(msgspec.Struct, frozen=True):
    """How many movements and FX lines the filters list, and the sum of their amounts: MRR, if they begin with the first."""

    movements: int
    amount: str
    currency: str
    policy: PolicyName


class MovementMoment(msgspec.Struct, frozen=True):
    """A movement of an account with the annual amount before and after it, and the plans that ended and began then."""

    moment: datetime
    id: str
    type: Kind
    fact_id: UUID
    currency: str
    annual_amount: Decimal
    annual_before: Decimal
    annual_after: Decimal
    end_reason: EndReasonName | None
    plans_before: Sequence[str]
    plans: Sequence[str]


class MovementFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Filter and order of a movement list; both days are included. Without a `policy`, the workspace's counts.

    `paying_before` keeps only accounts that paid on the day before it: the opening customers of a retention.
    """

    policy: PolicyName | None = None
    account_id: UUID | None = None
    kind: Kind | None = None
    end_reason: EndReasonName | None = None
    cohort: date | None = None
    paying_before: date | None = None
    start: date | None = None
    end: date | None = None
    sort: MovementSort = "on"
