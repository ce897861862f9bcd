"""localstripe on loopback with what it lacks: idempotency keys, newest-first lists, events for changes and refunds,
and faults. A separate process, which prints its port once it listens.

`POST /_fault {"path", "kind", "times"}` makes the next requests for the path fail: `drop-before` and `drop-after`
close the connection before or after the work is done, `401`, `403`, `429` and `500` answer with that status, `slow` waits half a
second, `not-stripe` answers like another server, and `page` with a login page of the network. `429-for-ever` asks to
wait longer than the client can.

`POST /_version {"version"}` sends events in a later version of the API, in which objects have fewer fields.

`POST /_clock {"seconds"}` puts its clock forward, and `POST /_empty` makes it as it was when it started.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

from aiohttp import web
from localstripe import resources, server, webhooks

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_ANSWERS: dict[str, tuple[str, web.Response]] = {}
_LOCKS: dict[str, asyncio.Lock] = {}
_FAULTS: list[dict[str, Any]] = []
_REFUSALS = {"401": 401, "403": 403, "429": 429, "429-for-ever": 429, "500": 500}
_RETRY_AFTER = {"429": {"Retry-After": "1"}, "429-for-ever": {"Retry-After": "9" * 400}}
# Events that localstripe does not create, by request.
_CHANGED = {
    "/v1/subscriptions": ("customer.subscription.updated", resources.Subscription),
    "/v1/products": ("product.updated", resources.Product),
}
_MADE = {"/v1/refunds": ("refund.created", resources.Refund)}
_VERSION: dict[str, str] = {}
_GONE_LATER = ("discount", "current_period_start", "current_period_end", "tax", "invoice")
SECONDS_SLOW = 0.5


class Clock:
    """Stands in for the module `time` that localstripe reads the time from."""

    ahead = 0.0

    def time(self) -> float:
        """The machine's time, and what was put forward."""
        return time.time() + self.ahead


_CLOCK = Clock()


@web.middleware
async def own_clock(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer's date, by the clock that can be put forward."""
    if request.path == "/_clock":
        _CLOCK.ahead += (await request.json())["seconds"]
        return web.json_response({})
    if request.path == "/_empty":
        empty()
        return web.json_response({})
    answer = await handler(request)
    answer.headers["Date"] = formatdate(_CLOCK.time(), usegmt=True)
    return answer


def empty() -> None:
    """Forget everything."""
    _CLOCK.ahead = 0.0
    for each in (resources.store, _ANSWERS, _LOCKS, _FAULTS, _REQUESTS, _VERSION):
        each.clear()


@web.middleware
async def faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Cause the requested faults."""
    if request.path == "/_fault":
        _FAULTS.append({"times": 1, **(await request.json())})
        return web.json_response({})
    if request.path == "/_requests":
        return web.json_response(_REQUESTS)
    _REQUESTS[request.path] = _REQUESTS.get(request.path, 0) + 1
    kind = _due(request.path)
    if (instead := _instead(kind, request)) is not None:
        return instead
    if kind == "slow":
        await asyncio.sleep(SECONDS_SLOW)
    if kind == "drop-before":
        _cut(request)
        return web.Response()
    answer = await handler(request)
    if kind == "drop-after":
        _cut(request)
    return answer


def _instead(kind: str | None, request: web.Request) -> web.Response | None:
    """The faulty answer."""
    if kind == "page":
        return web.Response(text="<h1>Sign in to this network</h1>", content_type="text/html")
    if kind == "not-stripe":
        return web.json_response({"welcome": "to this network"})
    if kind not in _REFUSALS:
        return None
    body = {"error": {"type": "api_error", "message": f"the key is {request.headers['Authorization']}"}}
    return web.json_response(body, status=_REFUSALS[kind], headers=_RETRY_AFTER.get(kind, {}))


_REQUESTS: dict[str, int] = {}


def _due(path: str) -> str | None:
    for fault in _FAULTS:
        if fault["path"] == path and fault["times"] > 0:
            fault["times"] -= 1
            return str(fault["kind"])
    return None


def _cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


@web.middleware
async def account(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The account of the key."""
    if request.path != "/v1/account":
        return await handler(request)
    shown = {"dashboard": {"display_name": "Northwind Studio"}}
    return web.json_response(
        {"object": "account", "id": "acct_1042", "default_currency": "usd", "settings": shown}
    )


@web.middleware
async def idempotency(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The stored answer for a repeated idempotency key, as Stripe returns it."""
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or not key:
        return await handler(request)
    print_of_it = hashlib.sha256(request.path.encode() + await request.read()).hexdigest()
    async with _LOCKS.setdefault(key, asyncio.Lock()):
        if key not in _ANSWERS:
            answer = await handler(request)
            assert isinstance(answer, web.Response)
            _ANSWERS[key] = (print_of_it, answer)
            return answer
        known, answer = _ANSWERS[key]
    if known != print_of_it:
        error = {"type": "idempotency_error", "message": "The key was used with other parameters."}
        return web.json_response({"error": error}, status=400)
    return web.Response(status=answer.status, body=answer.body, content_type="application/json")


@web.middleware
async def changes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Create the events that localstripe does not create."""
    answer = await handler(request)
    if request.method == "POST" and answer.status == 200:
        path, _, name = request.path.rpartition("/")
        if path in _CHANGED:
            _tell(*_CHANGED[path], name)
        if request.path in _MADE:
            assert isinstance(answer, web.Response)
            assert isinstance(answer.body, bytes)
            _tell(*_MADE[request.path], json.loads(answer.body)["id"])
    return answer


def _tell(what: str, kind: Any, name: str) -> None:
    webhooks.schedule_webhook(resources.Event(what, kind._api_retrieve(name)))


@web.middleware
async def later_version(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Events in another API version than requested, as Stripe writes them for an account set to that version."""
    if request.path == "/_version":
        _VERSION.update(await request.json())
        return web.json_response({})
    answer = await handler(request)
    if request.path != "/v1/events" or not _VERSION:
        return answer
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    listed = json.loads(answer.body)
    for event in listed["data"]:
        event["api_version"] = _VERSION["version"]
        for field in _GONE_LATER:
            event["data"]["object"].pop(field, None)
    return web.json_response(listed)


def list_newest_first() -> None:
    """Stripe lists the newest first, localstripe the oldest."""
    listed = resources.StripeObject._api_list_all.__func__

    def newest_first(cls: type, *arguments: Any, **named: Any) -> Any:
        found = listed(cls, *arguments, **named)
        found._list.reverse()
        return found

    resources.StripeObject._api_list_all = classmethod(newest_first)


async def main() -> None:
    """Serve until killed."""
    list_newest_first()
    # Stripe has them since coupons can be stacked.
    resources.Subscription.discounts = resources.SubscriptionItem.discounts = []
    resources.time = _CLOCK
    server.app.middlewares[:0] = [own_clock, faults, account, later_version, idempotency, changes]
    runner = web.AppRunner(server.app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    resources.store.dump_to_disk = lambda: None
    asyncio.run(main())
