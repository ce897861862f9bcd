"""The sample business: a company that sells the game Bulwark by subscription, whose players are bots.

What it exports was not made by the code that reads it: the game knows nothing of Keepwell's rules.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bulwark.bots import service as bots
from bulwark.bots.population.files import EVENTS_FOLDER
from bulwark.bots.service import Wanted, Written
from bulwark.errors import BulwarkError
from keepwell.intake.model import Appended, Sourced
from keepwell.intake.service import Intake
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
    files = sorted((folder / EVENTS_FOLDER).glob("*.jsonl"))
    with progress.step("Reading events", total=len(files)) as step:
        return journal.append(_rows(files, step))


def _rows(files: list[Path], step: Step) -> Iterator[Sourced[bytes]]:
    for file in files:
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
