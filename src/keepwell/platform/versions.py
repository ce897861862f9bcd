"""Versions of records as entity tags: nobody overwrites what they have not seen (RFC 9110, section 13)."""

from __future__ import annotations

import re

from keepwell.platform.errors import DomainError

_ETAG = re.compile(r'"([1-9][0-9]{0,17})"')


class PreconditionFailed(DomainError):
    """It was changed by somebody else since you read it."""

    code = "precondition-failed"
    http_status = 412


class PreconditionRequired(DomainError):
    """A change must say which version it changes."""

    code = "precondition-required"
    http_status = 428


def etag(version: int) -> str:
    """A strong entity tag: the version of what clients can change of a thing."""
    return f'"{version}"'


def version_of(if_match: str | None) -> int | None:
    """The version that a change is made for; None for `*`, which is any.

    Raises PreconditionRequired where the header is missing and PreconditionFailed for what is no ETag of ours.
    """
    if if_match is None:
        raise PreconditionRequired(hint="Send If-Match with the ETag of what you read.")
    if if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise PreconditionFailed("If-Match: is not an ETag of this API.", hint="Read it again.")
    return int(found[1])


def require_version(present: int, expected: int | None) -> None:
    """Raise PreconditionFailed where `present` is not what the client saw."""
    if expected is not None and present != expected:
        raise PreconditionFailed(hint=f"Read it again; its ETag is {etag(present)} now.")
