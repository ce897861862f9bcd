"""Movement facts: recomputed in the transaction that changes a subscription or a rate. A trigger rolls them up by month.

Functions take a connection inside a transaction and never commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from keepwell.platform.database import Connection, Readable
from keepwell.platform.errors import DataValidationError
from keepwell.revenue.facts import store
from keepwell.revenue.policies import ALL, DEFAULT, POLICIES, Policy
from keepwell.revenue.rollups import service as rollups


class NoExchangeRate(DataValidationError):
    """There is no exchange rate for this currency."""

    code = "no-exchange-rate"


async def refresh(connection: Connection, *, workspace_id: UUID, account_ids: Sequence[UUID] | None) -> None:
    """Recompute the facts of these accounts, or of all accounts if None, in the transaction of the change.

    Raises NoExchangeRate for a subscription that began before the first rate of its currency.
    """
    of = {"workspace_id": workspace_id, "account_ids": None if account_ids is None else list(account_ids)}
    await store.LOCK.run(connection, workspace_id=workspace_id)
    unrated = await store.UNRATED.maybe_one(connection, **of)
    if unrated is not None:
        raise NoExchangeRate(
            f"Subscription {unrated.external_id}: there is no rate for {unrated.currency} on {unrated.starts_on}.",
            hint="Import rates first: ./keepwell metrics rates import FILE.csv",
        )
    await store.DELETE.run(connection, **of)
    if account_ids is None:
        await rollups.clear(connection, workspace_id=workspace_id)
    await _insert(connection, DEFAULT, policies=ALL, is_special=False, of=of)
    for policy in POLICIES.values():
        await _insert(connection, policy, policies=[policy.name], is_special=True, of=of)


async def are_missing(reader: Readable, *, workspace_id: UUID) -> bool:
    """Whether the workspace has paid subscriptions but no facts: an earlier release did not store them."""
    return (await store.MISSING.one(reader, workspace_id=workspace_id)).is_missing


async def _insert(
    connection: Connection,
    policy: Policy,
    *,
    policies: Sequence[str],
    is_special: bool,
    of: Mapping[str, object],
) -> None:
    await store.INSERT.run(
        connection,
        **of,
        policies=list(policies),
        is_special=is_special,
        uses_list_price=policy.uses_list_price,
        free_is_active=policy.free_is_active,
    )
