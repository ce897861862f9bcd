"""The web application: the handlers of every room, wired to the services that they need."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.middleware import DefineMiddleware

from keepwell.app.annotations import api as annotations_api
from keepwell.app.api import account, activity, changes, health, metrics, play, sources
from keepwell.app.assets import static_files
from keepwell.app.dependencies import dependencies
from keepwell.app.digest import api as digest_api
from keepwell.app.erasure import api as erasure_api
from keepwell.app.later import LaterWork, finishing
from keepwell.app.mail import api as mail_api
from keepwell.app.mail import unsubscribing
from keepwell.app.middleware.authentication import token_cache
from keepwell.app.middleware.authorization import (
    require_named_permissions,
    require_own_pages,
    require_permission,
    require_same_workspace,
)
from keepwell.app.middleware.bodies import BoundedBodies
from keepwell.app.middleware.compression import COMPRESSION
from keepwell.app.middleware.connections import Concurrency
from keepwell.app.middleware.failed_authentications import FailedAuthentications
from keepwell.app.middleware.head import answering_head, require_get_to_sign_in
from keepwell.app.middleware.query_parameters import collect_query_names, require_known_parameters
from keepwell.app.middleware.rate_limits import RateLimits
from keepwell.app.middleware.request_checks import RequestChecks
from keepwell.app.middleware.response_headers import collect_methods
from keepwell.app.middleware.streams import serving_streams
from keepwell.app.middleware.telemetry.request_log import with_request_log
from keepwell.app.middleware.telemetry.traces import with_traces
from keepwell.app.middleware.unread_bodies import closing_after_unread_bodies
from keepwell.app.openapi import openapi_config
from keepwell.app.problems import answer_error
from keepwell.app.scoring.mounted import MountedScoring
from keepwell.app.timeline import api as timeline_api
from keepwell.app.today import api as today_api
from keepwell.app.work import api as work_api
from keepwell.app.write_keys import WriteKeys
from keepwell.billing import api as billing_api
from keepwell.churn import api as churn_api
from keepwell.churn.audit import api as bias_audit_api
from keepwell.churn.cases import api as cases_api
from keepwell.churn.champions import api as champions_api
from keepwell.churn.inference import api as inference_api
from keepwell.churn.live import api as churn_live_api
from keepwell.churn.outcomes import api as outcomes_api
from keepwell.churn.runs import api as churn_runs_api
from keepwell.churn.trained import api as trained_api
from keepwell.crawl.accounts import api as crawl_api
from keepwell.identity.access_tokens import api as access_tokens_api
from keepwell.identity.access_tokens.service import AccessTokens
from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.api_tokens import api as api_tokens_api
from keepwell.identity.audit import api as audit_api
from keepwell.identity.mailed_links import api as mailed_links_api
from keepwell.identity.members import api as members_api
from keepwell.identity.oidc import api as oidc_api
from keepwell.identity.passwords import api as passwords_api
from keepwell.identity.preferences import api as preferences_api
from keepwell.identity.sessions import api as sessions_api
from keepwell.identity.workspace_settings import api as workspace_settings_api
from keepwell.identity.write_keys import api as write_keys_api
from keepwell.importing.import_log import api as import_log_api
from keepwell.importing.stripe.connection import api as stripe_connection_api
from keepwell.importing.stripe.events import api as stripe_api
from keepwell.intake.dead_letters import api as dead_letters_api
from keepwell.intake.events import api as intake_api
from keepwell.intake.jobs import announce_events
from keepwell.intake.service import GroupCommitters
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.feed.streams import ChangeStreams
from keepwell.platform.pagination.cursors import Cursors
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of
from keepwell.platform.trace.tracer import Tracer
from keepwell.records.account_signals import api as account_signals_api
from keepwell.records.accounts import api as accounts_api
from keepwell.records.charges import api as charges_api
from keepwell.records.contacts import api as contacts_api
from keepwell.records.invoices import api as invoices_api
from keepwell.records.payment_methods import api as payment_methods_api
from keepwell.records.plans import api as plans_api
from keepwell.records.refunds import api as refunds_api
from keepwell.records.subscriptions import api as subscriptions_api
from keepwell.revenue import api as revenue_api
from keepwell.revenue.movements import api as movements_api
from keepwell.revenue.projections import CurrentProjections
from keepwell.revenue.rates import api as rates_api
from keepwell.revenue.reports import api as reports_api
from keepwell.webhooks import api as webhooks_api

# Far more than any record has. A decoder cannot be interrupted: a megabyte of brackets would hold up all others for a second.
# The routes of events and of Stripe's webhooks have limits of their own.
_LARGEST_BODY = 100_000
# Enough for half a megabyte of events over a slow line, too short for a client that trickles bytes.
_SECONDS_FOR_BODY = 30.0

ROUTES: Sequence[Any] = [
    *sessions_api.ROUTES,
    *revenue_api.ROUTES,
    *reports_api.ROUTES,
    *movements_api.ROUTES,
    *rates_api.ROUTES,
    *accounts_api.ROUTES,
    account.get_account,
    *timeline_api.ROUTES,
    *erasure_api.ROUTES,
    activity.get_activity,
    sources.list_sources,
    *changes.ROUTES,
    *contacts_api.ROUTES,
    *account_signals_api.ROUTES,
    *crawl_api.ROUTES,
    *plans_api.ROUTES,
    *subscriptions_api.ROUTES,
    *invoices_api.ROUTES,
    *charges_api.ROUTES,
    *refunds_api.ROUTES,
    *payment_methods_api.ROUTES,
    *billing_api.ROUTES,
    *import_log_api.ROUTES,
    *stripe_connection_api.ROUTES,
    *stripe_api.ROUTES,
    *dead_letters_api.ROUTES,
    *churn_api.ROUTES,
    *cases_api.ROUTES,
    *outcomes_api.ROUTES,
    *trained_api.ROUTES,
    *champions_api.ROUTES,
    *churn_runs_api.ROUTES,
    *bias_audit_api.ROUTES,
    *inference_api.ROUTES,
    *churn_live_api.ROUTES,
    *today_api.ROUTES,
    *annotations_api.ROUTES,
    *audit_api.ROUTES,
    *webhooks_api.ROUTES,
    *members_api.ROUTES,
    *workspace_settings_api.ROUTES,
    *preferences_api.ROUTES,
    *api_tokens_api.ROUTES,
    *write_keys_api.ROUTES,
    *passwords_api.ROUTES,
    *access_tokens_api.ROUTES,
    *oidc_api.ROUTES,
    *work_api.ROUTES,
    *mailed_links_api.ROUTES,
    *mail_api.ROUTES,
    *digest_api.ROUTES,
]


def create_app(
    database: Database, *, settings: Settings, runtime: Runtime, tracer: Tracer | None = None
) -> Litestar:
    """The application on an open `database`, which the caller closes after the server has stopped.

    Without a `tracer` there are no traces.
    """
    announce = partial(announce_events, database=database, clock=runtime.clock)
    committers = GroupCommitters(settings, clock=runtime.clock, announce=announce)
    secret = secret_of(settings.secret_file)
    signing_keys = SigningKeys(settings.signing_keys, clock=runtime.clock)
    access_tokens = AccessTokens(signing_keys, clock=runtime.clock, ids=runtime.ids)
    later = LaterWork()
    streams = ChangeStreams(
        database, most=settings.most_streams, most_of_member=settings.most_streams_of_member
    )
    scoring = MountedScoring(database, settings=settings, clock=runtime.clock)
    provided = dependencies(
        settings,
        runtime,
        score=scoring.score,
        access_tokens=access_tokens,
        committers=committers,
        write_keys=WriteKeys(database, clock=runtime.clock),
        later=later,
        secret=secret,
    )
    app = Litestar(
        route_handlers=_route_handlers(),
        lifespan=[
            partial(_accepting_events, committers),
            partial(serving_streams, streams),
            partial(finishing, later),
            scoring.serving,
        ],
        dependencies=provided,
        state=_state(database, runtime, access_tokens=access_tokens, secret=secret, streams=streams),
        middleware=[_request_checks(settings)],
        on_startup=[require_named_permissions, collect_query_names, collect_methods],
        exception_handlers={Exception: answer_error},
        compression_config=COMPRESSION,
        request_max_body_size=_LARGEST_BODY,
        openapi_config=openapi_config(settings.public_url),
        logging_config=None,
    )
    # Litestar runs middleware per route, so not for unknown paths (https://github.com/litestar-org/litestar/issues/175):
    # this one wraps the router itself.
    answering = closing_after_unread_bodies(answering_head(scoring.beside(app.asgi_handler)))
    traced = with_traces(answering, tracer=tracer or Tracer())
    app.asgi_handler = with_request_log(traced, ids=runtime.ids)
    return app


@asynccontextmanager
async def _accepting_events(committers: GroupCommitters, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001  Litestar's signature
    committers.resume()
    try:
        yield
    finally:
        await committers.close()


def _route_handlers() -> list[Any]:
    return [
        *ROUTES,
        *intake_api.routes(),
        health.live,
        health.ready,
        *unsubscribing.ROUTES,
        metrics.get_metrics,
        *play.routes(),
        *static_files.routes(),
    ]


def _state(
    database: Database,
    runtime: Runtime,
    *,
    access_tokens: AccessTokens,
    secret: bytes,
    streams: ChangeStreams,
) -> State:
    """What the middleware and the dependencies share; handlers get theirs as dependencies."""
    return State(
        {
            "database": database,
            "clock": runtime.clock,
            "access_tokens": access_tokens,
            "token_cache": token_cache(monotonic),
            "projections": CurrentProjections(),
            "streams": streams,
            "cursors": Cursors(hashlib.sha256(b"cursors " + secret).digest()),
        }
    )


def _request_checks(settings: Settings) -> DefineMiddleware:
    """The checks of a request, in their order."""
    limits = RateLimits(
        requests_per_minute=settings.requests_per_minute, sign_ins_per_minute=settings.sign_ins_per_minute
    )
    return DefineMiddleware(
        RequestChecks,
        concurrency=Concurrency(trusted=settings.trusted_proxies),
        failures=FailedAuthentications(sign_ins_per_minute=settings.sign_ins_per_minute, monotonic=monotonic),
        checks=[
            require_get_to_sign_in,
            limits,
            require_permission,
            require_same_workspace,
            require_own_pages,
            require_known_parameters,
            BoundedBodies(seconds=_SECONDS_FOR_BODY),
        ],
    )
