"""Record versions as entity tags, so that nobody overwrites a change they have not seen (RFC 9110, section 13)."""

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
    """A strong entity tag for the version of a record's writable fields."""
    return f'"{version}"'


def version_of(if_match: str | None) -> int | None:
    """The version named by If-Match; None for `*`, which matches any.

    Raises PreconditionRequired if the header is missing and PreconditionFailed if it is not one of our ETags.
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
    """Raise PreconditionFailed unless `present` is the version the client saw."""
    if expected is not None and present != expected:
        raise PreconditionFailed(hint=f"Read it again; its ETag is {etag(present)} now.")
