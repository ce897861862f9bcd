"""What a worker and the child process that makes a run say to each other. Light: the worker imports it."""

from __future__ import annotations

import msgspec

from keepwell.churn.runs.model import RunCause


class RunRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which run to make, or which one to judge after it was made; `night` is an ISO date."""

    home: str
    workspace_id: str
    cause: RunCause
    night: str | None = None
    run_to_judge: int | None = None


class RunReply(msgspec.Struct, frozen=True, kw_only=True):
    """The number of the run, or the `error`, which another attempt soon may not have; both if what follows the list has failed."""

    run: int | None = None
    error: str | None = None
    is_worth_retrying: bool = True
