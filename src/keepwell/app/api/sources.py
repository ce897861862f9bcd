"""Where the workspace's data come from, and how fresh they are: Stripe, files, events over HTTP and followed files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import anyio.to_thread
import msgspec
from litestar import get
from litestar.di import NamedDependency

from keepwell.identity.model import Principal
from keepwell.importing.import_log import service as import_log
from keepwell.importing.import_log.model import SourceImports
from keepwell.importing.stripe.connection.connection_state import connection_of, objects_read
from keepwell.importing.stripe.connection.model import StripeConnection
from keepwell.intake.model import HTTP_JOURNAL, OWN_JOURNAL, TAIL_JOURNAL
from keepwell.intake.service import JournalState, journal_states
from keepwell.platform.http.routes import TheClock, TheReader, TheSettings, problems, requires

SourceKind = Literal["stripe", "files", "http", "tail"]
_STRIPE_LETTERS = "stripe:"


class SourceState(msgspec.Struct, frozen=True, kw_only=True):
    """One source of data: `is_used` once it is connected or has brought anything.

    `newest_at` is when its newest data arrived, `last_error` why its last attempt failed, null if that ended well.
    `rows_read` counts Stripe's objects, the rows of the newest import by each mapping, or stored events. `kept_aside` are the open dead
    letters; with `has_more_kept_aside`, there are more.
    """

    kind: SourceKind
    is_used: bool
    newest_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None
    rows_read: int
    kept_aside: int
    has_more_kept_aside: bool


class Sources(msgspec.Struct, frozen=True):
    """Every kind of source, used or not."""

    items: Sequence[SourceState]


@get(
    "/v1/sources",
    opt=requires("read"),
    tags=["sources"],
    summary="Sources of data",
    operation_id="listSources",
    responses=problems(),
)
async def list_sources(
    principal: NamedDependency[Principal], reader: TheReader, clock: TheClock, settings: TheSettings
) -> Sources:
    """How fresh the data of each source are, what went wrong last, and how many rows are kept aside."""
    workspace_id = principal.workspace_id
    stripe = await connection_of(reader, workspace_id, public_url=settings.public_url, now=clock.now())
    objects = await objects_read(reader, workspace_id)
    imports = await import_log.newest_by_source(reader, workspace_id=workspace_id)
    # The journals are files: read them in a thread, not on the event loop.
    journals = await anyio.to_thread.run_sync(journal_states, settings.intake(workspace_id))
    return Sources(
        [
            _stripe(stripe, imports, journals, objects=objects),
            _files(imports.get("file"), journals),
            _journal("http", journals.get(HTTP_JOURNAL)),
            _journal("tail", journals.get(TAIL_JOURNAL)),
        ]
    )


def _stripe(
    stripe: StripeConnection,
    imports: Mapping[str, SourceImports],
    journals: Mapping[str, JournalState],
    *,
    objects: int,
) -> SourceState:
    found, events = imports.get("stripe"), stripe.webhook.event_received_at
    sync_error = stripe.sync.last_error if stripe.sync else None
    success = found.last_success_at if found else None
    return SourceState(
        kind="stripe",
        is_used=stripe.is_connected or stripe.webhook.is_accepted or found is not None,
        newest_at=max((at for at in (success, events) if at is not None), default=None),
        last_success_at=success,
        last_error=sync_error or (found.last_error if found else None),
        rows_read=objects,
        **_kept_aside(journals.get(OWN_JOURNAL), lambda source: source.startswith(_STRIPE_LETTERS)),
    )


def _files(found: SourceImports | None, journals: Mapping[str, JournalState]) -> SourceState:
    success = found.last_success_at if found else None
    return SourceState(
        kind="files",
        is_used=found is not None,
        newest_at=success,
        last_success_at=success,
        last_error=found.last_error if found else None,
        rows_read=found.rows_read if found else 0,
        **_kept_aside(journals.get(OWN_JOURNAL), lambda source: not source.startswith(_STRIPE_LETTERS)),
    )


def _journal(kind: SourceKind, state: JournalState | None) -> SourceState:
    newest = None if state is None else state.newest_at
    kept = _kept_aside(state, lambda _: True)
    return SourceState(
        kind=kind,
        is_used=newest is not None or kept["kept_aside"] > 0,
        newest_at=newest,
        last_success_at=newest,
        last_error=None,
        rows_read=0 if state is None else state.rows,
        **kept,
    )


def _kept_aside(state: JournalState | None, is_of_source: Callable[[str], bool]) -> dict[str, Any]:
    letters = {} if state is None else state.kept_aside
    return {
        "kept_aside": sum(number for source, number in letters.items() if is_of_source(source)),
        "has_more_kept_aside": state is not None and state.is_cut,
    }
