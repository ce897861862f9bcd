"""What the pages of data, of models and of settings ask for."""

from __future__ import annotations

from keepwell.app.site.recorder import Recorder

_NEWEST_EVENTS = 20


async def record_data(recorder: Recorder) -> None:
    """Sources, imports and each of them, dead letters, websites, rates, keys, and the newest events."""
    for path in ("/v1/sources", "/v1/stripe", "/v1/websites/totals"):
        await recorder.ask(path)
    await recorder.ask("/v1/activity", {"limit": _NEWEST_EVENTS})
    for each in await recorder.ask_list("/v1/imports", {"sort": "-started_at", "limit": 25}):
        await recorder.ask(f"/v1/imports/{each['id']}")
        await recorder.ask(f"/v1/imports/{each['id']}/undo")
    for letter in await recorder.ask_list("/v1/dead-letters", {"limit": 50}, most_pages=1):
        await recorder.ask(f"/v1/dead-letters/{letter['id']}")
    await recorder.ask("/v1/crawls", {"sort": "-started_at", "limit": 1})
    await recorder.ask_list("/v1/websites", {"limit": 50})
    await recorder.ask_list("/v1/exchange-rates", {"limit": 30}, most_pages=2)
    await recorder.ask_list("/v1/write-keys", {"limit": 50})


async def record_models(recorder: Recorder) -> None:
    """The models, the report of each, and what their lists turned out to be worth, and the nights."""
    await recorder.ask("/v1/churn/live")
    await recorder.ask("/v1/churn/drift")
    await recorder.ask_list("/v1/churn/runs", {"limit": 14}, most_pages=2)
    for each in await recorder.ask_list("/v1/churn/models", {"limit": 25}):
        await recorder.ask(f"/v1/churn/models/{each['version']}")


async def record_settings(recorder: Recorder) -> None:
    """Members and their ways in, webhooks, the audit log, and how the workspace counts."""
    for path in (
        "/v1/workspace",
        "/v1/policies",
        "/v1/members/access",
        "/v1/me/preferences",
        "/v1/digest",
        "/v1/sessions",
    ):
        await recorder.ask(path)
    for path, limit in (("members", 100), ("tokens", 50), ("audit-entries", 50), ("webhook-endpoints", 25)):
        await recorder.ask_list(f"/v1/{path}", {"limit": limit})
    await recorder.ask_list("/v1/webhook-deliveries", {"sort": "-id", "limit": 25})
