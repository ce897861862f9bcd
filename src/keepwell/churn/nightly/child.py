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
from keepwell.churn.nightly.service import make_run
from keepwell.platform.bus import Bus
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import read_settings
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import KeepwellError
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
            night = None if asked.night is None else date.fromisoformat(asked.night)
            workspace_id = UUID(asked.workspace_id)
            run = await make_run(work, workspace_id=workspace_id, cause=asked.cause, night=night)
            if night is not None:
                async with database.snapshot(workspace_id) as connection:
                    verdict = await live.verdict(connection, workspace_id=workspace_id)
                await after_night(work, bus, run, verdict=verdict, workspace_id=workspace_id)
    except KeepwellError as error:
        sentence = f"{error.message} {error.hint}".strip()
        is_worth_retrying = run is None and not isinstance(error, ExtraMissing)
        return RunReply(
            run=None if run is None else run.number, error=sentence, is_worth_retrying=is_worth_retrying
        )
    return RunReply(run=run.number)


def make_asked_run(bus: Bus) -> None:
    """Make the run that the argument of this process asks for, and write what came of it to the standard output."""
    asked = msgspec.json.decode(sys.argv[1], type=RunRequest)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(reply_to(asked, bus))))
