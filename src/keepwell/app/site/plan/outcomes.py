"""What the page of outcomes asks for."""

from __future__ import annotations

from datetime import date

from keepwell.app.site.plan.days import start_of_month_before
from keepwell.app.site.recorder import Recorder

_CASES_OF_A_PAGE = {"limit": 20}
_FILTERS = (
    *({"outcome": outcome} for outcome in ("open", "stayed", "left", "shrank", "unknown")),
    *({"arm": arm} for arm in ("act", "hold")),
)


async def record_outcomes(recorder: Recorder) -> None:
    """What following up was worth, and its cases: all of them, by each filter by itself, and by month."""
    await recorder.ask("/v1/workspace")
    found = await recorder.ask("/v1/outcomes")
    await recorder.ask_list("/v1/save-cases", _CASES_OF_A_PAGE)
    for chosen in ({}, *_FILTERS):
        await recorder.ask("/v1/save-cases.csv", chosen)
    for chosen in _FILTERS:
        await recorder.ask_list("/v1/save-cases", {**chosen, **_CASES_OF_A_PAGE}, most_pages=2)
    for each in found["months"]:
        first = date.fromisoformat(each["month"])
        last = start_of_month_before(first, -1).toordinal() - 1
        days = {"opened_from": first, "opened_to": date.fromordinal(last)}
        await recorder.ask("/v1/save-cases.csv", days)
        await recorder.ask_list("/v1/save-cases", {**days, **_CASES_OF_A_PAGE}, most_pages=2)
