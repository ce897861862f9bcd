"""The id of each request, by which its response, its log lines and its audit entries are found."""

from __future__ import annotations

import re

from litestar.types import Scope

from keepwell.identity.model import RESERVED_REQUEST_IDS
from keepwell.platform.ids import Ids
from keepwell.platform.telemetry.redaction import contains_secret

REQUEST_ID = "X-Request-Id"
_HEADER = b"x-request-id"
_VALID = re.compile(r"[A-Za-z0-9._-]{8,128}")


def assign_request_id(scope: Scope, *, ids: Ids) -> str:
    """Set and return the request's id: the caller's X-Request-Id if it is acceptable, otherwise a new one."""
    requested = next((value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER), "")
    request_id = requested if requested and _is_acceptable(requested) else str(ids.new())
    scope["state"]["request_id"] = request_id
    return request_id


def request_id_of(scope: Scope) -> str:
    """The id that was assigned to the request."""
    return str(scope["state"]["request_id"])


def _is_acceptable(requested: str) -> bool:
    # The id is logged and audited: it must not be arbitrary text, pass for a change from the command line, or be
    # redacted from the log lines that it should lead to.
    return (
        _VALID.fullmatch(requested) is not None
        and requested.lower() not in RESERVED_REQUEST_IDS
        and not contains_secret(requested)
    )
