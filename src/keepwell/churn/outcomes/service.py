"""Use case: what contacts with accounts at risk were worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

import anyio.to_thread

from keepwell.churn.outcomes import store
from keepwell.churn.outcomes.enrolment import Setting
from keepwell.churn.outcomes.measuring import outcomes
from keepwell.churn.outcomes.model import Outcomes
from keepwell.identity.workspace_settings.service import workspace_settings
from keepwell.platform.database import Readable


async def measured_outcomes(reader: Readable, *, workspace_id: UUID, today: date) -> Outcomes:
    """Counts, effects, money, and what can ever be seen, as of `today`."""
    settings = await workspace_settings(reader, workspace_id)
    cases = await store.CASES.all(reader, workspace_id=workspace_id)
    newest = await store.NEWEST_LIST.maybe_one(reader, workspace_id=workspace_id)
    setting = Setting(
        settings.currency,
        None if settings.contact_cost is None else Decimal(settings.contact_cost),
        float(settings.holdout_shares.share("follow_up")),
    )
    # A regression over all cases: in a thread, not on the event loop.
    return await anyio.to_thread.run_sync(partial(outcomes, cases, setting, newest=newest, today=today))
