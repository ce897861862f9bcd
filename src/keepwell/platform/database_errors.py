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
    InfrastructureError,
    KeepwellError,
    NotStorable,
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
    """What an error becomes. Its own text names constraints, paths and hosts, so only the operator sees it."""

    causes: tuple[type[Exception], ...]
    becomes: type[KeepwellError]
    message: str
    hint: str = ""


# The first match wins: specific errors are subclasses of the general ones below them.
_TRANSLATIONS = (
    _Translation((pg.UniqueViolation,), Conflict, "An id, a name or an e-mail of it is in use."),
    _Translation(
        (pg.ExclusionViolation,), Conflict, "There is another one, and there may be only one of its kind."
    ),
    _Translation((pg.ForeignKeyViolation,), Conflict, "It refers to something that does not exist here."),
    _Translation((pg.SerializationFailure,), Conflict, "Somebody else changed the same at the same time."),
    _Translation((pg.IntegrityError,), NotStorable, "A value is not one that can be stored."),
    # A text that is too long for an index; psycopg counts this among the operational errors.
    _Translation((pg.ProgramLimitExceeded,), NotStorable, "A value is too long to be stored."),
    _Translation(
        (pg.DiskFull,),
        StorageFull,
        "The database's disk is full.",
        "Free space and run the same command again; the transaction was rolled back.",
    ),
    _Translation((pg.QueryCanceled, pg.LockNotAvailable), TimedOut, "The database took too long."),
    _Translation(
        (PoolTimeout, TooManyRequests),
        Unavailable,
        "The database has no free connection.",
        "It may be busy, or restarting: try again.",
    ),
    _Translation(
        (pg.DataCorrupted, pg.IndexCorrupted),
        CorruptData,
        "The database is damaged.",
        "Restore the last backup.",
    ),
    _Translation(
        (pg.TransactionResolutionUnknown,),
        OutcomeUnknown,
        "The database does not say whether it was done.",
        "Check whether it was done before you try again.",
    ),
    # A value that Postgres cannot store, such as text with a NUL: the client's mistake, not ours.
    _Translation((psycopg.DataError,), NotStorable, "A value is not one that can be stored."),
    _Translation(
        (psycopg.OperationalError,),
        Unavailable,
        "The database does not answer.",
        "Is Postgres running and KEEPWELL_DATABASE_URL right?",
    ),
    _Translation((Exception,), InfrastructureError, "The database failed."),
)


def _translate(error: Exception) -> KeepwellError:
    detail = str(error).strip() or type(error).__name__
    translation = next(each for each in _TRANSLATIONS if isinstance(error, each.causes))
    is_passing = translation.becomes.retryable
    return translation.becomes(
        translation.message,
        hint=translation.hint,
        for_operator=f"Postgres: {detail}",
        retry_after=TRY_AGAIN_AFTER if is_passing else None,
    )
