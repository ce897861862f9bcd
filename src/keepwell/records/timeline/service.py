"""The moments of an account that its records know, newest first, and what is known to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from keepwell.platform.database import Readable
from keepwell.records.timeline import store
from keepwell.records.timeline.model import (
    ChargeMoment,
    ContactMoment,
    ExpiringCard,
    InvoiceMoment,
    RefundMoment,
    RunningSubscription,
    SignalMoment,
    SubscriptionMoment,
    TimelinePlace,
)


class MomentsBefore(msgspec.Struct, frozen=True, kw_only=True):
    """Which moments are asked for: at most `limit` of an account, before a place."""

    workspace_id: UUID
    account_id: UUID
    before: TimelinePlace
    limit: int

    def parameters(self) -> dict[str, object]:
        """The parameters of the statements that read moments."""
        return {
            "workspace_id": self.workspace_id,
            "account_id": self.account_id,
            "before": self.before.moment,
            "before_id": self.before.id,
            "limit": self.limit,
        }


async def invoices(reader: Readable, asked: MomentsBefore) -> list[InvoiceMoment]:
    """Invoices as they were issued, paid and not paid in time."""
    return await store.INVOICES.all(reader, **asked.parameters())


async def charges(reader: Readable, asked: MomentsBefore) -> list[ChargeMoment]:
    """Attempts to take money."""
    return await store.CHARGES.all(reader, **asked.parameters())


async def refunds(reader: Readable, asked: MomentsBefore) -> list[RefundMoment]:
    """Money that was given back."""
    return await store.REFUNDS.all(reader, **asked.parameters())


async def signals(reader: Readable, asked: MomentsBefore) -> list[SignalMoment]:
    """Observations, by the time at which it was so."""
    return await store.SIGNALS.all(reader, **asked.parameters())


async def contacts(reader: Readable, asked: MomentsBefore) -> list[ContactMoment]:
    """Contacts that were added, and removed."""
    return await store.CONTACTS.all(reader, **asked.parameters())


async def subscriptions(reader: Readable, asked: MomentsBefore) -> list[SubscriptionMoment]:
    """Trials and announced ends; `revenue` knows when MRR moved."""
    return await store.SUBSCRIPTIONS.all(reader, **asked.parameters())


async def running_subscriptions(
    reader: Readable, *, workspace_id: UUID, account_id: UUID, on: date
) -> Sequence[RunningSubscription]:
    """The account's subscriptions that have not ended by the day `on`, with those that begin later."""
    return await store.RUNNING.all(reader, workspace_id=workspace_id, account_id=account_id, on=on)


async def expiring_cards(
    reader: Readable, *, workspace_id: UUID, account_id: UUID, on: date
) -> Sequence[ExpiringCard]:
    """The default card, if it has not expired before the day `on` and says when it does."""
    return await store.EXPIRING_CARDS.all(reader, workspace_id=workspace_id, account_id=account_id, on=on)
