"""Litestar dependencies: what handlers receive for each request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from keepwell.app.erasure.files import ErasedFiles
from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.later import LaterWork
from keepwell.app.listeners import event_bus
from keepwell.app.middleware.request_ids import request_id_of
from keepwell.app.middleware.transactions import in_request
from keepwell.app.write_keys import WriteKeys
from keepwell.churn.audit.children import ChildAudits
from keepwell.churn.inference.account_scores import ScoreAccounts
from keepwell.identity.access_tokens.service import AccessTokens
from keepwell.identity.mailed_links.service import link_mailer
from keepwell.identity.model import Actor, Principal
from keepwell.identity.oidc.provider import OidcProvider
from keepwell.importing.stripe.connection.keys import ApiKeys
from keepwell.importing.stripe.events.webhook import Secrets
from keepwell.intake.service import GroupCommitters
from keepwell.platform.clock import today
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database, Readable, WorkspaceReader
from keepwell.platform.http.routes import InTransaction, TheBus, TheRuntime, TheSettings
from keepwell.platform.http.writes import provide_write
from keepwell.platform.pagination.export import Export
from keepwell.platform.pagination.listing import Cursor, Fields, Limit, Listing, ListQuery
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import cipher_of
from keepwell.records.changes import ChangeContext
from keepwell.revenue.projections import CurrentProjections, TodaysSnapshot
from keepwell.webhooks.context import WebhookContext
from keepwell.webhooks.signing import Signer


def dependencies(
    settings: Settings,
    runtime: Runtime,
    *,
    committers: GroupCommitters,
    write_keys: WriteKeys,
    later: LaterWork,
    access_tokens: AccessTokens,
    score: ScoreAccounts,
    secret: bytes,
) -> Mapping[str, Provide]:
    """The providers, by the name of the handler argument that they fill."""
    fixed = {
        "audits": ChildAudits(settings),
        "bus": event_bus(runtime),
        "clock": runtime.clock,
        "committers": committers,
        "later": later.start,
        "link_mailer": link_mailer(settings, runtime=runtime),
        "runtime": runtime,
        "score": score,
        "settings": settings,
        "signer": Signer(secret),
        "write_keys": write_keys.workspace_of,
        "access_tokens": access_tokens,
        "signing_keys": access_tokens.signing_keys,
        "provider": OidcProvider(settings.oidc, clock=runtime.clock) if settings.oidc else None,
        "cipher": cipher_of(secret, purpose="cookies"),
        "stripe_secrets": Secrets(secret),
        "stripe_keys": ApiKeys(secret),
        "erased_files": ErasedFiles(settings, runtime),
        "registry": IMPORT_ENTITIES,
    }
    return {
        **{name: Provide(_always(value), sync_to_thread=False) for name, value in fixed.items()},
        "principal": Provide(_principal, sync_to_thread=False),
        "actor": Provide(_actor, sync_to_thread=False),
        "request_id": Provide(_request_id, sync_to_thread=False),
        "connection": Provide(_connection),
        "anonymous_connection": Provide(_anonymous_connection),
        "report_connection": Provide(_report_connection),
        "transactions": Provide(_transactions, sync_to_thread=False),
        "reader": Provide(_reader, sync_to_thread=False),
        "todays_reader": Provide(_todays_reader),
        "export": Provide(_export, sync_to_thread=False),
        "todays_snapshot": Provide(_todays_snapshot, sync_to_thread=False),
        "context": Provide(_change_context, sync_to_thread=False),
        "webhook_context": Provide(_webhook_context, sync_to_thread=False),
        "filters": Provide(_always(None), sync_to_thread=False),
        "listing": Provide(_listing),
        "write": Provide(provide_write),
    }


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value


def _principal(request: Request[Principal, Any, Any]) -> Principal:
    return request.user


def _actor(request: Request[Principal, Any, Any]) -> Actor:
    return Actor(request.user, request_id_of(request.scope))


def _request_id(request: Request[Any, Any, Any]) -> str:
    return request_id_of(request.scope)


async def _connection(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal], state: State
) -> AsyncIterator[Connection]:
    database: Database = state.database
    async for connection in in_request(request.scope, database.workspace(principal.workspace_id)):
        yield connection


async def _anonymous_connection(request: Request[Any, Any, Any], state: State) -> AsyncIterator[Connection]:
    database: Database = state.database
    async for connection in in_request(request.scope, database.transaction()):
        yield connection


def _transactions(
    principal: NamedDependency[Principal], state: State
) -> Callable[[], AbstractAsyncContextManager[Connection]]:
    database: Database = state.database
    return partial(database.workspace, principal.workspace_id)


def _reader(principal: NamedDependency[Principal], state: State) -> WorkspaceReader:
    database: Database = state.database
    return database.reader(principal.workspace_id)


async def _todays_reader(
    principal: NamedDependency[Principal],
    state: State,
    filters: SkipValidation[NamedDependency[Any]],  # noqa: ARG001  to come after them, as below
) -> WorkspaceReader:
    """A reader of account standings as of today."""
    # Litestar resolves independent dependencies at once, and cancels the others if one is refused. psycopg's pool gives
    # out no more connections if that happens while one waits for a connection.
    return await _as_of_today(state, principal.workspace_id)


async def _as_of_today(state: State, workspace_id: UUID) -> WorkspaceReader:
    database: Database = state.database
    current: CurrentProjections = state.projections
    return await current.reader(
        database.reader(workspace_id), workspace_id=workspace_id, today=today(state.clock)
    )


async def _report_connection(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal], state: State
) -> AsyncIterator[Connection]:
    """A connection to a workspace whose movement facts are complete."""
    database: Database = state.database
    current: CurrentProjections = state.projections
    # Before the request's own connection is taken: no request waits for a second one while it holds one.
    await current.require_facts(database.reader(principal.workspace_id), workspace_id=principal.workspace_id)
    async for connection in _connection(request, principal, state):
        yield connection


async def _listing(
    request: Request[Principal, Any, Any],
    state: State,
    filters: SkipValidation[NamedDependency[Any]],
    limit: Limit = 50,
    cursor: Cursor = None,
    fields: Fields = None,
) -> Listing[Any]:
    # One dependency instead of five: Litestar 2.25 creates a task for each of several independent dependencies.
    query = ListQuery(limit, cursor, fields)
    reader = await _as_of_today(state, request.user.workspace_id)
    return Listing(request, reader, filters=filters, query=query, cursors=state.cursors)


def _export(
    principal: NamedDependency[Principal], state: State, filters: SkipValidation[NamedDependency[Any]]
) -> Export[Any]:
    @asynccontextmanager
    async def reader() -> AsyncIterator[Readable]:
        async with _todays_snapshot(principal, state)() as snapshot:
            yield snapshot.reader

    return Export(reader, filters, workspace_id=principal.workspace_id)


def _todays_snapshot(
    principal: NamedDependency[Principal], state: State
) -> Callable[[], AbstractAsyncContextManager[TodaysSnapshot]]:
    database: Database = state.database
    current: CurrentProjections = state.projections
    workspace_id = principal.workspace_id

    @asynccontextmanager
    async def snapshot() -> AsyncIterator[TodaysSnapshot]:
        async with database.snapshot(workspace_id) as connection:
            reader = await current.reader(connection, workspace_id=workspace_id, today=today(state.clock))
            yield TodaysSnapshot(connection, reader)

    return snapshot


def _change_context(
    connection: InTransaction, actor: NamedDependency[Actor], runtime: TheRuntime, bus: TheBus
) -> ChangeContext:
    return ChangeContext(connection=connection, actor=actor, runtime=runtime, bus=bus)


def _webhook_context(
    connection: InTransaction,
    actor: NamedDependency[Actor],
    runtime: TheRuntime,
    signer: SkipValidation[NamedDependency[Signer]],
    settings: TheSettings,
) -> WebhookContext:
    return WebhookContext(
        connection=connection,
        actor=actor,
        runtime=runtime,
        signer=signer,
        allow_private=settings.allow_private_webhooks,
    )
