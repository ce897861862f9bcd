"""Changes as clients read them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from keepwell.platform.errors import DomainError, InfrastructureError, RateLimited

# Integers of JSON that a JavaScript program reads exactly.
LARGEST_VERSION = 2**53 - 1


class Change(msgspec.Struct, frozen=True):
    """A record that was added, changed or deleted, and the version of its latest change.

    `kind` is the name of its resource, such as `subscriptions`.
    """

    version: int
    kind: str
    record_id: UUID


class ChangePage(msgspec.Struct, frozen=True):
    """Changes in the order of their versions.

    `next` is the `after` of the next request, also if nothing is left to read; `newest` is the newest version.
    """

    items: Sequence[Change]
    next: int
    newest: int


class UnknownVersion(DomainError):
    """The version lies ahead of this database, which was probably restored from a backup."""

    code = "unknown-version"
    http_status = 410


class StreamNotAccepted(DomainError):
    """The client did not ask for an event stream, which would not end by itself."""

    code = "not-acceptable"
    http_status = 406


class TooManyStreamsOfMember(RateLimited):
    """This member has as many streams open as one may."""

    code = "too-many-streams-of-member"


class TooManyStreams(InfrastructureError):
    """This server has as many streams open as it may."""

    code = "too-many-streams"
    retryable = True
    worded_for_clients = True
