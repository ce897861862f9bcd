"""The id of each request, by which its response, its log lines and its audit entries are found."""

from __future__ import annotations

import re

from litestar.datastructures import Headers
from litestar.types import Scope

from keepwell.platform.ids import Ids

REQUEST_ID = "X-Request-Id"
_VALID = re.compile(r"[A-Za-z0-9._-]{8,128}")


def assign_request_id(scope: Scope, *, ids: Ids) -> str:
    """Set and return the request's id: the caller's X-Request-Id if it is valid, otherwise a new one."""
    requested = Headers.from_scope(scope).get(REQUEST_ID, "")
    # The id is logged, so it must not be arbitrary text.
    request_id = requested if _VALID.fullmatch(requested) else str(ids.new())
    scope["state"]["request_id"] = request_id
    return request_id


def request_id_of(scope: Scope) -> str:
    """The id that was assigned to the request."""
    return str(scope["state"]["request_id"])
