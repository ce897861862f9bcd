"""Signals of an account over HTTP, read only: rooms add them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from keepwell.identity.model import Principal
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.platform.values.periods import Instant, require_instant
from keepwell.records.account_signals import service
from keepwell.records.account_signals.model import AccountSignals
from keepwell.records.accounts import service as accounts


@get(
    "/v1/accounts/{account_id:uuid}/signals",
    opt=requires("read"),
    tags=["accounts"],
    summary="Signals of an account",
    operation_id="listAccountSignals",
    responses=problems(404),
)
async def list_account_signals(
    principal: NamedDependency[Principal],
    connection: InTransaction,
    clock: TheClock,
    account_id: Annotated[UUID, PathParameter(description="The account's `id`.")],
    known_at: Annotated[
        Instant | None, QueryParameter(description="What was known at this time; by default now.")
    ] = None,
) -> AccountSignals:
    """The newest signal of each kind, and of each `website` that a value names, with the time since which it is known."""
    require_instant("known_at", known_at)
    workspace_id = principal.workspace_id
    await accounts.get_account(connection, workspace_id=workspace_id, account_id=account_id)
    found = await service.as_known(
        connection, workspace_id=workspace_id, known_at=known_at or clock.now(), account_ids=[account_id]
    )
    return AccountSignals(found)


ROUTES = [list_account_signals]
