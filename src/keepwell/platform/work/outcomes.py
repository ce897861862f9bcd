"""How an error of a job is logged, and what of it is kept in the row."""

from __future__ import annotations

import structlog

from keepwell.platform.errors import KeepwellError
from keepwell.platform.trace.spans import note_failure
from keepwell.platform.work.model import error_text

_LOG = structlog.get_logger("keepwell.work")


def log_failure(event: str, error: Exception, **context: object) -> None:
    """Write the error to the log, which is where one goes that no caller waits for, and to the trace of the job."""
    note_failure(error)
    expected = isinstance(error, KeepwellError)
    detail = f" {error.for_operator}" if isinstance(error, KeepwellError) else ""
    named = {name: str(value) for name, value in context.items()}
    _LOG.error(event, error=f"{error}{detail}".rstrip(), exc_info=None if expected else error, **named)


def kept_error(error: Exception) -> str:
    """The text of `last_error`, with the hint; an unexpected error is named by its type too."""
    if isinstance(error, KeepwellError):
        return error_text(f"{error.message} {error.hint}".rstrip())
    return error_text(f"{type(error).__name__}: {error}")
