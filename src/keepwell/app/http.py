"""The web application: every room's handlers, with what they stand on put in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import NamedDependency, Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import Message, Scope

from keepwell.app import account, pages
from keepwell.app.authentication import Authentication
from keepwell.app.problems import answer_error
from keepwell.churn import api as churn_api
from keepwell.identity import api as identity_api
from keepwell.identity.model import Principal
from keepwell.identity.service import Keys
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.http import PUBLIC
from keepwell.subscriptions import api as subscriptions_api

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

ROUTES: Sequence[Any] = [
    identity_api.sign_in,
    identity_api.get_session,
    identity_api.end_session,
    subscriptions_api.get_mrr,
    subscriptions_api.get_movements,
    subscriptions_api.list_accounts,
    account.get_account,
    churn_api.get_save_list,
]


class Health(msgspec.Struct, frozen=True):
    """Whether the server is of use."""

    status: str


@get("/health/live", opt=PUBLIC, tags=["health"], summary="Is it alive", operation_id="getLiveness")
async def live() -> Health:
    """The process answers."""
    return Health("live")


@get("/health/ready", opt=PUBLIC, tags=["health"], summary="Is it ready", operation_id="getReadiness")
async def ready(state: State) -> Response[Health]:
    """The database answers too; 503 where it does not."""
    try:
        await state.database.ping()
    except InfrastructureError as error:
        return Response(Health(error.code), status_code=error.http_status)
    return Response(Health("ready"))


def create_app(database: Database, *, settings: Settings, keys: Keys) -> Litestar:
    """The application on an open `database`; the caller closes it after the server has stopped."""
    return Litestar(
        route_handlers=[*ROUTES, live, ready, *pages.routes()],
        dependencies={
            "principal": Provide(_principal, sync_to_thread=False),
            "connection": Provide(_connection),
            "anonymous_connection": Provide(_anonymous_connection),
            "clock": Provide(lambda: keys.clock, sync_to_thread=False),
            "keys": Provide(lambda: keys, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
        },
        state=State({"database": database, "clock": keys.clock}),
        middleware=[DefineMiddleware(Authentication, exclude_from_auth_key="public")],
        exception_handlers={Exception: answer_error},
        before_send=[_secure],
        compression_config=CompressionConfig(backend="gzip", exclude="^/assets/"),
        openapi_config=_OPENAPI,
        logging_config=None,
    )


_OPENAPI = OpenAPIConfig(
    title="Keepwell",
    use_handler_docstrings=True,
    version="1",
    description="Which paying customers are about to leave, why, and what their revenue is.",
    security=[{"token": []}],
    components=Components(
        security_schemes={
            "token": SecurityScheme(
                type="http", scheme="bearer", description="`./keepwell token create` makes one."
            )
        }
    ),
    # Litestar's own copy of the schema; `pages` serves it at /openapi.json without signing in.
    path="/docs/schema",
    render_plugins=[JsonRenderPlugin()],
)


def _principal(request: Request[Principal, Any, Any]) -> Principal:
    return request.user


async def _connection(principal: NamedDependency[Principal], state: State) -> AsyncIterator[Connection]:
    database: Database = state.database
    async with database.workspace(principal.workspace_id) as connection:
        yield connection


async def _anonymous_connection(state: State) -> AsyncIterator[Connection]:
    database: Database = state.database
    async with database.transaction() as connection:
        yield connection


async def _secure(message: Message, scope: Scope) -> None:  # noqa: ARG001  Litestar's signature
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
