"""Plans as clients see and write them: what is sold, and at which list price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.platform.values.fields import CurrencyCode, Money, Text
from keepwell.records.model import Interval

PlanSort = Literal["name", "-name"]


class PlanItem(msgspec.Struct, frozen=True):
    """A plan. `amount` is the list price per seat; null if there is no single known price."""

    id: UUID
    external_id: str
    name: str
    amount: str | None
    amount_per: Literal["day", "week", "month", "quarter", "year"] | None
    currency: str | None
    archived_at: datetime | None
    version: int


class PlanPage(msgspec.Struct, frozen=True):
    """A page of plans, and the cursor of the next page, if any."""

    items: Sequence[PlanItem]
    next: str | None


class NewPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan to add; subscriptions refer to it by `external_id`."""

    external_id: Text
    name: Text
    amount: Money | None = None
    amount_per: Interval | None = None
    currency: CurrencyCode | None = None


class PlanChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change. An archived plan is no longer sold."""

    name: Text | UnsetType = UNSET
    amount: Money | UnsetType | None = UNSET
    amount_per: Interval | UnsetType | None = UNSET
    currency: CurrencyCode | UnsetType | None = UNSET
    is_archived: bool | UnsetType = UNSET
