"""Command: show the save list."""

from __future__ import annotations

import click

from keepwell.churn import service
from keepwell.churn.label import Label
from keepwell.churn.model import ChurnKind
from keepwell.churn.save_list import SaveList, SaveListEntry
from keepwell.identity import service as identity
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.cli.counts import counted
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import SystemClock, today
from keepwell.platform.database_server import open_database
from keepwell.platform.pagination.cursors import LARGEST_PAGE
from keepwell.platform.values.percentages import percent
from keepwell.revenue.projections import CurrentProjections

OUTDATED = "An import has changed records since then. A worker scores again within minutes; now: ./keepwell churn run"


@click.command("save-list")
@click.option(
    "--top",
    type=click.IntRange(1, LARGEST_PAGE),
    default=20,
    show_default=True,
    help="The maximum number of accounts.",
)
@click.option(
    "--kind", type=click.Choice([each.value for each in ChurnKind]), help="Only accounts of this kind."
)
@json_option
@targets_workspace
def save_list_command(target: Target, top: int, *, kind: str | None, as_json: bool) -> None:
    """Show the accounts with the most revenue at risk, and why: those that pay today, or by inactivity those that were active.

    The id is that of the account at its source, which ./keepwell cases show and cases contact take.

    Example: ./keepwell save-list --top 20 --kind voluntary --json
    """
    found = run(_save_list(target, top, kind=None if kind is None else ChurnKind(kind)))
    if as_json:
        print_json(found)
    else:
        _print_save_list(found)


async def _save_list(target: Target, top: int, *, kind: ChurnKind | None) -> SaveList:
    async with open_database(target.settings) as database, database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
        reader = await CurrentProjections().reader(
            connection, workspace_id=workspace.id, today=today(SystemClock())
        )
        found, _ = await service.save_list(reader, workspace_id=workspace.id, limit=top, kind=kind)
        return found


def _print_save_list(found: SaveList) -> None:
    if found.model is None:
        click.echo("Nothing is scored yet: run ./keepwell churn train")
        return
    click.echo(
        f"Save list as of {found.as_of}, in {found.currency}; scored {found.scored_at:%Y-%m-%d %H:%M} UTC\n"
    )
    label = found.model.label
    width = max((len(item.account_external_id) for item in found.items), default=0)
    click.echo(f"{'':>4}  {'id':<{width}}  {'account':<30} {_head(label)}  kind")
    for item in found.items:
        account = f"{item.account_external_id:<{width}}  {item.name:<30}"
        click.echo(visible(f"{item.rank:>4}  {account} {_figures(item)}  {item.kind}{_case(item)}"))
        for reason in item.reasons:
            click.echo(visible(f"      - {reason.text}"))
    if found.totals.left_alone:
        more = "is" if found.totals.left_alone == 1 else "are"
        click.echo(f"\n{found.totals.left_alone:,} more {more} left alone until {found.horizon_ends_on}.")
    click.echo(f"\n{found.model.statement}")
    if found.silence is not None:
        click.echo(f"{found.silence.statement} The list stays as of {found.as_of}.")
    if found.outdated:
        click.echo(OUTDATED)


def _case(item: SaveListEntry) -> str:
    """Since when the account has a case, and how often somebody was in contact with it."""
    if item.case is None:
        return ""
    return f"  case since {item.case.opened_on}, {counted(item.case.contacts, 'contact')}"


def _head(label: Label) -> str:
    if not label.has_money:
        return f"{'chance':>7}"
    return f"{'MRR' if label.money == 'mrr' else 'spend/month':>11} {'chance':>7} {'at risk':>9}"


def _figures(item: SaveListEntry) -> str:
    if item.revenue_at_risk is None:
        return f"{percent(item.probability, places=1):>7}"
    return f"{item.mrr:>11} {percent(item.probability, places=1):>7} {item.revenue_at_risk:>9}"
