"""The sample business: generated, imported the way any export is, and scored."""

from __future__ import annotations

from datetime import date

import msgspec

from keepwell.churn import service as churn
from keepwell.churn.service import Training
from keepwell.identity import service as identity
from keepwell.identity.service import system_keys
from keepwell.platform.command_line import Target
from keepwell.platform.database import Database
from keepwell.platform.progress import Progress
from keepwell.sample.service import DEFAULT_ACCOUNTS, import_sample, write_export
from keepwell.subscriptions.importing import Importing

DEFAULT_SEED = 7


class Sample(msgspec.Struct, frozen=True):
    """Which sample business: the same seed, last day and number of accounts give the same one."""

    seed: int
    until: date
    accounts: int = DEFAULT_ACCOUNTS


async def fill(database: Database, target: Target, sample: Sample, *, progress: Progress) -> None:
    """Fill the target's workspace with the sample business, unless it is there and scored already.

    Goes through the same importer as real data; raises Conflict where the workspace holds real data.
    """
    if await _is_filled(database, target.workspace):
        return
    folder = target.settings.home / "sample"
    write_export(folder, seed=sample.seed, until=sample.until, accounts=sample.accounts, progress=progress)
    work = Importing(
        database=database,
        settings=target.settings,
        slug=target.workspace,
        keys=system_keys(),
        progress=progress,
    )
    workspace = await import_sample(work, folder=folder)
    training = Training(
        database=database, lake=target.settings.lake, clock=work.keys.clock, progress=progress
    )
    await churn.train(training, workspace_id=workspace.id)


async def _is_filled(database: Database, slug: str) -> bool:
    async with database.transaction() as connection:
        workspace = await identity.find_workspace(connection, slug)
        if workspace is None or not workspace.synthetic:
            return False
        found, _ = await churn.save_list(connection, workspace_id=workspace.id, limit=1)
        return found.model is not None
