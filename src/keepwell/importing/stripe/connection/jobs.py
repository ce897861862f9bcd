"""The work of a connection: reading what changed at Stripe, at once after connecting and every six hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from keepwell.identity import service as identity
from keepwell.identity.audit import service as audit
from keepwell.importing.entities.registry import Registry
from keepwell.importing.service import ImportContext
from keepwell.importing.stripe.connection.keys import ApiKeys
from keepwell.importing.stripe.connection.service import SYNC
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.sync import import_stripe
from keepwell.platform.bus import Bus
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of
from keepwell.platform.work.kinds import Kind, LeasedKind, NextDue, Settle
from keepwell.platform.work.model import Job

# Changes come by webhooks within seconds, if they are set up.
_EVERY = timedelta(hours=6)


def kinds(
    database: Database, settings: Settings, *, runtime: Runtime, bus: Bus, registry: Registry
) -> Sequence[Kind]:
    """The kinds of work of a connection. The worker must see the same home as whoever imports from files."""
    work = ImportContext(
        database=database,
        settings=settings,
        slug="",
        runtime=runtime,
        bus=bus,
        progress=SilentProgress(),
        registry=registry,
    )
    return [LeasedKind(name=SYNC, perform=partial(_sync, work=work), in_all=1)]


async def _sync(job: Job, *, work: ImportContext) -> Settle:
    """Bring the workspace up to date; raises what an import raises, so that it is tried again and its error is shown."""
    keys = ApiKeys(secret_of(work.settings.secret_file))
    async with work.database.workspace(job.workspace_id) as connection:
        key = await keys.load(connection, workspace_id=job.workspace_id)
        workspace = await identity.current_workspace(connection)
    if key is None:
        return _gone
    actor = audit.keepwell_itself(job.workspace_id, cause="stripe-sync")
    async with StripeApi.open(key, base=work.settings.stripe_api_base) as api:
        own = work.of_workspace(workspace)
        await import_stripe(own, api, full=False, actor=actor)

    async def settle(_: Connection) -> NextDue:
        return work.runtime.clock.now() + _EVERY

    return settle


async def _gone(_: Connection) -> NextDue:
    return None
