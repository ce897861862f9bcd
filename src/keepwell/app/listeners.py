"""The listeners of every event of the bus: which handlers hear of what.

A handler writes rows in the transaction of the change. It gets no bus, no settings and no client, so it cannot
publish further events or leave the database.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from keepwell.churn.cases import service as cases
from keepwell.churn.cases.episodes import service as episodes
from keepwell.churn.champions.events import ModelPromoted
from keepwell.churn.live.events import InputsDrifted, ProbabilitiesBroken
from keepwell.churn.nightly import jobs as churn_jobs
from keepwell.importing.import_log.events import ImportEnded
from keepwell.platform.bus import Bus, on
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.feed import service as feed
from keepwell.platform.runtime import Runtime
from keepwell.records.events import ActionTaken, ChargesFailed, FailedCharge, RecordsChanged
from keepwell.revenue import projections
from keepwell.webhooks import service as webhooks

# The figures follow from these alone; invoices and charges change none of them.
_BEHIND_FIGURES = {"accounts", "subscriptions"}
# Clients see the first as uncertain figures of their account, and the second in their case.
_WITHOUT_ROUTE = {"unreadable_subscriptions", "save_case_contacts"}
# A first import may find thousands of failed charges, and a message stays small.
_MOST_IN_A_MESSAGE = 100


def event_bus(runtime: Runtime) -> Bus:
    """The bus of this process."""
    return Bus(
        runtime,
        on(RecordsChanged, refresh_figures, leave_alone, note_changes),
        on(ActionTaken, notify_webhooks),
        on(ChargesFailed, notify_webhooks_of_failed_charges),
        on(ImportEnded, score_again),
        on(ModelPromoted, score_again, notify_webhooks_of_promotion),
        on(ProbabilitiesBroken, notify_webhooks_of_break),
        on(InputsDrifted, notify_webhooks_of_drift),
    )


async def refresh_figures(connection: Connection, event: RecordsChanged, runtime: Runtime) -> None:
    """Update the figures of the accounts whose records changed."""
    if event.account_ids and event.records.keys() & _BEHIND_FIGURES:
        await projections.refresh(
            connection,
            workspace_id=event.workspace_id,
            account_ids=list(event.account_ids),
            today=today(runtime.clock),
        )


async def leave_alone(connection: Connection, event: RecordsChanged, _: Runtime) -> None:
    """Take accounts off the list of which an imported case says that they are left alone: the next list is minutes away."""
    if cases.RESOURCE in event.records:
        await episodes.leave_alone(connection, workspace_id=event.workspace_id)


async def note_changes(connection: Connection, event: RecordsChanged, runtime: Runtime) -> None:
    """Add the records to the changes feed, and their accounts, whose figures may have changed.

    Everybody who may read follows it, so it tells of no case of an account that is left alone.
    """
    records = {kind: ids for kind, ids in event.records.items() if kind not in _WITHOUT_ROUTE}
    changed = set(event.account_ids)
    if cases.RESOURCE in records:
        known = await cases.known_to_all(connection, records[cases.RESOURCE], workspace_id=event.workspace_id)
        records[cases.RESOURCE] = list(known)
        changed |= {account_id for account_id in known.values() if account_id is not None}
    records["accounts"] = {*records.get("accounts", ()), *changed}
    await feed.note(connection, records, workspace_id=event.workspace_id, runtime=runtime)


async def notify_webhooks(connection: Connection, event: ActionTaken, runtime: Runtime) -> None:
    """Queue the action for the endpoints that subscribe to it."""
    await webhooks.publish(
        connection, workspace_id=event.workspace_id, event=event.action, data=event.data, runtime=runtime
    )


class _FailedCharges(msgspec.Struct, frozen=True):
    """The `data` of a message about failed charges."""

    charges: Sequence[FailedCharge]


async def notify_webhooks_of_failed_charges(
    connection: Connection, event: ChargesFailed, runtime: Runtime
) -> None:
    """Queue the failed charges, up to a hundred in a message."""
    for start in range(0, len(event.charges), _MOST_IN_A_MESSAGE):
        await webhooks.publish(
            connection,
            workspace_id=event.workspace_id,
            event="charges.failed",
            data=_FailedCharges(event.charges[start : start + _MOST_IN_A_MESSAGE]),
            runtime=runtime,
        )


async def notify_webhooks_of_promotion(
    connection: Connection, event: ModelPromoted, runtime: Runtime
) -> None:
    """Queue the promotion for the endpoints that subscribe to it."""
    await webhooks.publish(
        connection,
        workspace_id=event.workspace_id,
        event="churn.model_promoted",
        data=event.promotion,
        runtime=runtime,
    )


async def score_again(connection: Connection, event: ImportEnded | ModelPromoted, runtime: Runtime) -> None:
    """Have the accounts scored again soon."""
    await churn_jobs.score_soon(connection, event.workspace_id, clock=runtime.clock)


async def notify_webhooks_of_break(
    connection: Connection, event: ProbabilitiesBroken, runtime: Runtime
) -> None:
    """Queue the break for the endpoints that subscribe to it."""
    await webhooks.publish(
        connection, workspace_id=event.workspace_id, event="churn.broken", data=event.found, runtime=runtime
    )


async def notify_webhooks_of_drift(connection: Connection, event: InputsDrifted, runtime: Runtime) -> None:
    """Queue the drift for the endpoints that subscribe to it."""
    await webhooks.publish(
        connection, workspace_id=event.workspace_id, event="churn.drifted", data=event.found, runtime=runtime
    )
