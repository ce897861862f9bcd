"""What the child process that makes a run does: it loads the model, reads the lake, and stores the list, beside a worker that goes on.

`app` starts it, since it alone knows who listens to the bus.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.churn.arrays import ExtraMissing
from keepwell.churn.champions.challenging import after_night
from keepwell.churn.history import TrainingContext
from keepwell.churn.live import service as live
from keepwell.churn.nightly.messages import RunReply, RunRequest
from keepwell.churn.nightly.service import judge_again, make_run
from keepwell.churn.runs import service as runs
from keepwell.churn.runs.model import Run
from keepwell.platform.bus import Bus
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import read_settings
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import DomainError, KeepwellError
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import SilentProgress
from keepwell.platform.secrets import secret_of


async def reply_to(asked: RunRequest, bus: Bus) -> RunReply:
    """What came of it: the run, or the error in a sentence; both if the list is there, and a challenger could not be seen to."""
    settings, run = read_settings(home=Path(asked.home)), None
    try:
        async with open_database(settings) as database:
            work = TrainingContext(
                database=database,
                lake=settings.lake,
                holdout=Holdout(secret_of(settings.secret_file)),
                clock=SystemClock(),
                progress=SilentProgress(),
            )
            run = await _run(work, asked)
            if asked.night is not None:
                await _see_to_challenger(work, bus, run, workspace_id=UUID(asked.workspace_id))
    except KeepwellError as error:
        sentence = f"{error.message} {error.hint}".strip()
        # What the records say is the same in an hour, and a package is installed by a person.
        is_worth_retrying = not isinstance(error, DomainError | ExtraMissing)
        return RunReply(
            run=None if run is None else run.number, error=sentence, is_worth_retrying=is_worth_retrying
        )
    return RunReply(run=run.number)


async def _run(work: TrainingContext, asked: RunRequest) -> Run:
    workspace_id = UUID(asked.workspace_id)
    if asked.run_to_judge is None:
        night = None if asked.night is None else date.fromisoformat(asked.night)
        return await make_run(work, workspace_id=workspace_id, cause=asked.cause, night=night)
    async with work.database.workspace(workspace_id) as connection:
        run = await runs.run_of(connection, workspace_id=workspace_id, number=asked.run_to_judge)
    assert run is not None  # noqa: S101  for mypy: runs are never deleted
    return await judge_again(work, run, workspace_id=workspace_id)


async def _see_to_challenger(work: TrainingContext, bus: Bus, run: Run, *, workspace_id: UUID) -> None:
    """The last that a night does."""
    async with work.database.snapshot(workspace_id) as connection:
        verdict = await live.verdict(connection, workspace_id=workspace_id)
    await after_night(work, bus, run, verdict=verdict, workspace_id=workspace_id)
    async with work.database.workspace(workspace_id) as connection:
        await runs.note_judged(connection, run, workspace_id=workspace_id, now=work.clock.now())


def make_asked_run(bus: Bus) -> None:
    """Make the run that the argument of this process asks for, and write what came of it to the standard output."""
    asked = msgspec.json.decode(sys.argv[1], type=RunRequest)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(reply_to(asked, bus))))
