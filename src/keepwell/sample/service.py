"""The sample business: a studio that sells the game Bulwark by subscription, with bots as its players.

Its exports are written independently of the code that imports them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from bulwark.bots.population.files import EVENTS_FOLDER
from bulwark.errors import BulwarkError
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import MappingFile, read_mapping
from keepwell.importing.service import ImportContext, import_export
from keepwell.importing.workspace_setup import settle_currency
from keepwell.intake.model import AppendResult, SourcedRow
from keepwell.intake.service import EventJournal, build_lake
from keepwell.platform.clock import today
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import Progress, Step
from keepwell.revenue.rates import service as rates
from keepwell.revenue.rates.rate_file import read_rates
from keepwell.sample.business import BusinessSpec
from keepwell.sample.files import FILES, RATES_FILE, BusinessSummary, write_business
from keepwell.sample.model import Window
from keepwell.sample.truth import FOLDER as TRUTH_FOLDER

# About 1,200 of them pay on the last day.
DEFAULT_ACCOUNTS = 1_850
DEFAULT_SEED = 7
DAYS = 365


def write_export(
    folder: Path,
    *,
    seed: int,
    until: date,
    accounts: int = DEFAULT_ACCOUNTS,
    contacts: bool = True,
    progress: Progress,
) -> BusinessSummary:
    """Write the twelve months before `until` to `folder`, replacing any earlier sample in it.

    docs/sample.md describes the files. The same arguments give the same bytes; without `contacts` the same business is not
    followed up. Raises InfrastructureError if the files cannot be written or the odds of the game are missing.
    """
    window = Window(until - timedelta(days=DAYS), until)
    spec = BusinessSpec(seed=seed, window=window, accounts=accounts, contacts=contacts)
    with _translated(folder):
        _remove_earlier(folder)
        return write_business(folder, spec, progress=progress)


def journal_events(folder: Path, journal: EventJournal, *, progress: Progress) -> AppendResult:
    """Append the events of the sample in `folder` to `journal`, day by day; raises as `EventJournal.append` does."""
    days = sorted((folder / EVENTS_FOLDER).glob("*.jsonl"))
    with progress.step("Reading events", total=len(days)) as step:
        return journal.append(_rows(days, step))


async def import_sample(work: ImportContext, *, folder: Path) -> Workspace:
    """Import the sample in `folder` like a user's own data: records by a mapping, events as a product sends them.

    Raises as `import_export` does, and Conflict if the workspace contains real data.
    """
    with as_file(files("keepwell.sample") / "sample.yaml") as file:
        mapping = read_mapping(file, work.registry.fields)
        await _store_rates(work, mapping, file=folder / RATES_FILE)
        await import_export(work, mapping, folder=folder)
    async with work.database.transaction() as connection:
        workspace = await identity.get_workspace(connection, work.slug)
    intake_root = work.settings.intake(workspace.id)
    with EventJournal.open(intake_root, clock=work.runtime.clock) as journal:
        journal_events(folder, journal, progress=work.progress)
        journal.seal()
    build_lake(intake_root, work.settings.lake, workspace_id=workspace.id, progress=work.progress)
    return workspace


async def _store_rates(work: ImportContext, mapping: MappingFile, *, file: Path) -> None:
    """Store the exchange rates first: amounts in a currency without a rate are rejected."""
    async with work.database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, work.slug, runtime=work.runtime)
    async with work.database.workspace(workspace.id) as connection:
        own = await settle_currency(connection, mapping, workspace=workspace, currency=work.currency)
        read = read_rates(file, own=own, today=today(work.runtime.clock))
        await rates.set_rates(connection, read, workspace_id=workspace.id, today=today(work.runtime.clock))


def _rows(days: Sequence[Path], step: Step) -> Iterator[SourcedRow[bytes]]:
    for file in days:
        name = f"{EVENTS_FOLDER}/{file.name}"
        for number, row in enumerate(file.read_bytes().splitlines(), start=1):
            yield SourcedRow(name, number, row)
        step.advance()


def _remove_earlier(folder: Path) -> None:
    """Remove what an interrupted start left; files that are not part of a sample stay."""
    for name in (EVENTS_FOLDER, TRUTH_FOLDER):
        shutil.rmtree(folder / name, ignore_errors=True)
    for file in (folder / name for name in FILES):
        if file.is_file():
            file.unlink()


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except BulwarkError as error:
        raise InfrastructureError(
            f"Cannot write the sample to {folder}: {error.message}", hint=error.hint
        ) from error
