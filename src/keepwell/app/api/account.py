"""One account, with data from several rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import anyio.to_thread
import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from keepwell.churn import service as churn
from keepwell.churn.save_list import AccountRisk
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Permission
from keepwell.intake import service as intake
from keepwell.intake.lake.model import Activity
from keepwell.platform.clock import today
from keepwell.platform.http.routes import TheClock, TheReader, TheSettings, problems, requires
from keepwell.platform.http.versions import etag
from keepwell.records.accounts.model import AccountItem
from keepwell.records.subscriptions.model import AccountSubscription
from keepwell.revenue.account_history import MovementItem, account_history


class AccountDetail(AccountItem, frozen=True):
    """An account with its subscriptions, movements, recent activity and risk."""

    subscriptions: Sequence[AccountSubscription]
    movements: Sequence[MovementItem]
    activity: Activity
    risk: AccountRisk | None


@get(
    "/v1/accounts/{account_id:uuid}",
    opt=requires("read"),
    tags=["accounts"],
    summary="One account",
    operation_id="getAccount",
    responses=problems(404),
)
async def get_account(
    principal: NamedDependency[Principal],
    todays_reader: TheReader,
    clock: TheClock,
    settings: TheSettings,
    account_id: Annotated[UUID, PathParameter(description="The account's `id`.")],
) -> Response[AccountDetail]:
    """One account as of today."""
    workspace_id = principal.workspace_id
    history = await account_history(
        todays_reader, workspace_id=workspace_id, account_id=account_id, on=today(clock)
    )
    risk = await churn.risk_of(
        todays_reader,
        workspace_id=workspace_id,
        account_id=account_id,
        with_held=Permission.READ_HOLDOUT in principal.permissions,
    )
    external_id = history.account.external_id
    no_usage = await churn.no_usage_events(todays_reader, workspace_id=workspace_id)
    # The lake and the journal are files: read them in a thread, not on the event loop.
    activity = await anyio.to_thread.run_sync(
        lambda: intake.activity(
            settings.lake,
            workspace_id=workspace_id,
            account=external_id,
            today=today(clock),
            intake_root=settings.intake(workspace_id),
            no_usage=no_usage,
        )
    )
    page = AccountDetail(
        **msgspec.structs.asdict(history.account),
        subscriptions=history.subscriptions,
        movements=history.movements,
        activity=activity,
        risk=risk,
    )
    # The version covers the writable fields: activity and risk change without it.
    return Response(page, headers={"ETag": etag(page.version)})
