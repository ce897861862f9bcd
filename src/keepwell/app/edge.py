"""The edge that every answer passes: an id for each request, and the headers of safety and of limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime

from litestar.datastructures import Headers
from litestar.types import Message, Scope

from keepwell.app.guards import allowance_headers
from keepwell.intake.events import api as intake_api
from keepwell.platform.ids import Ids

REQUEST_ID = "X-Request-Id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")

SAFETY: Mapping[str, str] = {
    "Cache-Control": "no-store",
    # For whatever is no page: pages bring a policy of their own, with a nonce.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

# As they go over the wire, once for all answers.
_SAFETY = [(name.lower().encode(), value.encode()) for name, value in SAFETY.items()]
_CROSS_ORIGIN = [(name.lower().encode(), value.encode()) for name, value in intake_api.CROSS_ORIGIN.items()]


def request_id_of(scope: Scope) -> str:
    """The id of a request, or the caller's own; answers, errors, logs and the audit log name it."""
    state = scope["state"]
    if "request_id" not in state:
        given = Headers.from_scope(scope).get(REQUEST_ID, "")
        ids: Ids = scope["litestar_app"].state.ids
        # What is logged must be no text of the caller's choosing but for a plain id.
        state["request_id"] = given if _GIVEN_ID.fullmatch(given) else str(ids.new())
    return str(state["request_id"])


async def complete_headers(message: Message, scope: Scope) -> None:
    """Add to an answer what every answer has, where its handler did not say otherwise."""
    if message["type"] != "http.response.start":
        return
    cross_origin = _CROSS_ORIGIN if scope["path"] in intake_api.ALL_PATHS else ()
    own = [(REQUEST_ID, request_id_of(scope)), *allowance_headers(scope["state"]).items(), *_parting(scope)]
    given = [*message["headers"]]
    said = {name for name, _ in given}
    also = [*_SAFETY, *cross_origin, *((name.lower().encode(), value.encode()) for name, value in own)]
    message["headers"] = [*given, *(pair for pair in also if pair[0] not in said)]


def _parting(scope: Scope) -> Sequence[tuple[str, str]]:
    """What clients of a deprecated route are told: RFC 9745 and RFC 8594."""
    opt = scope["route_handler"].opt if "route_handler" in scope else {}
    if "sunset" not in opt:
        return ()
    since = datetime.combine(opt["deprecated_since"], time(), tzinfo=UTC)
    return (
        ("Deprecation", f"@{int(since.timestamp())}"),
        ("Sunset", format_datetime(datetime.combine(opt["sunset"], time(), tzinfo=UTC), usegmt=True)),
        ("Link", '</docs/#deprecation>; rel="deprecation"; type="text/html"'),
    )
