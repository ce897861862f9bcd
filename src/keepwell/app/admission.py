"""The way in of every request: who asks, what is checked of it, and that no transaction of it is left open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

from keepwell.app.authentication import authenticate
from keepwell.app.authorization import needs_live_rights
from keepwell.app.guards import Check
from keepwell.app.transactions import roll_back_left_open


class Admission:
    """Puts the `Principal` of a request into its scope, but for PUBLIC routes; then makes the checks in their order.

    A middleware, where Litestar has guards for this: it copies the whole handler for each guard of each request.
    """

    def __init__(self, app: ASGIApp, *, checks: Sequence[Check]) -> None:
        self._app = app
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; what the first check raises that does not pass is the answer."""
        request: Request[Any, Any, Any] = Request(scope, receive)
        handler = scope["route_handler"]
        try:
            # What methods a path has is nobody's secret, and browsers ask for it without credentials.
            if not handler.opt.get("public") and scope.get("method") != "OPTIONS":
                live = needs_live_rights(request, handler)
                scope["user"], scope["auth"] = await authenticate(request, live=live)
            for check in self._checks:
                await check(request, handler)
            await self._app(scope, receive, send)
        finally:
            await roll_back_left_open(scope)
