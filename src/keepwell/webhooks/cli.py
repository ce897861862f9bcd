"""Commands for webhook endpoints and deliveries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import click

from keepwell.identity import service as identity
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.database_server import open_database
from keepwell.platform.runtime import system_runtime
from keepwell.webhooks import deliveries, endpoints
from keepwell.webhooks.context import WebhookContext
from keepwell.webhooks.model import (
    DeliveryFilter,
    DeliveryItem,
    DeliveryReplayResult,
    DeliveryStatus,
    EndpointItem,
    EndpointSecret,
    EndpointWithSecret,
    Event,
    NewEndpoint,
    ReplayFailed,
)
from keepwell.webhooks.signing import signer_of

_MANY = 10_000


@click.group()
def webhooks() -> None:
    """Manage webhook endpoints and replay failed deliveries."""


@webhooks.command("add")
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(get_args(Event)),
    help="Only this event; repeat for several.",
)
@click.option("--description", default="", help="What it is for.")
@json_option
@targets_workspace
def add_command(
    target: Target, url: str, *, events: tuple[Event, ...], description: str, as_json: bool
) -> None:
    """Add an endpoint and print its id and its signing secret, which is shown only now.

    Example: ./keepwell webhooks add https://shop.example.com/keepwell --event account.updated
    """
    created = run(_add(target, NewEndpoint(url=url, events=events, description=description)))
    if as_json:
        print_json(created)
    else:
        click.echo(f"{created.id}\n{created.secret}")


@webhooks.command("list")
@json_option
@targets_workspace
def list_command(target: Target, as_json: bool) -> None:
    """List the endpoints, including disabled ones.

    Example: ./keepwell webhooks list --json
    """
    print_listed(run(_list(target)), _endpoint_line, as_json=as_json)


def _endpoint_line(endpoint: EndpointItem) -> str:
    state = f"disabled: {endpoint.disabled_because}" if endpoint.disabled_because else "enabled"
    return f"{endpoint.id}  {endpoint.url}  {', '.join(endpoint.events) or 'every event'}  {state}"


@webhooks.command("remove")
@click.argument("endpoint_id", type=click.UUID)
@targets_workspace
def remove_command(target: Target, endpoint_id: UUID) -> None:
    """Remove an endpoint and its deliveries.

    Example: ./keepwell webhooks remove 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """
    run(_remove(target, endpoint_id))
    click.echo(f"{endpoint_id} is removed.")


@webhooks.command("rotate")
@click.argument("endpoint_id", type=click.UUID)
@json_option
@targets_workspace
def rotate_command(target: Target, endpoint_id: UUID, as_json: bool) -> None:
    """Create a new signing secret and print it; for a day the previous one signs too.

    Example: ./keepwell webhooks rotate 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """
    created = run(_rotate(target, endpoint_id))
    if as_json:
        print_json(created)
    else:
        click.echo(created.secret)


@webhooks.command("deliveries")
@click.option("--status", type=click.Choice(get_args(DeliveryStatus)), help="Only deliveries in this state.")
@click.option("--limit", type=click.IntRange(1, _MANY), default=50, show_default=True)
@json_option
@targets_workspace
def deliveries_command(target: Target, status: DeliveryStatus | None, *, limit: int, as_json: bool) -> None:
    """List the newest deliveries, newest first.

    Example: ./keepwell webhooks deliveries --status failed
    """
    found = run(_deliveries(target, DeliveryFilter(status=status), limit=limit))
    print_listed(found, _delivery_line, as_json=as_json)


def _delivery_line(delivery: DeliveryItem) -> str:
    code = delivery.last_status_code
    outcome = delivery.last_error or (f"status {code}" if code else "")
    return f"{delivery.id}  {delivery.event}  {delivery.status}  {delivery.attempts} attempts  {outcome}"


@webhooks.command("replay")
@click.argument("endpoint_id", type=click.UUID)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was published since this day.")
@json_option
@targets_workspace
def replay_command(target: Target, endpoint_id: UUID, *, since: datetime | None, as_json: bool) -> None:
    """Make the failed deliveries of an endpoint due again; a running worker sends them.

    Example: ./keepwell webhooks replay 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d --since 2026-05-01
    """
    start = None if since is None else since.replace(tzinfo=UTC)
    replayed = run(_replay(target, endpoint_id, failed=ReplayFailed(start)))
    if as_json:
        print_json(replayed)
    else:
        click.echo(f"{replayed.deliveries} deliveries are due again.")


async def _add(target: Target, new: NewEndpoint) -> EndpointWithSecret:
    async with _context(target) as context:
        return await endpoints.create_endpoint(context, new)


async def _list(target: Target) -> list[EndpointItem]:
    async with _context(target) as context:
        found = await endpoints.list_endpoints(
            context.connection, "id", workspace_id=context.workspace_id, limit=_MANY
        )
        return list(found.items)


async def _remove(target: Target, endpoint_id: UUID) -> None:
    async with _context(target) as context:
        await endpoints.delete_endpoint(context, endpoint_id=endpoint_id, version=None)


async def _rotate(target: Target, endpoint_id: UUID) -> EndpointSecret:
    async with _context(target) as context:
        return await endpoints.rotate_secret(context, endpoint_id=endpoint_id)


async def _deliveries(target: Target, filters: DeliveryFilter, *, limit: int) -> list[DeliveryItem]:
    async with _context(target) as context:
        found = await deliveries.list_deliveries(
            context.connection, filters, workspace_id=context.workspace_id, limit=limit
        )
        return list(found.items)


async def _replay(target: Target, endpoint_id: UUID, *, failed: ReplayFailed) -> DeliveryReplayResult:
    async with _context(target) as context:
        return await endpoints.replay_failed(context, failed, endpoint_id=endpoint_id)


@asynccontextmanager
async def _context(target: Target) -> AsyncIterator[WebhookContext]:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        yield WebhookContext(
            connection=connection,
            actor=await identity.operator(connection, workspace.id),
            runtime=system_runtime(),
            signer=signer_of(target.settings),
            allow_private=target.settings.allow_private_webhooks,
        )
