"""Commands: what lists turned out to be worth, and drift."""

from __future__ import annotations

from uuid import UUID

import click

from keepwell.churn.drift.model import DriftReport, InputDrift
from keepwell.churn.live import service
from keepwell.churn.live.model import LiveFigures, LiveReport, Verdict
from keepwell.churn.live.wording import drift_sentence, verdict_sentence
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.cli.visible import visible
from keepwell.platform.database import Connection


@click.command("live")
@json_option
@targets_workspace
def live_command(target: Target, *, as_json: bool) -> None:
    """Say whether the list's probabilities hold, by what then happened to its accounts.

    Exit code 0 whatever the verdict: `--json` has it as `verdict.state`.

    Example: ./keepwell churn live --json
    """

    async def read(connection: Connection, workspace_id: UUID) -> LiveReport:
        return await service.live_report(connection, workspace_id=workspace_id)

    found = run(in_workspace(target, read))
    if as_json:
        print_json(found)
        return
    if found.verdict is None:
        click.echo("Nothing is scored yet: run ./keepwell churn run")
        return
    click.echo(visible(verdict_sentence(found.verdict)))
    _show_limits(found.verdict)
    if found.together is not None:
        _show_figures(found.together, found)


@click.command("drift")
@json_option
@targets_workspace
def drift_command(target: Target, *, as_json: bool) -> None:
    """Say how far the accounts of the newest list are from those that its model was learnt from.

    Example: ./keepwell churn drift --json
    """

    async def read(connection: Connection, workspace_id: UUID) -> DriftReport:
        return await service.drift_report(connection, workspace_id=workspace_id)

    found = run(in_workspace(target, read))
    if as_json:
        print_json(found)
        return
    click.echo(visible(drift_sentence(found)))
    if found.inputs:
        click.echo(
            f"{'input':<28} {'PSI':>7} {'usual':>7} {'KS':>7} {'usual':>7} {'JS':>7} {'usual':>7} {'unknown':>8} {'before':>8}"
        )
        for each in found.inputs:
            click.echo(visible(_line(each)))


def _show_limits(verdict: Verdict) -> None:
    if verdict.smallest_visible is not None:
        click.echo(
            f"The smallest shift that this shop finds within a year in four cases of five: {verdict.smallest_visible:g} times the expected "
            "departures."
        )


def _show_figures(together: LiveFigures, found: LiveReport) -> None:
    click.echo(
        f"{together.lists} lists: {together.departed} of {together.snapshots:,} left, {together.expected:.1f} were expected, and "
        f"{together.likely_from} to {together.likely_to} are no surprise."
    )
    alone = found.left_alone
    if alone is not None:
        click.echo(
            f"Of those left alone, whom nobody worked on: {alone.departed} of {alone.snapshots:,} left, {alone.expected:.1f} were "
            f"expected, and {alone.likely_from} to {alone.likely_to} are no surprise."
        )
    if together.unknown:
        click.echo(f"What became of {together.unknown} is not known.")
    if together.not_judged is not None:
        click.echo(together.not_judged)
        return
    base = found.baseline
    for name, live, before in (
        ("ROC AUC", together.roc_auc, base and base.roc_auc),
        ("Log loss", together.log_loss, base and base.log_loss),
        ("Expected / left", together.expected_over_departed, base and base.expected_over_departed),
    ):
        if live is not None:
            held_out = "" if not before else f"; held out {before.value:.4f}"
            click.echo(f"{name:<16} {live.value:.4f} ({live.low:.4f} to {live.high:.4f}){held_out}")


def _line(each: InputDrift) -> str:
    mark = "  drifted" if each.is_drifted else ""
    return (
        f"{each.name[:28]:<28} {each.psi:>7.3f} {each.usual_psi:>7.3f} {each.ks:>7.3f} {each.usual_ks:>7.3f} {each.js:>7.3f} "
        f"{each.usual_js:>7.3f} {each.unknown:>8.1%} {each.unknown_before:>8.1%}{mark}"
    )
