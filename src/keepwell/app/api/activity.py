"""Recent activity of the whole workspace: the newest events, each with its account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import anyio.to_thread
import msgspec
from litestar import get
from litestar.di import NamedDependency

from keepwell.identity.model import Principal
from keepwell.intake import service as intake
from keepwell.intake.lake.model import AccountEvent
from keepwell.platform.clock import today
from keepwell.platform.http.routes import TheClock, TheReader, TheSettings, problems, requires
from keepwell.platform.pagination.listing import Limit
from keepwell.records.accounts import service as accounts
from keepwell.records.accounts.model import AccountName

_DEFAULT_LIMIT = 20


class ActivityItem(msgspec.Struct, frozen=True):
    """An event and its account; `account_id` and `name` are null if no account has that `external_id`."""

    at: datetime
    event: str
    external_id: str
    account_id: UUID | None
    name: str | None


class RecentActivity(msgspec.Struct, frozen=True):
    """The newest events, newest first."""

    items: Sequence[ActivityItem]


@get(
    "/v1/activity",
    opt=requires("read"),
    tags=["accounts"],
    summary="Recent activity",
    operation_id="getActivity",
    responses=problems(),
)
async def get_activity(
    principal: NamedDependency[Principal],
    reader: TheReader,
    clock: TheClock,
    settings: TheSettings,
    limit: Limit = _DEFAULT_LIMIT,
) -> RecentActivity:
    """The newest events of all accounts, as soon as they are accepted, before they are in the lake."""
    workspace_id = principal.workspace_id
    # The lake and the journal are files: read them in a thread, not on the event loop.
    events = await anyio.to_thread.run_sync(
        lambda: intake.newest_events(
            settings.lake,
            workspace_id=workspace_id,
            intake_root=settings.intake(workspace_id),
            limit=limit,
            today=today(clock),
        )
    )
    named = await accounts.names(
        reader, workspace_id=workspace_id, external_ids={event.account for event in events}
    )
    return RecentActivity([_item(event, named.get(event.account)) for event in events])


def _item(event: AccountEvent, account: AccountName | None) -> ActivityItem:
    return ActivityItem(
        at=event.at,
        event=event.event,
        external_id=event.account,
        account_id=account.id if account else None,
        name=account.name if account else None,
    )
