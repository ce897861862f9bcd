"""What is checked of every request before its handler runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import Any, TypeAlias

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from keepwell.identity.model import Principal
from keepwell.platform.errors import DataValidationError
from keepwell.platform.rate_limits.service import Allowance, Quota, TokenBuckets, take_shared

AnyConnection = ASGIConnection[Any, Any, Any, Any]

_MINUTE = timedelta(minutes=1)


Check: TypeAlias = Callable[[AnyConnection, BaseRouteHandler], Awaitable[None]]


class RateLimits:
    """The check that counts: each credential has a bucket in this process; sign-in counts over all of them."""

    def __init__(self, *, requests_per_minute: int, sign_ins_per_minute: int) -> None:
        quota = Quota("requests", burst=requests_per_minute, window=_MINUTE)
        self._buckets = TokenBuckets(quota, monotonic=monotonic)
        self._sign_ins = Quota("sign-in", burst=sign_ins_per_minute, window=_MINUTE)

    async def __call__(self, connection: AnyConnection, handler: BaseRouteHandler) -> None:
        """Raise QuotaExceeded where there is no place left; keep what is left for the answer's headers."""
        limit = handler.opt.get("rate_limit")
        if limit == "none":
            return
        if limit == "sign-in":
            taken = await take_shared(connection.app.state.database, self._sign_ins, key=_address(connection))
        else:
            taken = self._buckets.take(_asker(connection))
        connection.scope["state"]["allowance"] = taken


def allowance_headers(state: dict[str, Any]) -> dict[str, str]:
    """The RateLimit headers of a request that was counted."""
    allowance: Allowance | None = state.get("allowance")
    return {} if allowance is None else allowance.headers


async def known_parameters(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise DataValidationError for a query parameter that the route does not have: a typo would be ignored."""
    if not connection.scope["query_string"]:
        return
    known = connection.app.state.query_names.get(getattr(handler, "operation_id", None))
    if known is None:
        return
    unknown = [name for name in connection.query_params if name not in known]
    if unknown:
        there_are = f"There are: {', '.join(sorted(known))}." if known else "There are none."
        raise DataValidationError(f"{unknown[0][:100]}: is no parameter of this route.", hint=there_are)


def keep_query_names(app: Litestar) -> None:
    """Note which query parameters each route and its dependencies read."""
    app.state.query_names = {
        handler.operation_id: frozenset(each.field_alias for each in model.expected_query_params)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
        if handler.operation_id and handler.include_in_schema
    }


def _asker(connection: AnyConnection) -> str:
    user = connection.scope.get("user")
    if isinstance(user, Principal):
        return str(user.token_id or user.member_id)
    return _address(connection)


def _address(connection: AnyConnection) -> str:
    return connection.client.host if connection.client else "unknown"
