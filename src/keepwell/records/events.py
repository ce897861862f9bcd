"""What happens to records, as the other rooms hear of it over the bus."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from keepwell.platform.bus import DomainEvent


class RecordsChanged(DomainEvent, frozen=True, kw_only=True):
    """Records were added, changed or deleted: one event for a batch of an import, or for a request.

    `records` has their ids by the name of their resource, such as `subscriptions`; `account_ids` are the existing
    accounts that they belong to.
    """

    records: Mapping[str, Collection[UUID]]
    account_ids: Collection[UUID] = ()


class ActionTaken(DomainEvent, frozen=True, kw_only=True):
    """A member, a token or Keepwell itself did `action`, such as `account.created`, to one record.

    `data` is the record as the API returns it; of a deleted one, its last state.
    """

    action: str
    data: msgspec.Struct | None


class FailedCharge(msgspec.Struct, frozen=True):
    """A charge that did not succeed."""

    id: UUID
    external_id: str
    account_id: UUID
    invoice_external_id: str | None
    amount: Decimal
    currency: str
    decline_code: str | None
    charged_at: datetime


class ChargesFailed(DomainEvent, frozen=True, kw_only=True):
    """Attempts to take money that have failed, and were not known to have failed before."""

    charges: Sequence[FailedCharge]
