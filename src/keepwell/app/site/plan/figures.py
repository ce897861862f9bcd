"""What the sheet behind a figure asks for: its value, the rows that it is made of, and why Stripe has another one."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from keepwell.app.site.plan.days import Days, months_before, twelve_months_to
from keepwell.app.site.recorder import Recorder

_MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation", "fx")
_ROWS = {"sort": "-on", "limit": 20}
_PAYING = {"status": "active", "sort": "-mrr"}


async def record_paying_accounts(recorder: Recorder) -> None:
    """The MRR a year ago, to compare with, and the rows of that of today."""
    await recorder.ask("/v1/metrics/mrr", {"on": months_before(recorder.day, 12)})
    await recorder.ask_list("/v1/accounts", {**_PAYING, "limit": 100}, most_pages=1)
    await recorder.ask("/v1/accounts/totals", {"status": "active"})
    await recorder.ask("/v1/accounts.csv", _PAYING)


async def record_ratios(recorder: Recorder) -> None:
    """Retention, churn and lifetime value over twelve months, with their rows; a year before, and as Stripe counts them."""
    now = twelve_months_to(recorder.day)
    before = twelve_months_to(months_before(recorder.day, 12))
    for name in ("retention", "churn", "lifetime-value"):
        report = await recorder.ask(f"/v1/metrics/{name}", now.query)
        await _record_rows(recorder, report["rows"])
        await recorder.ask(f"/v1/metrics/{name}", before.query)
        await recorder.ask(f"/v1/metrics/{name}", {**now.query, "policy": "stripe"})


async def record_movements(recorder: Recorder, days: Days) -> None:
    """The sum of each kind of movement, with its rows."""
    report = await recorder.ask("/v1/metrics/movements", {**days.query, "by": "total"})
    await _record_rows(recorder, report["rows"])
    for kind in _MOVEMENTS:
        await _record_rows(recorder, report["rows"], {"kind": kind})


async def record_difference(recorder: Recorder, days: Days) -> None:
    """Why the policy of Stripe has another figure."""
    await recorder.ask("/v1/metrics/differences", {**days.query, "other": "stripe"})


async def _record_rows(recorder: Recorder, address: str, also: Mapping[str, str] | None = None) -> None:
    """The rows at an address that the API gave, how many they are, and their CSV."""
    found = urlsplit(address)
    query = {**dict(parse_qsl(found.query)), **(also or {})}
    await recorder.ask_list(found.path, {**query, **_ROWS}, most_pages=5)
    await recorder.ask(f"{found.path}/totals", query)
    await recorder.ask(f"{found.path}.csv", query)
