"""The web application: every room's handlers, with what they stand on put in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
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
from keepwell.app.write_keys import WriteKeys
from keepwell.churn import api as churn_api
from keepwell.identity import api as identity_api
from keepwell.identity.model import Principal
from keepwell.identity.service import Keys
from keepwell.intake import api as intake_api
from keepwell.intake.collecting import Collectors
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import InfrastructureError, KeepwellError
from keepwell.platform.http import PUBLIC
from keepwell.subscriptions import api as subscriptions_api

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_LOG = logging.getLogger("keepwell.http")
_SECONDS_TO_LAKE = 60.0

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
    collectors, write_keys = Collectors(settings, clock=keys.clock), WriteKeys(database)
    return Litestar(
        route_handlers=[*ROUTES, *intake_api.routes(), live, ready, *pages.routes()],
        lifespan=[partial(_collecting, collectors)],
        dependencies={
            "principal": Provide(_principal, sync_to_thread=False),
            "connection": Provide(_connection),
            "anonymous_connection": Provide(_anonymous_connection),
            "clock": Provide(lambda: keys.clock, sync_to_thread=False),
            "collectors": Provide(lambda: collectors, sync_to_thread=False),
            "write_keys": Provide(lambda: write_keys.workspace_of, sync_to_thread=False),
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
            ),
            "writeKey": SecurityScheme(
                type="http",
                scheme="basic",
                description="The user name is a write key (`./keepwell write-key create`), without a password.",
            ),
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


@asynccontextmanager
async def _collecting(collectors: Collectors, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001  Litestar's signature
    collectors.resume()
    bringing = asyncio.create_task(_bring_to_lake(collectors))
    try:
        yield
    finally:
        bringing.cancel()
        await asyncio.wait([bringing])
        await collectors.close()


async def _bring_to_lake(collectors: Collectors) -> None:
    while True:
        try:
            await collectors.bring_to_lake()
        except* Exception as failed:  # noqa: BLE001  an unforeseen error must not end this for all workspaces
            # Nobody waits for this: it is told where the server's other troubles are, and tried again.
            for error in failed.exceptions:
                unforeseen = None if isinstance(error, KeepwellError) else error
                _LOG.error("bringing events to the lake failed: %s", error, exc_info=unforeseen)
        await asyncio.sleep(_SECONDS_TO_LAKE)


async def _secure(message: Message, scope: Scope) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        cross_origin = intake_api.CROSS_ORIGIN if scope["path"] in intake_api.ALL_PATHS else {}
        for name, value in {**_HEADERS, **cross_origin}.items():
            headers.setdefault(name, value)
