"""The headers of every response, on a small application."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from litestar import Litestar, get
from tests.app_client import AppClient
from tests.clocks import FixedClock

from keepwell.app.middleware.telemetry.request_log import with_request_log
from keepwell.platform.http.routes import deprecated
from keepwell.platform.ids import Uuid7

pytestmark = pytest.mark.anyio


@get("/old", opt=deprecated(date(2027, 1, 1), sunset=date(2028, 1, 1)))
async def old() -> str:
    return "still here"


@get("/new")
async def new() -> str:
    return "here"


@pytest.fixture
def app() -> Litestar:
    ids = Uuid7(FixedClock(datetime(2027, 1, 2, tzinfo=UTC)))
    application = Litestar([old, new])
    application.asgi_handler = with_request_log(application.asgi_handler, ids=ids)
    return application


async def test_a_deprecated_route_sends_deprecation_and_sunset(app: Litestar) -> None:
    async with AppClient(app) as client:
        headers = (await client.get("/old")).headers
    assert headers["deprecation"] == "@1798761600"
    assert headers["sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"


async def test_another_route_sends_neither(app: Litestar) -> None:
    async with AppClient(app) as client:
        headers = (await client.get("/new")).headers
    assert "deprecation" not in headers
    assert "sunset" not in headers


@pytest.mark.parametrize("given", ["", "short", "with space in it", "x" * 129, 'quote"d-12345'])
async def test_an_invalid_request_id_is_replaced(app: Litestar, given: str) -> None:
    async with AppClient(app) as client:
        answered = (await client.get("/new", headers={"X-Request-Id": given})).headers["x-request-id"]
    assert answered != given
