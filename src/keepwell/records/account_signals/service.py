"""Signals of accounts: added as they become known, and read as they were known at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.platform.database import Connection, Readable
from keepwell.platform.runtime import Runtime
from keepwell.records.account_signals import store
from keepwell.records.account_signals.model import AccountSignal, NewSignal, require_past


async def add(
    connection: Connection, signals: Sequence[NewSignal], *, workspace_id: UUID, runtime: Runtime
) -> None:
    """Add signals, known from now on; a correction is another signal with the same `observed_at`.

    Raises DataValidationError for an observation in the future, Conflict for an account that the workspace does not have.
    """
    now = runtime.clock.now()
    for signal in signals:
        require_past(signal, now=now)
    await store.INSERT.run(
        connection,
        workspace_id=workspace_id,
        id=[runtime.ids.new() for _ in signals],
        account_id=[each.account_id for each in signals],
        kind=[each.kind for each in signals],
        value=[msgspec.json.encode(each.value).decode() for each in signals],
        observed_at=[each.observed_at for each in signals],
        known_at=now,
    )


async def as_known(
    reader: Readable,
    *,
    workspace_id: UUID,
    known_at: datetime,
    account_ids: Sequence[UUID] | None = None,
    kinds: Sequence[str] | None = None,
) -> list[AccountSignal]:
    """The newest signal of each account and kind as it was known at `known_at`; None means all accounts, or all kinds.

    If the value is an object that names a `website`, it is the newest of that website.
    What was observed before and learnt after that time is left out, so that no feature knows the future.
    """
    return await store.AS_KNOWN.all(
        reader,
        workspace_id=workspace_id,
        known_at=known_at,
        account_ids=None if account_ids is None else list(account_ids),
        kinds=None if kinds is None else list(kinds),
    )
