"""The sample business: a company that sells the game Bulwark by subscription, with bots as its players.

Its exports are written by the game, independently of the code that imports them: the game does not know Keepwell's
rules.
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
from bulwark.bots.service import PopulationSpec, PopulationSummary
from bulwark.errors import BulwarkError
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import ImportContext, import_export
from keepwell.intake.model import AppendResult, SourcedRow
from keepwell.intake.service import EventJournal, build_lake
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import Progress, Step

DEFAULT_ACCOUNTS = 300
DAYS = 365


def write_export(
    folder: Path, *, seed: int, until: date, accounts: int = DEFAULT_ACCOUNTS, progress: Progress
) -> PopulationSummary:
    """Write the twelve months before `until` to `folder`, replacing any earlier sample in it.

    Writes two CSV files of records, one of players, a README.txt, and a file of Segment calls per day in `events/`.
    The same arguments give the same bytes. Raises InfrastructureError if the files cannot be written or the game's
    assets are missing.
    """
    spec = PopulationSpec(count=accounts, until=until, days=DAYS, seed=seed)
    with _translated(folder):
        _remove_earlier(folder)
        basis = bots.basis_of_game(seed=seed, matches=0, processes=1, progress=progress)
        return bots.write_subscribers(folder, spec, basis=basis, progress=progress)


def journal_events(folder: Path, journal: EventJournal, *, progress: Progress) -> AppendResult:
    """Append the events of the sample in `folder` to `journal`, day by day; raises as `EventJournal.append` does."""
    days = sorted((folder / EVENTS_FOLDER).glob("*.jsonl"))
    with progress.step("Reading events", total=len(days)) as step:
        return journal.append(_rows(days, step))


async def import_sample(work: ImportContext, *, folder: Path) -> Workspace:
    """Import the sample in `folder` like a user's own data: records by a mapping, events as a product sends them.

    Raises as `import_export` does, and Conflict if the workspace contains real data.
    """
    with as_file(files("keepwell.sample") / "sample.yaml") as mapping:
        await import_export(work, read_mapping(mapping, work.registry.fields), folder=folder)
    async with work.database.transaction() as connection:
        workspace = await identity.get_workspace(connection, work.slug)
    intake_root = work.settings.intake(workspace.id)
    with EventJournal.open(intake_root, clock=work.runtime.clock) as journal:
        journal_events(folder, journal, progress=work.progress)
        journal.seal()
    build_lake(intake_root, work.settings.lake, workspace_id=workspace.id, progress=work.progress)
    return workspace


def _rows(days: Sequence[Path], step: Step) -> Iterator[SourcedRow[bytes]]:
    for file in days:
        name = f"{EVENTS_FOLDER}/{file.name}"
        for number, row in enumerate(file.read_bytes().splitlines(), start=1):
            yield SourcedRow(name, number, row)
        step.advance()


def _remove_earlier(folder: Path) -> None:
    """Remove what an interrupted start left; files that are not part of a sample stay."""
    shutil.rmtree(folder / EVENTS_FOLDER, ignore_errors=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except BulwarkError as error:
        raise InfrastructureError(
            f"Cannot write the sample to {folder}: {error.message}", hint=error.hint
        ) from error
