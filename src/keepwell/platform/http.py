"""What the rooms' HTTP handlers share."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias
from urllib.parse import urlencode

import msgspec
from litestar import Request
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter, SkipValidation

from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection
from keepwell.platform.pages import LARGEST_PAGE

SESSION_COOKIE = "keepwell_session"
PROBLEM_JSON = "application/problem+json"

# A route with this `opt` is open to those who have not signed in.
PUBLIC: dict[str, Any] = {"public": True}

# Put in by the app for each request; a transaction commits when its handler has returned.
InTransaction: TypeAlias = SkipValidation[NamedDependency[Connection]]
TheClock: TypeAlias = SkipValidation[NamedDependency[Clock]]
TheSettings: TypeAlias = SkipValidation[NamedDependency[Settings]]

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE, description="How many rows at most.")]
Cursor: TypeAlias = Annotated[
    str | None, QueryParameter(max_length=2000, description="`next` of the page before.")
]


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457's members, and ours: a stable `code` and a `hint` for what to do next."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    instance: str


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """For a route's `responses`: the problems that it may answer with, besides those of every route."""
    described = {
        400: "A parameter is not valid.",
        401: "Nobody is signed in.",
        404: "There is no such thing here.",
        413: "The request is too large.",
        429: "Too much arrives at once; Retry-After says when to send it again.",
    }
    return {
        status: ResponseSpec(
            Problem, description=described[status], media_type=PROBLEM_JSON, generate_examples=False
        )
        for status in sorted({400, 401, *statuses})
    }


def next_page_header(request: Request[Any, Any, Any], cursor: str | None) -> dict[str, str]:
    """The RFC 8288 Link to the next page: this request with another cursor; empty on the last page."""
    if cursor is None:
        return {}
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return {"Link": f'<{request.url.path}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}
