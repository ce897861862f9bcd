"""The sample business: generated, imported the way any export is, and scored."""

from __future__ import annotations

from datetime import date
from importlib.resources import as_file, files

from keepwell.churn import service as churn
from keepwell.platform.command_line import Target
from keepwell.platform.database import Database
from keepwell.platform.progress import Progress
from keepwell.sample.service import write_export
from keepwell.subscriptions.cli import import_into
from keepwell.subscriptions.mapping import read_mapping

DEFAULT_SEED = 7


async def fill(database: Database, target: Target, *, seed: int, until: date, progress: Progress) -> None:
    """Fill the target's workspace with the sample business, unless it is there and scored already.

    Goes through the same importer as real data; raises Conflict where the workspace holds real data.
    """
    if await _is_filled(database, target.workspace):
        return
    folder = target.settings.home / "sample"
    write_export(folder, seed=seed, until=until, progress=progress)
    with as_file(files("keepwell.sample") / "sample.yaml") as mapping:
        await import_into(database, target, read_mapping(mapping), folder=folder, progress=progress)
    await churn.train_workspace(database, target, progress=progress)
