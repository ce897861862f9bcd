"""The sample business: generated, imported like any export, and scored."""

from __future__ import annotations

from datetime import date

import msgspec

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.churn import service as churn
from keepwell.churn import training_service
from keepwell.churn.history import TrainingContext
from keepwell.identity import service as identity
from keepwell.importing.service import ImportContext
from keepwell.platform.cli.command_line import Target
from keepwell.platform.database import Database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime, system_runtime
from keepwell.platform.secrets import secret_of
from keepwell.sample.service import DEFAULT_ACCOUNTS, import_sample, write_export


class Sample(msgspec.Struct, frozen=True):
    """The sample business to generate: the same seed, last day and number of accounts give the same one."""

    seed: int
    until: date
    accounts: int = DEFAULT_ACCOUNTS


async def fill(
    database: Database, target: Target, sample: Sample, *, progress: Progress, runtime: Runtime | None = None
) -> None:
    """Fill the target's workspace with the sample business, unless it is imported and scored already.

    Uses the same importer as real data; raises Conflict if the workspace contains real data. It happens now, or when the
    clock of `runtime` says.
    """
    if await _is_filled(database, target.workspace):
        return
    folder = target.settings.home / "sample"
    write_export(folder, seed=sample.seed, until=sample.until, accounts=sample.accounts, progress=progress)
    runtime = runtime or system_runtime()
    work = ImportContext(
        database=database,
        settings=target.settings,
        slug=target.workspace,
        runtime=runtime,
        bus=event_bus(runtime),
        progress=progress,
        registry=IMPORT_ENTITIES,
    )
    workspace = await import_sample(work, folder=folder)
    training = TrainingContext(
        database=database,
        lake=target.settings.lake,
        holdout=Holdout(secret_of(target.settings.secret_file)),
        clock=work.runtime.clock,
        progress=progress,
    )
    await training_service.train(training, workspace_id=workspace.id)


async def _is_filled(database: Database, slug: str) -> bool:
    async with database.transaction() as connection:
        workspace = await identity.find_workspace(connection, slug)
        if workspace is None or not workspace.synthetic:
            return False
        found, _ = await churn.save_list(connection, workspace_id=workspace.id, limit=1)
        return found.model is not None
