"""Reading the timeline of an account page by page."""

from __future__ import annotations

from typing import Any

from tests.integration.records import Client


async def page(client: Client, owner: dict[str, Any], **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/accounts/{owner['id']}/timeline", params=query)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def items(client: Client, owner: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """Every item, from pages of the given size."""
    found, cursor = [], None
    while True:
        read = await page(client, owner, **query, **({} if cursor is None else {"cursor": cursor}))
        assert len(read["items"]) <= query.get("limit", 50)
        found += read["items"]
        cursor = read["next"]
        if cursor is None:
            return found
