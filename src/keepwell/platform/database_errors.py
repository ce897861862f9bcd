"""Translates psycopg's errors into Keepwell's, once, where statements are run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import psycopg
from psycopg import errors as pg
from psycopg_pool import PoolTimeout, TooManyRequests

from keepwell.platform.errors import (
    Conflict,
    CorruptData,
    DataValidationError,
    InfrastructureError,
    KeepwellError,
    OutcomeUnknown,
    StorageFull,
    TimedOut,
    Unavailable,
)

TRY_AGAIN_AFTER = timedelta(seconds=1)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn psycopg's errors into Keepwell's; our own errors pass through."""
    try:
        yield
    except (psycopg.Error, PoolTimeout, TooManyRequests) as error:
        raise _translate(error) from error


class _Translation(NamedTuple):
    causes: tuple[type[Exception], ...]
    becomes: type[KeepwellError]
    hint: str = ""


# The first match wins: specific errors are subclasses of the general ones below them.
_TRANSLATIONS = (
    _Translation((pg.UniqueViolation, pg.ForeignKeyViolation, pg.SerializationFailure), Conflict),
    _Translation(
        (pg.DiskFull,),
        StorageFull,
        "Free space and run the same command again; the transaction was rolled back.",
    ),
    _Translation((pg.QueryCanceled, pg.LockNotAvailable), TimedOut),
    _Translation((PoolTimeout, TooManyRequests), Unavailable, "It may be busy, or restarting: try again."),
    _Translation((pg.DataCorrupted, pg.IndexCorrupted), CorruptData, "Restore the last backup."),
    _Translation(
        (pg.TransactionResolutionUnknown,), OutcomeUnknown, "Check whether it was done before you try again."
    ),
    # A value that Postgres cannot store, such as text with a NUL: the client's mistake, not ours.
    _Translation((psycopg.DataError,), DataValidationError),
    _Translation(
        (psycopg.OperationalError,), Unavailable, "Is Postgres running and KEEPWELL_DATABASE_URL right?"
    ),
    _Translation((Exception,), InfrastructureError),
)


def _translate(error: Exception) -> KeepwellError:
    detail = str(error).strip() or type(error).__name__
    translation = next(each for each in _TRANSLATIONS if isinstance(error, each.causes))
    is_passing = translation.becomes.retryable
    return translation.becomes(
        f"Database: {detail}",
        hint=translation.hint,
        retry_after=TRY_AGAIN_AFTER if is_passing else None,
    )
