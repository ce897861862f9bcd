"""Types that the request pipeline shares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

AnyConnection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

# Runs before the handler; raises to reject the request.
Check: TypeAlias = Callable[[AnyConnection, BaseRouteHandler], Awaitable[None]]
