"""The child process that audits for the server: it reads the history and the lake, and fits models, beside a server that goes on."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from uuid import UUID

import msgspec

from keepwell.churn.audit.outcome import AuditRequest, Outcome, Refusal
from keepwell.churn.audit.service import bias_audit
from keepwell.churn.history import TrainingContext
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import read_settings
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import KeepwellError
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import SilentProgress
from keepwell.platform.secrets import secret_of


async def outcome_of(asked: AuditRequest) -> Outcome:
    """The audit, or the error."""
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
            audit = await bias_audit(
                work, workspace_id=UUID(asked.workspace_id), by=asked.by, top=asked.top, version=asked.version
            )
    except KeepwellError as error:
        return Outcome(refusal=Refusal(code=error.code, message=error.message, hint=error.hint))
    return Outcome(audit=audit)


def main() -> None:
    """Make the audit that the argument asks for, and write what came of it to the standard output."""
    asked = msgspec.json.decode(sys.argv[1], type=AuditRequest)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(outcome_of(asked))))


if __name__ == "__main__":
    main()
