"""What Today and the pages of revenue ask for."""

from __future__ import annotations

from keepwell.app.site.plan import figures
from keepwell.app.site.plan.days import (
    STEPS,
    Days,
    start_of_month_before,
    view_to,
    year_before,
)
from keepwell.app.site.recorder import Recorder

# Over how many months ratios look back, and how many cohorts are shown.
_OVER = (12, 1, 3)
_COHORTS = (12, 24)
_OTHER_POLICIES = ("stripe", "chartmogul")


async def record_today(recorder: Recorder) -> None:
    """The start page, and the sheets behind its figures."""
    await recorder.ask("/v1/accounts", {"limit": 1})
    await recorder.ask("/v1/today")
    await recorder.ask("/v1/metrics/mrr")
    await figures.record_paying_accounts(recorder)


async def record_revenue(recorder: Recorder) -> None:
    """The pages of revenue by each step, compared with the year before, and by each policy; the sheets of the first view."""
    for by in STEPS:
        await _record_view(recorder, by, {})
    for policy in _OTHER_POLICIES:
        await _record_view(recorder, "month", {"policy": policy})
    await figures.record_paying_accounts(recorder)
    await figures.record_ratios(recorder)
    await figures.record_movements(recorder, view_to("month", recorder.day))
    await figures.record_difference(recorder, view_to("month", recorder.day))


async def _record_view(recorder: Recorder, by: str, policy: dict[str, str]) -> None:
    day = recorder.day
    await recorder.ask("/v1/metrics/mrr", {"on": day, **policy})
    for months in _COHORTS:
        cohorts = Days(start_of_month_before(day, months - 1), day)
        await recorder.ask("/v1/metrics/cohorts", {**cohorts.query, **policy})
    for days in (view_to(by, day), year_before(by, day)):
        await _record_days(recorder, by, days, policy)


async def _record_days(recorder: Recorder, by: str, days: Days, policy: dict[str, str]) -> None:
    await recorder.ask("/v1/metrics/annotations", days.query)
    for each in (by, "total"):
        await recorder.ask("/v1/metrics/movements", {**days.query, "by": each, **policy})
    # Ratios are by month: where the steps are shorter, the twelve months up to the same day stand for them.
    months = ("month", Days(start_of_month_before(days.end, 11), days.end))
    for step, period in {(by, days), months if by in {"day", "week"} else (by, days)}:
        for over in _OVER:
            await recorder.ask("/v1/metrics/series", {"by": step, **period.query, "over": over, **policy})
