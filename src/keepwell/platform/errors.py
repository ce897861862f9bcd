"""The tree of every error that Keepwell raises on purpose.

A `DomainError` is about the request; repeating it changes nothing. An `InfrastructureError` is about
something Keepwell depends on; it is translated once, at the edge where it happens. The class docstring is
the default message. `hint` says what the reader can do next.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import ClassVar


class Outcome(StrEnum):
    """Whether the work was done when the error occurred."""

    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class KeepwellError(Exception):
    """Keepwell could not do the requested work."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    outcome: ClassVar[Outcome] = Outcome.NOT_DONE
    # Whether clients get the message. One about the inside of the server may name its paths: they get the docstring.
    worded_for_clients: ClassVar[bool] = True

    def __init__(
        self,
        message: str | None = None,
        *,
        hint: str = "",
        retry_after: timedelta | None = None,
        for_operator: str = "",
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint
        self.retry_after = retry_after
        # For the terminal and the log; clients never see it. Clients see every hint, so paths are named here instead.
        self.for_operator = for_operator
        super().__init__(self.message)


class DomainError(KeepwellError):
    """The request cannot be fulfilled."""

    code = "domain"
    http_status = 400
    exit_code = 2


class NotFound(DomainError):
    """There is no such record here."""

    code = "not-found"
    http_status = 404


class Conflict(DomainError):
    """The request contradicts the present state."""

    code = "conflict"
    http_status = 409


class PolicyViolation(DomainError):
    """The caller may not do this."""

    code = "forbidden"
    http_status = 403


class NotAuthenticated(PolicyViolation):
    """Sign in or send an API token first."""

    code = "not-authenticated"
    http_status = 401


class DataValidationError(DomainError):
    """The input is invalid."""

    code = "invalid-data"
    http_status = 400
    exit_code = 3


class NotStorable(DataValidationError):
    """A value is not one that can be stored."""


class InfrastructureError(KeepwellError):
    """Something that Keepwell depends on failed."""

    code = "infrastructure"
    http_status = 503
    exit_code = 4
    worded_for_clients = False


class Unavailable(InfrastructureError):
    """A required service does not answer."""

    code = "unavailable"
    retryable = True


class TimedOut(InfrastructureError):
    """The answer did not come in time."""

    code = "timed-out"
    http_status = 504
    retryable = True
    worded_for_clients = True


class OutcomeUnknown(InfrastructureError):
    """The work may or may not have been done: the reply was lost."""

    code = "outcome-unknown"
    outcome = Outcome.UNKNOWN
    worded_for_clients = True


class RateLimited(InfrastructureError):
    """Too many requests; try again later."""

    code = "rate-limited"
    http_status = 429
    retryable = True
    worded_for_clients = True


class CorruptData(InfrastructureError):
    """Stored data does not match its own record."""

    code = "corrupt-data"
    http_status = 500


class StorageFull(InfrastructureError):
    """The disk is full."""

    code = "storage-full"
    http_status = 507


class ExternalServiceError(InfrastructureError):
    """A service outside of Keepwell answered with an error."""

    code = "external-service"
    http_status = 502
    worded_for_clients = True
