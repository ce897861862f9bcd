"""Commands on webhooks out: who is told, and what did not arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import click

from keepwell.identity import service as identity
from keepwell.platform.command_line import (
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
from keepwell.webhooks.delivering import signer_of
from keepwell.webhooks.managing import Managing
from keepwell.webhooks.model import (
    DeliveryFilter,
    DeliveryItem,
    DeliveryStatus,
    EndpointItem,
    EndpointMade,
    EndpointSecret,
    Event,
    NewEndpoint,
    Replayed,
    ReplayFailed,
)

_MANY = 10_000


@click.group()
def webhooks() -> None:
    """Who is told when something changes, and what did not arrive."""


@webhooks.command("add")
@click.argument("url")
@click.option(
    "--event", "events", multiple=True, type=click.Choice(get_args(Event)), help="Only this; may be repeated."
)
@click.option("--description", default="", help="What it is for.")
@json_option
@targets_workspace
def add_command(
    target: Target, url: str, *, events: tuple[Event, ...], description: str, as_json: bool
) -> None:
    """Add an endpoint and print its signing secret, which is shown this once.

    Example: ./keepwell webhooks add https://shop.example.com/keepwell --event account.updated
    """
    made = run(_add(target, NewEndpoint(url=url, events=events, description=description)))
    if as_json:
        print_json(made)
    else:
        click.echo(f"{made.id}\n{made.secret}")


@webhooks.command("list")
@json_option
@targets_workspace
def list_command(target: Target, as_json: bool) -> None:
    """List the endpoints, disabled ones too.

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
    """Remove an endpoint, with what is due to it.

    Example: ./keepwell webhooks remove 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """
    run(_remove(target, endpoint_id))
    click.echo(f"{endpoint_id} is told nothing more.")


@webhooks.command("rotate")
@click.argument("endpoint_id", type=click.UUID)
@json_option
@targets_workspace
def rotate_command(target: Target, endpoint_id: UUID, as_json: bool) -> None:
    """Make a new signing secret and print it; for a day the one before signs too.

    Example: ./keepwell webhooks rotate 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d
    """
    made = run(_rotate(target, endpoint_id))
    if as_json:
        print_json(made)
    else:
        click.echo(made.secret)


@webhooks.command("deliveries")
@click.option("--status", type=click.Choice(get_args(DeliveryStatus)), help="Only these.")
@click.option("--limit", type=click.IntRange(1, _MANY), default=50, show_default=True)
@json_option
@targets_workspace
def deliveries_command(target: Target, status: DeliveryStatus | None, *, limit: int, as_json: bool) -> None:
    """The newest deliveries, newest first.

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
    """Send again what an endpoint has missed; a running server does it.

    Example: ./keepwell webhooks replay 0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d --since 2026-05-01
    """
    start = None if since is None else since.replace(tzinfo=UTC)
    replayed = run(_replay(target, endpoint_id, wanted=ReplayFailed(start)))
    if as_json:
        print_json(replayed)
    else:
        click.echo(f"{replayed.deliveries} deliveries are due again.")


async def _add(target: Target, new: NewEndpoint) -> EndpointMade:
    async with _managing(target) as managing:
        return await endpoints.create_endpoint(managing, new)


async def _list(target: Target) -> list[EndpointItem]:
    async with _managing(target) as managing:
        found = await endpoints.list_endpoints(
            managing.connection, "id", workspace_id=managing.workspace_id, limit=_MANY
        )
        return list(found.items)


async def _remove(target: Target, endpoint_id: UUID) -> None:
    async with _managing(target) as managing:
        await endpoints.delete_endpoint(managing, endpoint_id=endpoint_id, version=None)


async def _rotate(target: Target, endpoint_id: UUID) -> EndpointSecret:
    async with _managing(target) as managing:
        return await endpoints.rotate_secret(managing, endpoint_id=endpoint_id)


async def _deliveries(target: Target, wanted: DeliveryFilter, *, limit: int) -> list[DeliveryItem]:
    async with _managing(target) as managing:
        found = await deliveries.list_deliveries(
            managing.connection, wanted, workspace_id=managing.workspace_id, limit=limit
        )
        return list(found.items)


async def _replay(target: Target, endpoint_id: UUID, *, wanted: ReplayFailed) -> Replayed:
    async with _managing(target) as managing:
        return await endpoints.replay_failed(managing, wanted, endpoint_id=endpoint_id)


@asynccontextmanager
async def _managing(target: Target) -> AsyncIterator[Managing]:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        yield Managing(
            connection=connection,
            actor=await identity.operator(connection, workspace.id),
            runtime=system_runtime(),
            signer=signer_of(target.settings),
            allow_private=target.settings.allow_private_webhooks,
        )
