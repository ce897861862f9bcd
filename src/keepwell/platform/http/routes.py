"""What the rooms' HTTP handlers share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any, TypeAlias

import msgspec
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import SkipValidation

from keepwell.platform.bus import Bus
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, WorkspaceReader
from keepwell.platform.errors import Outcome
from keepwell.platform.runtime import Runtime

PROBLEM_JSON = "application/problem+json"

# Marks a route as open to clients that have not signed in.
PUBLIC: dict[str, Any] = {"public": True}
# Marks a public route as callable by browsers from our own pages only.
OWN_PAGES: dict[str, Any] = {"own_pages": True}


# A route with this `opt` counts against the shared limit of sign-ins of the client address.
COUNTED_AS_SIGN_IN: dict[str, Any] = {"rate_limit": "sign-in"}
# A GET route with this `opt` gives out rights, so that it reads the caller's rights from the database, as changes do.
LIVE_RIGHTS: dict[str, Any] = {"live_rights": True}


def requires(permission: str) -> dict[str, Any]:
    """The `opt` of a route that requires `permission`; every route that is not PUBLIC has one."""
    return {"permission": permission}


def deprecated(since: date, *, sunset: date) -> dict[str, Any]:
    """The `opt` of a deprecated route: since when, and the day from which it may be removed.

    Its answers say so in the header fields of RFC 9745 and RFC 8594; `docs/api.md` has the policy.
    """
    return {"deprecated_since": since, "sunset": sunset}


# Injected by the app for each request; the transaction commits when the handler has returned.
InTransaction: TypeAlias = SkipValidation[NamedDependency[Connection]]
# Reads one statement at a time and holds no connection in between, for handlers that also read files.
TheReader: TypeAlias = SkipValidation[NamedDependency[WorkspaceReader]]
# Opens a transaction of the workspace when it is called, for handlers whose work on files comes first.
TheTransactions: TypeAlias = SkipValidation[
    NamedDependency[Callable[[], AbstractAsyncContextManager[Connection]]]
]
TheClock: TypeAlias = SkipValidation[NamedDependency[Clock]]
TheSettings: TypeAlias = SkipValidation[NamedDependency[Settings]]
TheBus: TypeAlias = SkipValidation[NamedDependency[Bus]]
TheRuntime: TypeAlias = SkipValidation[NamedDependency[Runtime]]


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457's members, and ours: a stable `code` and a `hint` for what to do next.

    `outcome` says whether the work may have been done, `retryable` whether the same request may succeed later.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    instance: str
    outcome: Outcome
    retryable: bool


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """For a route's `responses`: the problems it may answer with, besides those that every route has."""
    described = {
        400: "A parameter or the body is not valid.",
        401: "The request is not authenticated.",
        403: "The member's role or the token's scopes do not allow it.",
        404: "There is no such record.",
        406: "The Accept header does not name what the route answers with.",
        409: "It contradicts the present state, or the Idempotency-Key was used for another request.",
        410: "What you ask for is no longer known; read the lists again.",
        412: "It was changed since you read it.",
        413: "The request is too large.",
        428: "If-Match is missing.",
        429: "Too many requests; Retry-After says when to retry.",
        503: "The database does not answer in time; Retry-After says when to retry.",
    }
    return {
        status: ResponseSpec(
            Problem, description=described[status], media_type=PROBLEM_JSON, generate_examples=False
        )
        for status in sorted({400, 401, 403, 429, 503, *statuses})
    }
