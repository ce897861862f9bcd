"""Command: train the churn model."""

from __future__ import annotations

import click

from keepwell.churn import training_service
from keepwell.churn.model import DEFAULT_HORIZON_DAYS
from keepwell.churn.training_service import TrainingContext, TrainingResult
from keepwell.identity import service as identity
from keepwell.intake.lake.model import ENGINES, Engine
from keepwell.platform.cli.command_line import (
    Target,
    TerminalProgress,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.clock import SystemClock
from keepwell.platform.database_server import open_database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import Progress
from keepwell.platform.secrets import secret_of


@click.group()
def churn() -> None:
    """Predict which accounts leave, and state how reliable that is."""


@churn.command("train")
@click.option(
    "--horizon",
    "horizon_days",
    type=click.IntRange(1, 365),
    default=DEFAULT_HORIZON_DAYS,
    show_default=True,
    help="Predict departures within this many days.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="The engine that reads the lake.",
)
@json_option
@targets_workspace
def train_command(target: Target, horizon_days: int, engine: Engine, as_json: bool) -> None:
    """Train on the imported history, evaluate on its latest part, and score the accounts that pay now.

    Example: ./keepwell churn train && ./keepwell save-list --top 20
    """
    trained = run(_train(target, horizon_days, engine=engine, progress=TerminalProgress()))
    if as_json:
        print_json(trained)
        return
    model = trained.model
    click.echo(f"Model {model.version}: scored {trained.accounts_scored:,} accounts as of {trained.as_of}.")
    click.echo(model.statement)


async def _train(target: Target, horizon_days: int, *, engine: Engine, progress: Progress) -> TrainingResult:
    async with open_database(target.settings) as database:
        async with database.transaction() as connection:
            workspace = await identity.get_workspace(connection, target.workspace)
        work = TrainingContext(
            database=database,
            lake=target.settings.lake,
            engine=engine,
            holdout=Holdout(secret_of(target.settings.secret_file)),
            clock=SystemClock(),
            progress=progress,
        )
        return await training_service.train(work, workspace_id=workspace.id, horizon_days=horizon_days)
