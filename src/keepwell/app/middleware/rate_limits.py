"""Rate limits: requests per credential, and sign-in attempts per client address."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any

from litestar.handlers import BaseRouteHandler

from keepwell.app.middleware.addresses import limit_key
from keepwell.app.middleware.connection import AnyConnection
from keepwell.identity.model import Principal
from keepwell.platform.rate_limits.service import Allowance, Quota, TokenBuckets, take_shared

_MINUTE = timedelta(minutes=1)


class RateLimits:
    """A token bucket per credential in this process; sign-in attempts are counted in the database, for all processes."""

    def __init__(self, *, requests_per_minute: int, sign_ins_per_minute: int) -> None:
        quota = Quota("requests", burst=requests_per_minute, window=_MINUTE)
        self._buckets = TokenBuckets(quota, monotonic=monotonic)
        self._sign_ins = Quota("sign-in", burst=sign_ins_per_minute, window=_MINUTE)

    async def __call__(self, connection: AnyConnection, handler: BaseRouteHandler) -> None:
        """Raise QuotaExceeded if the limit is reached; keep the allowance for the response headers."""
        limit = handler.opt.get("rate_limit")
        if limit == "none":
            return
        if limit == "sign-in":
            allowance = await take_shared(
                connection.app.state.database, self._sign_ins, key=limit_key(connection.scope)
            )
        else:
            allowance = self._buckets.take(_credential(connection))
        connection.scope["state"]["allowance"] = allowance


def allowance_headers(state: dict[str, Any]) -> dict[str, str]:
    """The RateLimit headers of a request that was counted."""
    allowance: Allowance | None = state.get("allowance")
    return {} if allowance is None else allowance.headers


def _credential(connection: AnyConnection) -> str:
    user = connection.scope.get("user")
    if isinstance(user, Principal):
        return str(user.token_id or user.member_id)
    return limit_key(connection.scope)
