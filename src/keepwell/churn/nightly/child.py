"""The child process that makes a run: it loads the model, reads the lake, and stores the list, beside a worker that goes on."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.churn.arrays import ExtraMissing
from keepwell.churn.history import TrainingContext
from keepwell.churn.nightly.outcome import Outcome, RunRequest
from keepwell.churn.nightly.service import make_run
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import read_settings
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import SilentProgress
from keepwell.platform.secrets import secret_of


async def outcome_of(asked: RunRequest) -> Outcome:
    """What came of it: the run, or the error in a sentence."""
    settings = read_settings(home=Path(asked.home))
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
            run = await make_run(work, workspace_id=UUID(asked.workspace_id), cause=asked.cause, night=night)
    except KeepwellError as error:
        sentence = f"{error.message} {error.hint}".strip()
        return Outcome(error=sentence, is_worth_retrying=not isinstance(error, ExtraMissing))
    return Outcome(run=run.number)


def main() -> None:
    """Make the run that the argument asks for, and write what came of it to the standard output."""
    asked = msgspec.json.decode(sys.argv[1], type=RunRequest)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(outcome_of(asked))))


if __name__ == "__main__":
    main()
