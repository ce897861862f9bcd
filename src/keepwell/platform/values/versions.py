"""Versions of records, so that nobody overwrites a change they have not seen."""

from __future__ import annotations

from keepwell.platform.errors import DomainError


class PreconditionFailed(DomainError):
    """It was changed by somebody else since you read it."""

    code = "precondition-failed"
    http_status = 412


class PreconditionRequired(DomainError):
    """A change must say which version it changes."""

    code = "precondition-required"
    http_status = 428


def require_version(present: int, expected: int | None) -> None:
    """Raise PreconditionFailed unless `present` is the version the client saw."""
    if expected is not None and present != expected:
        raise PreconditionFailed(hint=f'GET the record again, and send its ETag: it is "{present}" now.')
