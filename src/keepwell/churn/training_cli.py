"""What the commands that train share: which sources they read, and the context of a training."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import click

from keepwell.churn.history import TrainingContext, TrainingSources
from keepwell.churn.report import USUAL_RUNG, RungName
from keepwell.churn.sources.coverage import SourceName
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.cli.command_line import Target
from keepwell.platform.clock import SystemClock
from keepwell.platform.database_server import open_database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import Progress
from keepwell.platform.secrets import secret_of

without_option = click.option(
    "--without",
    type=click.Choice([SourceName.EVENTS.value, SourceName.PAYMENTS.value]),
    multiple=True,
    help="Leave out a source, such as a tracker that is not used any more.",
)


@asynccontextmanager
async def opened_training(
    target: Target,
    read: TrainingSources,
    *,
    rungs: Sequence[RungName] = (USUAL_RUNG,),
    progress: Progress,
) -> AsyncIterator[tuple[TrainingContext, Workspace]]:
    """The context of a training and the workspace that `target` names; raises NotFound if there is none."""
    async with open_database(target.settings) as database:
        async with database.transaction() as connection:
            workspace = await identity.get_workspace(connection, target.workspace)
        work = TrainingContext(
            database=database,
            lake=target.settings.lake,
            read=read,
            rungs=rungs,
            holdout=Holdout(secret_of(target.settings.secret_file)),
            clock=SystemClock(),
            progress=progress,
        )
        yield work, workspace
