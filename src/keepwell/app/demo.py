"""The sample business: generated, imported the way any export is, and scored."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.churn import service as churn
from keepwell.churn.service import Training
from keepwell.identity import service as identity
from keepwell.identity.service import system_keys
from keepwell.intake.service import Intake, build_lake
from keepwell.platform.command_line import Target
from keepwell.platform.database import Database
from keepwell.platform.progress import Progress
from keepwell.sample.service import journal_events, write_export
from keepwell.subscriptions.importing import Importing, import_export
from keepwell.subscriptions.mapping import read_mapping

DEFAULT_SEED = 7


class Sample(msgspec.Struct, frozen=True):
    """Which sample business: the same seed and last day give the same one."""

    seed: int
    until: date


async def fill(database: Database, target: Target, sample: Sample, *, progress: Progress) -> None:
    """Fill the target's workspace with the sample business, unless it is there and scored already.

    Goes through the same importer as real data; raises Conflict where the workspace holds real data.
    """
    if await _is_filled(database, target.workspace):
        return
    folder = target.settings.home / "sample"
    write_export(folder, seed=sample.seed, until=sample.until, progress=progress)
    with as_file(files("keepwell.sample") / "sample.yaml") as mapping:
        work = Importing(
            database=database,
            settings=target.settings,
            slug=target.workspace,
            keys=system_keys(),
            progress=progress,
        )
        await import_export(work, read_mapping(mapping), folder=folder)
    async with database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
    _bring_events(target, workspace.id, folder=folder, work=work)
    training = Training(
        database=database, lake=target.settings.lake, clock=work.keys.clock, progress=progress
    )
    await churn.train(training, workspace_id=workspace.id)


def _bring_events(target: Target, workspace_id: UUID, *, folder: Path, work: Importing) -> None:
    """Take in what the players' games told, as the game's own event files tell it."""
    inbox = target.settings.intake(workspace_id)
    with Intake.open(inbox, clock=work.keys.clock) as journal:
        journal_events(folder, journal, progress=work.progress)
        journal.seal()
    build_lake(inbox, target.settings.lake, workspace_id=workspace_id, progress=work.progress)


async def _is_filled(database: Database, slug: str) -> bool:
    async with database.transaction() as connection:
        workspace = await identity.find_workspace(connection, slug)
        if workspace is None or not workspace.synthetic:
            return False
        found, _ = await churn.save_list(connection, workspace_id=workspace.id, limit=1)
        return found.model is not None
