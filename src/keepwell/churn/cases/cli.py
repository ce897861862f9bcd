"""Commands: list and show save cases, and record a contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args
from uuid import UUID

import click

from keepwell.churn.cases import service
from keepwell.churn.cases.model import (
    Arm,
    CaseContact,
    CaseDetail,
    CaseFilter,
    CaseItem,
    CaseOutcome,
    Channel,
    CrossoverReason,
    NewCaseContact,
    Note,
    UnknownBecause,
)
from keepwell.identity import service as identity
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import (
    Target,
    event_bus,
    json_option,
    print_json,
    print_listed,
    run,
    targets_workspace,
)
from keepwell.platform.cli.counts import counted
from keepwell.platform.cli.texts import FieldText
from keepwell.platform.cli.visible import visible
from keepwell.platform.database import Connection
from keepwell.platform.errors import NotFound
from keepwell.platform.runtime import system_runtime
from keepwell.platform.values.percentages import percent
from keepwell.records.accounts import service as accounts
from keepwell.records.changes import ChangeContext

_MANY = 10_000
_UNKNOWN: Mapping[UnknownBecause, str] = {
    "not_decided": "Nobody has looked yet how it ended: the nightly work of a worker does.",
    "records_end": "The records do not reach its last day.",
    "unreadable": "A subscription of the account cannot be read.",
}
_NOTE = FieldText(Note, meaning="a note, which has at most 2,000 characters")
_REASON = FieldText(CrossoverReason, meaning="a reason, which has at most 500 characters")


@click.group()
def cases() -> None:
    """Accounts at risk, from the list that said so until its horizon has ended."""


@cases.command("list")
@click.option("--outcome", type=click.Choice(get_args(CaseOutcome)), help="Only cases that ended so.")
@click.option("--arm", type=click.Choice(get_args(Arm)), help="Only accounts to contact, or left alone.")
@click.option("--limit", type=click.IntRange(1, _MANY), default=50, show_default=True)
@json_option
@targets_workspace
def list_command(
    target: Target, outcome: CaseOutcome | None, arm: Arm | None, *, limit: int, as_json: bool
) -> None:
    """List cases, the latest first.

    Example: ./keepwell cases list --outcome open --json
    """

    async def listed(connection: Connection, workspace_id: UUID) -> Sequence[CaseItem]:
        filters = CaseFilter(with_held=True, outcome=outcome, arm=arm)
        page = await service.list_cases(connection, filters, workspace_id=workspace_id, limit=limit)
        return page.items

    print_listed(run(in_workspace(target, listed)), _line, as_json=as_json)


@cases.command("show")
@click.argument("account")
@json_option
@targets_workspace
def show_command(target: Target, account: str, *, as_json: bool) -> None:
    """Show the latest case of ACCOUNT, which is its id at its source, and the contacts that were made.

    Example: ./keepwell cases show A-0004
    """

    async def shown(connection: Connection, workspace_id: UUID) -> CaseDetail:
        return await _latest(connection, account, workspace_id=workspace_id)

    _print(run(in_workspace(target, shown)), as_json=as_json)


@cases.command("contact")
@click.argument("account")
@click.option("--channel", type=click.Choice(get_args(Channel)), default="phone", show_default=True)
@click.option("--note", type=_NOTE, help="What was said.")
@click.option(
    "--crossover-reason",
    type=_REASON,
    help="Why an account was contacted that is left alone; its case stays there.",
)
@json_option
@targets_workspace
def contact_command(
    target: Target,
    account: str,
    *,
    channel: Channel,
    note: str | None,
    crossover_reason: str | None,
    as_json: bool,
) -> None:
    """Record that ACCOUNT, by its id at its source, was contacted just now, with its latest case.

    Example: ./keepwell cases contact A-0004 --channel phone --note "Asks for fewer seats."
    """
    new = NewCaseContact(channel=channel, note=note, crossover_reason=crossover_reason)
    runtime = system_runtime()
    bus = event_bus(runtime)

    async def recorded(connection: Connection, workspace_id: UUID) -> CaseContact:
        case = await _latest(connection, account, workspace_id=workspace_id)
        actor = await identity.operator(connection, workspace_id)
        context = ChangeContext(connection=connection, actor=actor, runtime=runtime, bus=bus)
        return await service.record_contact(context, new, case_id=case.id, with_held=True)

    made = run(in_workspace(target, recorded))
    if as_json:
        print_json(made)
    else:
        click.echo(f"Recorded: {made.channel}, {made.contacted_at:%Y-%m-%d %H:%M}.")


async def _latest(connection: Connection, account: str, *, workspace_id: UUID) -> CaseDetail:
    """The latest case of the account with this id at its source; raises NotFound."""
    found = await accounts.names(connection, workspace_id=workspace_id, external_ids=[account])
    if account not in found:
        raise NotFound(
            f"There is no account with the id {account!r} here.",
            hint="./keepwell cases list shows the ids of those that have a case.",
        )
    page = await service.list_cases(
        connection,
        CaseFilter(with_held=True, account_id=found[account].id),
        workspace_id=workspace_id,
        limit=1,
    )
    if not page.items:
        raise NotFound(
            f"The account {account!r} has no case.", hint="./keepwell cases list shows those that have."
        )
    return await service.get_case(
        connection, workspace_id=workspace_id, case_id=page.items[0].id, with_held=True
    )


def _line(item: CaseItem) -> str:
    days = f"{item.opened_on} to {item.horizon_ends_on}"
    contacts = f"{counted(item.contacts, 'contact'):>12}"
    return f"{days}  {item.arm:<4}  {item.outcome:<7}  {contacts}  {item.account_external_id}  {item.account}"


def _figures(item: CaseDetail) -> str:
    """What the list said at the opening, and what was paid at the end, as far as either is known."""
    mrr = "MRR unknown" if item.mrr is None else f"MRR {item.mrr} {item.currency}"
    chance = "" if item.probability is None else f", {percent(item.probability, places=1)} to leave"
    at_end = "" if item.mrr_at_horizon is None else f"; MRR {item.mrr_at_horizon} {item.currency} at the end"
    return f"{mrr}{chance} at the opening{at_end}"


def _print(item: CaseDetail, *, as_json: bool) -> None:
    if as_json:
        print_json(item)
        return
    click.echo(visible(_line(item)))
    for reason in item.reasons:
        click.echo(visible(f"  - {reason.text}"))
    click.echo(f"  {_figures(item)}.")
    if item.unknown_because is not None:
        click.echo(f"  {_UNKNOWN[item.unknown_because]}")
    if item.revised_at is not None:
        click.echo(f"  Decided again on {item.revised_at:%Y-%m-%d}; before: {item.revised_from}.")
    for made in item.made:
        why = f", although left alone ({made.crossover_reason})" if made.crossover_reason else ""
        note = f": {made.note}" if made.note else ""
        click.echo(visible(f"  {made.contacted_at:%Y-%m-%d %H:%M}  {made.channel}{why}{note}"))
