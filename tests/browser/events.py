"""Events that a product sends while a page is looked at."""

from __future__ import annotations

from uuid import uuid4

import httpx


def send_event(api: httpx.Client, account_id: str, event: str) -> None:
    """One event of the account, now, over HTTP with a write key of its own."""
    account = api.get(f"/v1/accounts/{account_id}").raise_for_status().json()["external_id"]
    name = f"tests {uuid4().hex[:8]}"
    key = api.post("/v1/write-keys", json={"name": name}, headers={"Idempotency-Key": name}).json()
    call = {"userId": account, "event": event}
    # Without the token of the API, which is no key to write with.
    httpx.post(api.base_url.join("/v1/track"), json=call, auth=(key["write_key"], "")).raise_for_status()
