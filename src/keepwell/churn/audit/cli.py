"""Command: audit the model for differences between groups of accounts."""

from __future__ import annotations

import click
from rich.table import Table

from keepwell.churn.audit import service
from keepwell.churn.audit.grouping import name_of
from keepwell.churn.audit.model import DEFAULT_TOP, FIGURES, BiasAudit, Figure, FigureName, GroupFigures
from keepwell.churn.audit.statement import TITLES
from keepwell.churn.history import TrainingSources
from keepwell.churn.sources.coverage import SourceName
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
from keepwell.platform.cli.visible import visible
from keepwell.platform.progress import Progress


@click.command("audit")
@click.option(
    "--by",
    required=True,
    metavar="ATTRIBUTE",
    help="Group accounts by it: plan, billing, country, industry, signed_up_year, or the kind of a signal.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=DEFAULT_TOP,
    show_default=True,
    help="How many accounts of a list are selected, that is worked on.",
)
@click.option(
    "--model",
    "version",
    type=click.IntRange(1, 2**31 - 1),
    help="Audit this model.  [default: the champion]",
)
@without_option
@json_option
@targets_workspace
def audit_command(
    target: Target, by: str, *, top: int, version: int | None, without: tuple[str, ...], as_json: bool
) -> None:
    """Compare the champion's held-out predictions between groups of accounts, and say which differences could be chance.

    What the training left out is left out here as well.

    Example: ./keepwell churn audit --by country --json
    """
    read = TrainingSources(without=[SourceName(each) for each in without])
    found = run(_audit(target, read, by=by, top=top, version=version, progress=TerminalProgress()))
    if as_json:
        print_json(found)
    else:
        _print_audit(found)


async def _audit(
    target: Target,
    read: TrainingSources,
    *,
    by: str,
    top: int,
    version: int | None,
    progress: Progress,
) -> BiasAudit:
    async with opened_training(target, read, progress=progress) as (work, workspace):
        return await service.bias_audit(work, workspace_id=workspace.id, by=by, top=top, version=version)


def _print_audit(found: BiasAudit) -> None:
    click.echo(
        f"Model {found.model_version} by {visible(found.by)}: predictions from {found.held_out_from} on for the "
        f"{found.horizon_days} days after each, made from what was known before.\n{found.selection}\n"
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("group")
    for name in ("n", "accounts", "left", *(TITLES[each] for each in FIGURES)):
        table.add_column(name, justify="right")
    for each in found.groups:
        table.add_row(name_of(each.group), *_cells(each))
    table.add_row("all accounts", *_cells(found.overall))
    print_table(table)
    for note in found.notes:
        click.echo(f"\n{visible(note)}")


def _cells(figures: GroupFigures) -> list[str]:
    counts = (figures.snapshots, figures.accounts, figures.departed)
    return [*(f"{each:,}" for each in counts), *(_cell(figures, name) for name in FIGURES)]


def _cell(figures: GroupFigures, name: FigureName) -> str:
    figure: Figure | None = getattr(figures, name)
    if figure is None:
        return "-"
    sign = "+" if name == "calibration_gap" else ""
    return f"{figure.value:{sign}.3f} ({figure.low:{sign}.3f} to {figure.high:{sign}.3f})"
