"""The web application: every room's handlers, with what they stand on put in."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.middleware import DefineMiddleware
from litestar.openapi import ResponseSpec

from keepwell.app import account, activity, pages, play
from keepwell.app.admission import Admission
from keepwell.app.authentication import RememberedTokens
from keepwell.app.authorization import (
    require_all_permissions_named,
    require_own_pages,
    require_permission,
)
from keepwell.app.bodies import BoundedBodies
from keepwell.app.compression import COMPRESSION
from keepwell.app.dependencies import dependencies
from keepwell.app.edge import complete_headers
from keepwell.app.guards import RateLimits, keep_query_names, known_parameters
from keepwell.app.openapi import OPENAPI
from keepwell.app.problems import answer_error
from keepwell.app.write_keys import WriteKeys
from keepwell.churn import api as churn_api
from keepwell.identity import api as identity_api
from keepwell.identity import members_api, sign_in_api
from keepwell.identity.access_tokens import AccessTokens
from keepwell.identity.audit import api as audit_api
from keepwell.identity.service import Keys
from keepwell.identity.signing_keys import SigningKeys
from keepwell.intake.events import api as intake_api
from keepwell.intake.service import Collectors
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import InfrastructureError, KeepwellError
from keepwell.platform.http import PUBLIC
from keepwell.platform.pages import Cursors
from keepwell.platform.secrets import secret_of
from keepwell.subscriptions.accounts import api as accounts_api
from keepwell.subscriptions.accounts.service import Standings
from keepwell.subscriptions.imports import api as imports_api
from keepwell.subscriptions.invoices import api as invoices_api
from keepwell.subscriptions.plans import api as plans_api
from keepwell.subscriptions.revenue import api as revenue_api
from keepwell.subscriptions.spans import api as spans_api
from keepwell.subscriptions.stripe import api as stripe_api
from keepwell.webhooks import api as webhooks_api

_LOG = logging.getLogger("keepwell.http")
_SECONDS_TO_LAKE = 60.0
# Of a request to the API; the intake of events has limits of its own.
_LARGEST_BODY = 1_000_000
# Half a megabyte of events comes in time over a slow line; who sends a byte now and then does not.
_SECONDS_FOR_BODY = 30.0

ROUTES: Sequence[Any] = [
    identity_api.sign_in,
    identity_api.get_session,
    identity_api.end_session,
    *revenue_api.ROUTES,
    *accounts_api.ROUTES,
    account.get_account,
    activity.get_activity,
    *plans_api.ROUTES,
    *spans_api.ROUTES,
    *invoices_api.ROUTES,
    *imports_api.ROUTES,
    *stripe_api.ROUTES,
    churn_api.get_save_list,
    *audit_api.ROUTES,
    *webhooks_api.ROUTES,
    *members_api.ROUTES,
    *sign_in_api.ROUTES,
]

_UNCOUNTED = {"rate_limit": "none"}


class Health(msgspec.Struct, frozen=True):
    """Whether the server is of use."""

    status: str


@get(
    "/health/live",
    opt=PUBLIC | _UNCOUNTED,
    tags=["health"],
    summary="Is it alive",
    operation_id="getLiveness",
)
async def live() -> Health:
    """The process answers."""
    return Health("live")


@get(
    "/health/ready",
    opt=PUBLIC | _UNCOUNTED,
    tags=["health"],
    summary="Is it ready",
    operation_id="getReadiness",
    responses={503: ResponseSpec(Health, description="It is not.", generate_examples=False)},
)
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
    secret = secret_of(settings.secret_file)
    access_tokens = AccessTokens(
        SigningKeys(settings.signing_keys, clock=keys.clock), clock=keys.clock, ids=keys.ids
    )
    provided = dependencies(
        settings,
        keys,
        access_tokens=access_tokens,
        collectors=collectors,
        write_keys=write_keys,
        secret=secret,
    )
    return Litestar(
        route_handlers=[*ROUTES, *intake_api.routes(), live, ready, *play.routes(), *pages.routes()],
        lifespan=[partial(_collecting, collectors)],
        dependencies=provided,
        state=State(
            {
                "database": database,
                "clock": keys.clock,
                "ids": keys.ids,
                "access_tokens": access_tokens,
                "remembered_tokens": RememberedTokens(monotonic=monotonic),
                "standings": Standings(),
                "cursors": Cursors(hashlib.sha256(b"cursors " + secret).digest()),
            }
        ),
        middleware=[
            DefineMiddleware(
                Admission,
                checks=[
                    RateLimits(
                        requests_per_minute=settings.requests_per_minute,
                        sign_ins_per_minute=settings.sign_ins_per_minute,
                    ),
                    require_permission,
                    require_own_pages,
                    known_parameters,
                    BoundedBodies(seconds=_SECONDS_FOR_BODY),
                ],
            )
        ],
        on_startup=[require_all_permissions_named, keep_query_names],
        exception_handlers={Exception: answer_error},
        before_send=[complete_headers],
        compression_config=COMPRESSION,
        request_max_body_size=_LARGEST_BODY,
        openapi_config=OPENAPI,
        logging_config=None,
    )


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
