"""Command: train a model again and compare it with the stored one."""

from __future__ import annotations

import sys

import click

from keepwell.churn.history import TrainingSources
from keepwell.churn.reproduction.model import Reproduction
from keepwell.churn.reproduction.service import reproduce
from keepwell.churn.training_cli import opened_training
from keepwell.intake.lake.model import ENGINES, Engine
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)


@click.command("reproduce")
@click.argument("version", type=click.IntRange(1, 2**31 - 1), metavar="MODEL")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="The engine that reads the lake.",
)
@json_option
@targets_workspace
def reproduce_command(target: Target, version: int, *, engine: Engine, as_json: bool) -> None:
    """Train a model again as of its own clock, and compare it bit by bit: exit code 0 if it is equal, 1 if it differs.

    Nothing is stored. If it differs, the first input that is not the same is named: data by source, code, lock or libraries.

    Example: ./keepwell churn reproduce 1 --json
    """
    found = run(_reproduce(target, version, engine=engine))
    if as_json:
        print_json(found)
    else:
        _print(found)
    if not found.is_equal:
        sys.exit(1)


async def _reproduce(target: Target, version: int, *, engine: Engine) -> Reproduction:
    read, progress = TrainingSources(engine=engine), TerminalProgress()
    async with opened_training(target, read, progress=progress) as (work, workspace):
        return await reproduce(work, workspace_id=workspace.id, version=version)


def _print(found: Reproduction) -> None:
    if found.is_equal:
        click.echo(
            f"Model {found.version} is equal bit by bit, and so are the chances of all {found.accounts:,} accounts."
        )
    else:
        model = "is equal" if found.model_is_equal else "differs"
        click.echo(
            f"Model {found.version} {model}; {found.accounts_that_differ:,} lines of {found.accounts:,} accounts differ."
        )
    for each in found.inputs:
        if not each.is_equal:
            why = "" if each.why is None else f": {each.why}"
            click.echo(
                f"Not the same: {each.name}{why}\n  was {each.was or 'unknown'}\n  now {each.now or 'unknown'}"
            )
    if not found.is_equal and found.first_difference is None:
        click.echo("No input differs: the training itself is not deterministic on this machine.")
    for note in found.notes:
        click.echo(note)
