"""Headers of every response: request id, security, rate limits, deprecation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from email.utils import format_datetime

from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.types import HTTPResponseStartEvent, Scope

from keepwell.app.middleware.rate_limits import allowance_headers
from keepwell.app.middleware.request_ids import REQUEST_ID, request_id_of
from keepwell.intake.events import api as intake_api

SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    # For everything except HTML pages, which set their own policy with a nonce.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

# A browser that has used HTTPS uses only HTTPS for a year.
_HTTPS_ONLY = (("Strict-Transport-Security", "max-age=31536000"),)

# Encoded once, as sent over the wire.
_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_CROSS_ORIGIN = [(name.lower().encode(), value.encode()) for name, value in intake_api.CROSS_ORIGIN.items()]


def complete_headers(message: HTTPResponseStartEvent, scope: Scope) -> None:
    """Add the common headers to a response; headers set by the handler win."""
    cross_origin = _CROSS_ORIGIN if scope["path"] in intake_api.ALL_PATHS else ()
    own = [
        (REQUEST_ID, request_id_of(scope)),
        *allowance_headers(scope["state"]).items(),
        *_deprecation_headers(scope),
        *(_HTTPS_ONLY if scope["scheme"] == "https" else ()),
    ]
    present = [*message["headers"]]
    if scope.get("method") == "OPTIONS":
        present = [_allow(scope) if name == b"allow" else (name, value) for name, value in present]
    names = {name for name, _ in present}
    common = [*_SECURITY, *cross_origin, *((name.lower().encode(), value.encode()) for name, value in own)]
    message["headers"] = [*present, *(pair for pair in common if pair[0] not in names)]


def _allow(scope: Scope) -> tuple[bytes, bytes]:
    """Every method of the path: Litestar 2.25 leaves out those of handlers that were added after the first one."""
    methods = scope["litestar_app"].state.methods.get(scope.get("path_template"), ())
    return b"allow", ", ".join(methods).encode()


def collect_methods(app: Litestar) -> None:
    """Note the methods of each path."""
    app.state.methods = {
        route.path_format: sorted(route.methods) for route in app.routes if isinstance(route, HTTPRoute)
    }


def _deprecation_headers(scope: Scope) -> Sequence[tuple[str, str]]:
    """Deprecation and Sunset of a deprecated route (RFC 9745, RFC 8594)."""
    opt = scope["route_handler"].opt if "route_handler" in scope else {}
    if "sunset" not in opt:
        return ()
    since = datetime.combine(opt["deprecated_since"], time(), tzinfo=UTC)
    return (
        ("Deprecation", f"@{int(since.timestamp())}"),
        ("Sunset", format_datetime(datetime.combine(opt["sunset"], time(), tzinfo=UTC), usegmt=True)),
        ("Link", '</docs/#deprecation>; rel="deprecation"; type="text/html"'),
    )
