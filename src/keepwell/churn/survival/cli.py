"""Command: when the accounts that pay may leave."""

from __future__ import annotations

import click
from rich.table import Table

from keepwell.churn.history import TrainingSources
from keepwell.churn.sources.coverage import SourceName
from keepwell.churn.survival import service
from keepwell.churn.survival.fitting import require_lifelines
from keepwell.churn.survival.model import AccountForecast, LeavingTimes
from keepwell.churn.training_cli import opened_training, without_option
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    print_table,
    run,
    targets_workspace,
)
from keepwell.platform.progress import Progress
from keepwell.platform.values.percentages import percent

_LONGEST_NAME = 40
_NOT_SHOWN = "No chance here is shown to be better than one chance for everybody, so the order may be chance."


@click.command("when")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="The maximum number of accounts.",
)
@without_option
@json_option
@targets_workspace
def when_command(target: Target, top: int, *, without: tuple[str, ...], as_json: bool) -> None:
    """Say when the accounts that pay may leave: chances by 30, 60 and 90 days, and by when a quarter or half of such accounts have left.

    Fits a Cox model on the history each time and stores nothing.

    Example: ./keepwell churn when --top 10 --json
    """
    # Before the database is started for nothing.
    require_lifelines()
    read = TrainingSources(without=[SourceName(each) for each in without])
    found = run(_when(target, read, top=top, progress=TerminalProgress()))
    if as_json:
        print_json(found)
    else:
        _print_times(found)


async def _when(target: Target, read: TrainingSources, *, top: int, progress: Progress) -> LeavingTimes:
    async with opened_training(target, read, progress=progress) as (work, workspace):
        return await service.leaving_times(work, workspace_id=workspace.id, top=top)


def _print_times(found: LeavingTimes) -> None:
    click.echo(f"When accounts may leave, as of {found.as_of}\n")
    if not found.test.is_shown:
        click.echo(f"{_NOT_SHOWN}\n")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("account")
    for name in ("MRR", "in 30 days", "in 60", "in 90", "a quarter by", "half by"):
        table.add_column(name, justify="right")
    for each in found.accounts:
        name = each.name
        shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        table.add_row(shown, each.mrr, *_cells(each, observed_days=found.observed_days))
    print_table(table)
    rest = found.total - len(found.accounts)
    if rest:
        click.echo(f"\n{rest:,} more: --top {found.total}")
    if found.left_alone:
        click.echo(f"\n{found.left_alone:,} more are left alone.")
    click.echo(f"\n{found.statement}")


def _cells(each: AccountForecast, *, observed_days: int) -> list[str]:
    forecast = each.forecast
    if forecast is None:
        return [f"ends {each.leaves_on}", "", "", "", ""]
    chances = (forecast.within_30, forecast.within_60, forecast.within_90)
    days = (forecast.quarter_days, forecast.half_days)
    return [
        *("-" if chance is None else percent(chance, places=1) for chance in chances),
        *(f"after {observed_days}" if day is None else f"day {day}" for day in days),
    ]
