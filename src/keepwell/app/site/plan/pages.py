"""The pages of the static demo, and what each asks for. docs/site.md says how another page is added."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from keepwell.app.site.plan.accounts import record_accounts, record_left_alone, record_save_list
from keepwell.app.site.plan.outcomes import record_outcomes
from keepwell.app.site.plan.revenue import record_revenue, record_today
from keepwell.app.site.plan.workspace import record_data, record_models, record_settings
from keepwell.app.site.recorder import Recorder


class DemoPage(msgspec.Struct, frozen=True):
    """A page of the dashboard at `path`, and how to record what it asks for when it is opened."""

    path: str
    record: Callable[[Recorder], Awaitable[None]]


async def record_all(recorder: Recorder) -> None:
    """Record what every page asks for; raises InfrastructureError for the first request that is not answered."""
    await recorder.ask("/v1/session")
    await recorder.ask("/v1/session/workspaces")
    await recorder.ask("/openapi.json")  # for the handbook
    for page in PAGES:
        await page.record(recorder)


PAGES: Sequence[DemoPage] = (
    DemoPage("/", record_today),
    DemoPage("/save-list", record_save_list),
    DemoPage("/save-list/left-alone", record_left_alone),
    DemoPage("/revenue", record_revenue),
    DemoPage("/revenue/movements", record_revenue),
    DemoPage("/revenue/cohorts", record_revenue),
    DemoPage("/revenue/retention", record_revenue),
    DemoPage("/outcomes", record_outcomes),
    DemoPage("/accounts", record_accounts),
    DemoPage("/data", record_data),
    DemoPage("/models", record_models),
    DemoPage("/settings", record_settings),
)
