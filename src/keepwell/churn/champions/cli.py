"""Commands: promote a model, and go back to the champion before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import click

from keepwell.churn.champions import service
from keepwell.churn.champions.model import Promotion
from keepwell.churn.champions.service import StandingContext
from keepwell.identity import service as identity
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import (
    Target,
    event_bus,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.database import Connection
from keepwell.platform.runtime import system_runtime


@click.command("promote")
@click.argument("version", type=click.IntRange(1, 2**31 - 1))
@json_option
@targets_workspace
def promote_command(target: Target, version: int, *, as_json: bool) -> None:
    """Let a model make the save lists from now on: the champion.

    A worker makes a list by it within minutes; the command run makes one now. The command rollback goes back.

    Example: ./keepwell churn promote 1 --json
    """

    async def promoted(work: StandingContext) -> Promotion:
        return await service.promote(work, version=version)

    _print(_changed(target, promoted), as_json=as_json)


@click.command("rollback")
@json_option
@targets_workspace
def rollback_command(target: Target, *, as_json: bool) -> None:
    """Go back to the champion before, whether the present one was trained, promoted or won.

    A worker makes a list by it within minutes; the command run makes one now.

    Example: ./keepwell churn rollback --json
    """
    _print(_changed(target, service.rollback), as_json=as_json)


def _changed(target: Target, change: Callable[[StandingContext], Awaitable[Promotion]]) -> Promotion:
    runtime = system_runtime()
    bus = event_bus(runtime)

    async def changed(connection: Connection, workspace_id: UUID) -> Promotion:
        actor = await identity.operator(connection, workspace_id)
        return await change(StandingContext(connection=connection, actor=actor, clock=runtime.clock, bus=bus))

    return run(in_workspace(target, changed))


def _print(done: Promotion, *, as_json: bool) -> None:
    if as_json:
        print_json(done)
        return
    click.echo(
        f"Model {done.model_version} makes the save lists from now on, instead of model {done.model_version_before}. "
        "./keepwell churn run makes one now."
    )
