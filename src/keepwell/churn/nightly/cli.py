"""Command: make a run now."""

from __future__ import annotations

import click

from keepwell.churn.history import TrainingSources
from keepwell.churn.nightly.service import make_run
from keepwell.churn.runs.model import Run
from keepwell.churn.training_cli import opened_training
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.cli.visible import visible


@click.command("run")
@json_option
@targets_workspace
def run_command(target: Target, *, as_json: bool) -> None:
    """Score the accounts of today with the champion, which a worker does every night, and soon after an import.

    Without a model, one is trained. Exit code 0 also if no list could be made: the run says why, and the existing list stays.

    Example: ./keepwell churn run --json
    """
    made = run(_run(target))
    if as_json:
        print_json(made)
    elif made.statement is not None:
        click.echo(visible(f"Run {made.number} made no list: {made.statement}"))
    else:
        click.echo(
            f"Run {made.number}: scored {made.accounts:,} accounts as of {made.as_of} by model {made.model_version}."
        )


async def _run(target: Target) -> Run:
    async with opened_training(target, TrainingSources(), progress=TerminalProgress()) as (work, workspace):
        return await make_run(work, workspace_id=workspace.id, cause="manual")
