"""The entry point of every route: authenticate, run the checks, and leave no transaction open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars

from keepwell.app.middleware.authentication import authenticate, credential_of
from keepwell.app.middleware.authorization import needs_live_rights
from keepwell.app.middleware.connection import Check
from keepwell.app.middleware.connections import Concurrency
from keepwell.app.middleware.failed_authentications import FailedAuthentications
from keepwell.app.middleware.transactions import roll_back_left_open
from keepwell.platform.errors import NotAuthenticated


class RequestChecks:
    """Sets the request's `Principal`, except on PUBLIC routes, then runs the checks in order.

    A middleware instead of guards: Litestar 2.25 copies the whole handler for each guard of each request.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        concurrency: Concurrency,
        failures: FailedAuthentications,
        checks: Sequence[Check],
    ) -> None:
        self._app = app
        self._concurrency = concurrency
        self._failures = failures
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; the first check that raises decides the response."""
        with self._concurrency.request_in(scope):
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive)
        handler = scope["route_handler"]
        try:
            # The methods of a path are public, and browsers send preflight requests without credentials.
            if not handler.opt.get("public") and scope.get("method") != "OPTIONS":
                await self._authenticate(request, live=needs_live_rights(request, handler))
            for check in self._checks:
                await check(request, handler)
            await self._app(scope, receive, send)
        finally:
            await roll_back_left_open(scope)

    async def _authenticate(self, request: Request[Any, Any, Any], *, live: bool) -> None:
        scope, credential = request.scope, credential_of(request)
        if credential:
            self._failures.require_room(scope, credential)
        try:
            scope["user"], scope["auth"] = principal, _ = await authenticate(request, live=live)
        except NotAuthenticated:
            if credential:
                self._failures.note_wrong(scope)
            raise
        self._failures.note_right(credential)
        bind_contextvars(workspace=str(principal.workspace_id), member=str(principal.member_id))
