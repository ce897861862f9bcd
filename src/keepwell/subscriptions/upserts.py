"""Writing imported rows: only what differs from what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from keepwell.platform.database import Connection
from keepwell.platform.ids import Ids
from keepwell.subscriptions import store
from keepwell.subscriptions.rows import AccountRow, SubscriptionRow

_BATCH = 2000


async def account_ids(connection: Connection, *, workspace_id: UUID) -> dict[str, UUID]:
    """Our id of each account that the source knows."""
    rows = await store.ACCOUNT_IDS.all(connection, workspace_id=workspace_id)
    return {row.external_id: row.id for row in rows}


async def write_accounts(
    connection: Connection, rows: Sequence[AccountRow], *, workspace_id: UUID, ids: Ids
) -> int:
    """Insert or update `rows`; the number that was not there already, and the same."""
    written = 0
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        counted = await store.UPSERT_ACCOUNTS.one(
            connection,
            workspace_id=workspace_id,
            ids=[ids.new() for _ in batch],
            external_ids=[row.external_id for row in batch],
            names=[row.name for row in batch],
            industries=[row.industry for row in batch],
            countries=[row.country for row in batch],
            signed_up_ons=[row.signed_up_on for row in batch],
        )
        written += counted.rows
    return written


async def write_subscriptions(
    connection: Connection,
    rows: Sequence[SubscriptionRow],
    *,
    account_ids: Mapping[str, UUID],
    workspace_id: UUID,
    ids: Ids,
) -> int:
    """Insert or update `rows`, whose accounts are all known; the number that differed."""
    written = 0
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        counted = await store.UPSERT_SUBSCRIPTIONS.one(
            connection,
            workspace_id=workspace_id,
            ids=[ids.new() for _ in batch],
            external_ids=[row.external_id for row in batch],
            account_ids=[account_ids[row.account] for row in batch],
            plans=[row.plan for row in batch],
            seats=[row.seats for row in batch],
            amounts=[row.amount for row in batch],
            amount_pers=[row.amount_per.value for row in batch],
            billing_intervals=[row.billing_interval.value for row in batch],
            currencies=[row.currency for row in batch],
            starts_ons=[row.starts_on for row in batch],
            ends_ons=[row.ends_on for row in batch],
            is_trials=[row.is_trial for row in batch],
            cancelled_ons=[row.cancelled_on for row in batch],
            end_reasons=[None if row.end_reason is None else row.end_reason.value for row in batch],
        )
        written += counted.rows
    return written
