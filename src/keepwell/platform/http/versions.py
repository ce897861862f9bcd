"""Record versions as entity tags, so that nobody overwrites a change they have not seen (RFC 9110, section 13)."""

from __future__ import annotations

import re

from keepwell.platform.values.versions import PreconditionFailed, PreconditionRequired

_ETAG = re.compile(r'"([1-9][0-9]{0,17})"')


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
        raise PreconditionFailed(
            "If-Match: is not an ETag of this API.", hint="GET the record again, and send its ETag."
        )
    return int(found[1])
