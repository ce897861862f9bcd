"""The sample business: a company that sells the game Bulwark by subscription, whose players are bots.

What it exports was not made by the code that reads it: the game knows nothing of Keepwell's rules.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from bulwark.bots import service as bots
from bulwark.bots.population.files import EVENTS_FOLDER
from bulwark.bots.service import Wanted, Written
from bulwark.errors import BulwarkError
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import Importing, import_export
from keepwell.intake.model import Appended, Sourced
from keepwell.intake.service import Intake, build_lake
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import Progress, Step

DEFAULT_ACCOUNTS = 300
DAYS = 365


def write_export(
    folder: Path, *, seed: int, until: date, accounts: int = DEFAULT_ACCOUNTS, progress: Progress
) -> Written:
    """Write the twelve months before `until` to `folder`, in place of a sample that it holds.

    Two CSV files of records, one of players, a README.txt, and a file a day of Segment calls in `events/`. The same
    arguments give the same bytes. Raises InfrastructureError where the files cannot be written, or the game's
    assets are missing.
    """
    wanted = Wanted(count=accounts, until=until, days=DAYS, seed=seed)
    with _translated(folder):
        _remove_earlier(folder)
        basis = bots.basis_of_game(seed=seed, matches=0, processes=1, progress=progress)
        return bots.write_subscribers(folder, wanted, basis=basis, progress=progress)


def journal_events(folder: Path, journal: Intake, *, progress: Progress) -> Appended:
    """Hand the events of the sample in `folder` to `journal`, day by day; raises as `Intake.append` does."""
    days = sorted((folder / EVENTS_FOLDER).glob("*.jsonl"))
    with progress.step("Reading events", total=len(days)) as step:
        return journal.append(_rows(days, step))


async def import_sample(work: Importing, *, folder: Path) -> Workspace:
    """Import the sample in `folder` as a user's data are: records by their mapping, events as they were told.

    Raises as `import_export` does, and Conflict where the workspace holds real data.
    """
    with as_file(files("keepwell.sample") / "sample.yaml") as mapping:
        await import_export(work, read_mapping(mapping), folder=folder)
    async with work.database.transaction() as connection:
        workspace = await identity.get_workspace(connection, work.slug)
    inbox = work.settings.intake(workspace.id)
    with Intake.open(inbox, clock=work.runtime.clock) as journal:
        journal_events(folder, journal, progress=work.progress)
        journal.seal()
    build_lake(inbox, work.settings.lake, workspace_id=workspace.id, progress=work.progress)
    return workspace


def _rows(days: Sequence[Path], step: Step) -> Iterator[Sourced[bytes]]:
    for file in days:
        name = f"{EVENTS_FOLDER}/{file.name}"
        for number, row in enumerate(file.read_bytes().splitlines(), start=1):
            yield Sourced(name, number, row)
        step.advance()


def _remove_earlier(folder: Path) -> None:
    """An interrupted start leaves a part of a sample; only what is one is removed."""
    shutil.rmtree(folder / EVENTS_FOLDER, ignore_errors=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except BulwarkError as error:
        raise InfrastructureError(
            f"Cannot write the sample to {folder}: {error.message}", hint=error.hint
        ) from error
