"""The static demo: the sample business on a clock that stands, asked as the pages would ask, and written as files."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec

from keepwell.app.demo.service import Sample, fill
from keepwell.app.http import create_app
from keepwell.app.site.folder import recorded_at, write_site
from keepwell.app.site.model import CountedIds, Recording, SiteOptions, StandingClock
from keepwell.app.site.plan.pages import PAGES, record_all
from keepwell.app.site.recorder import Recorder
from keepwell.identity import service as identity
from keepwell.identity.model import Principal
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import SESSION_COOKIE
from keepwell.identity.sessions.model import SignIn
from keepwell.platform.cli.command_line import Target
from keepwell.platform.config import Settings, make_home
from keepwell.platform.database import Database
from keepwell.platform.database_server import open_database
from keepwell.platform.ids import Uuid7
from keepwell.platform.progress import Progress
from keepwell.platform.runtime import Runtime

_REQUESTS_PER_MINUTE = 1_000_000
_REQUEST_ID = "static-demo"
# No request leaves this process.
_ADDRESS = "http://127.0.0.1"


async def build_site(
    target: Target, sample: Sample, folder: Path, *, options: SiteOptions, progress: Progress
) -> Recording:
    """Write the static demo of the target's sample business, which is generated first if it is missing, to `folder`.

    If the home is temporary, the same sample gives the same files. Raises Conflict if the workspace contains real data or the folder something else, and InfrastructureError.
    """
    clock = StandingClock(recorded_at(sample.until))
    runtime = Runtime(clock, Uuid7(clock))
    if options.is_home_temporary:
        runtime = Runtime(clock, CountedIds(clock))
        _write_secret(target.settings, seed=sample.seed)
    async with open_database(target.settings) as database:
        await fill(database, target, sample, progress=progress, runtime=runtime)
        recording = await _record(
            database, target, sample, runtime=runtime, options=options, progress=progress
        )
    write_site(folder, recording, base=options.base)
    return recording


def _write_secret(settings: Settings, *, seed: int) -> None:
    """Let the home's secret follow from `seed`, since it decides who is left alone; it guards nothing for long."""
    make_home(settings.home)
    settings.secret_file.write_bytes(hashlib.sha256(f"static demo {seed}".encode()).digest())


async def _record(
    database: Database,
    target: Target,
    sample: Sample,
    *,
    runtime: Runtime,
    options: SiteOptions,
    progress: Progress,
) -> Recording:
    with progress.step("Recording answers", total=None):
        async with _owner_of(database, target, runtime=runtime) as client:
            recorder = Recorder(client, day=sample.until, account_pages=options.account_pages)
            await record_all(recorder)
    return Recording(sample.until, recorder.answers, [page.path for page in PAGES])


@asynccontextmanager
async def _owner_of(
    database: Database, target: Target, *, runtime: Runtime
) -> AsyncIterator[httpx.AsyncClient]:
    """The workspace's owner, signed in to the application in this process, as a browser would be."""
    async with database.transaction() as connection:
        workspace = await identity.get_workspace(connection, target.workspace)
    async with _session(database, workspace.id, runtime=runtime) as secret:
        app = create_app(database, settings=_own(target.settings), runtime=runtime)
        transport = httpx.ASGITransport(cast(Any, app))
        headers = {"Cookie": f"{SESSION_COOKIE}={secret}"}
        async with (
            app.lifespan(),
            httpx.AsyncClient(transport=transport, base_url=_ADDRESS, headers=headers) as client,
        ):
            yield client


@asynccontextmanager
async def _session(database: Database, workspace_id: UUID, *, runtime: Runtime) -> AsyncIterator[str]:
    """The secret of a session of the owner, which ends with this block."""
    async with database.workspace(workspace_id) as connection:
        member = await identity.owner(connection, workspace_id)
        secret = await sessions.begin_session(
            connection,
            Principal(workspace_id, member.id),
            sign_in=SignIn("link", _REQUEST_ID),
            runtime=runtime,
        )
    try:
        yield secret
    finally:
        async with database.transaction() as connection:
            await sessions.end_session(connection, secret, clock=runtime.clock)


def _own(settings: Settings) -> Settings:
    """The settings without what is set up on this machine: it must not show in the answers."""
    return msgspec.structs.replace(
        settings,
        home_option=None,
        public_url=None,
        oidc=None,
        mail_server=None,
        trusted_proxies=(),
        requests_per_minute=_REQUESTS_PER_MINUTE,
    )
