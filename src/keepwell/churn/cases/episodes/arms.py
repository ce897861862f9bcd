"""Which accounts a list leaves alone: those whose open case says so, and of the others those that the holdout draws."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from keepwell.churn.cases.episodes import store
from keepwell.churn.model import HOLDOUTS, ChurnKind
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.database import Connection
from keepwell.platform.holdout import Holdout


async def held_accounts(
    connection: Connection, kinds: Mapping[UUID, ChurnKind], *, holdout: Holdout, workspace_id: UUID
) -> Collection[UUID]:
    """Those of the accounts, given with how each may leave, that are on no working list.

    An account keeps the arm of its open case, whatever the share is by now and however it may leave: otherwise somebody who is left
    alone would be called about a payment.
    """
    shares = (await workspace_settings(connection, workspace_id)).holdout_shares
    arms = {
        row.account_id: row.is_held
        for row in await store.OPEN_ARMS.all(connection, workspace_id=workspace_id)
    }
    return {
        account_id
        for account_id, kind in kinds.items()
        if arms.get(
            account_id,
            holdout.is_held(
                workspace_id=workspace_id, account_id=account_id, share=shares.share(HOLDOUTS[kind])
            ),
        )
    }
