"""Bodies that never reach a handler, on a small application."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import msgspec
import pytest
from litestar import Litestar, post
from litestar.params import JSONBody
from tests.app_client import AppClient

from keepwell.app.middleware.bodies import (
    DEEPEST,
    MOST_LONG_EXPONENTS,
    BoundedBodies,
    require_few_long_exponents,
    require_shallow,
)
from keepwell.app.problems import answer_error
from keepwell.platform.errors import DataValidationError

pytestmark = pytest.mark.anyio


class Thing(msgspec.Struct):
    value: Any


@post("/things")
async def make(data: JSONBody[Thing]) -> Thing:
    return data


@pytest.fixture
def app() -> Litestar:
    return Litestar([make], guards=[BoundedBodies(seconds=0.1)], exception_handlers={Exception: answer_error})


def nested(levels: int) -> bytes:
    return b'{"value":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json"}, 201),
        ({"Content-Type": "Application/JSON; charset=utf-8"}, 201),
        ({}, 201),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "identity"}, 201),
    ],
)
async def test_a_body_of_another_content_type_is_rejected(
    app: Litestar, headers: dict[str, str], status: int
) -> None:
    async with AppClient(app) as client:
        answer = await client.post("/things", content=b'{"value": 1}', headers=headers)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("levels", "status"), [(DEEPEST, 201), (DEEPEST + 1, 400), (100_000, 400)])
async def test_a_body_nested_beyond_the_limit_is_rejected(app: Litestar, levels: int, status: int) -> None:
    async with AppClient(app) as client:
        answer = await client.post("/things", content=nested(levels))
    assert answer.status_code == status, answer.text[:200]


async def test_brackets_within_strings_do_not_count() -> None:
    text = '{["\\' * 100
    require_shallow(json.dumps({"value": [text, {"x": text}]}).encode())
    with pytest.raises(DataValidationError):
        require_shallow(json.dumps(text).encode() + nested(DEEPEST + 1))


async def test_an_unterminated_string_is_scanned_once() -> None:
    began = time.process_time()
    require_shallow(b"[]" * DEEPEST + b'"' + b'\\"' * 500_000)
    assert time.process_time() - began < 1


async def test_a_body_that_does_not_arrive_times_out(app: Litestar) -> None:
    """Call the ASGI application directly as a client that sends a part of its body and then nothing."""
    parts: list[dict[str, Any]] = [{"type": "http.request", "body": b'{"value"', "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        if parts:
            return parts.pop()
        await asyncio.sleep(60)
        raise AssertionError("it was waited for")

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http",
        "method": "POST",
        "path": "/things",
        "raw_path": b"/things",
        "query_string": b"",
        "headers": [(b"content-length", b"100")],
        "scheme": "http",
        "server": ("localhost", 80),
        "client": ("localhost", 1),
        "root_path": "",
        "http_version": "1.1",
        "asgi": {"version": "3.0"},
        "state": {},
        "extensions": {},
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "request-timeout"


@pytest.mark.parametrize("number", ["1e290", "5E-324", "0.1e+305", "1e0290"])
def test_a_body_of_numbers_that_take_long_to_decode_is_refused(number: str) -> None:
    few = ",".join([number] * MOST_LONG_EXPONENTS)
    require_few_long_exponents(f"[{few}]".encode())
    with pytest.raises(DataValidationError, match="exponent has three digits"):
        require_few_long_exponents(f"[{few},{number}]".encode())


def test_an_id_in_a_text_is_not_taken_for_an_exponent() -> None:
    ids = ['0190b3c2-1f6a-7c3e-9c55-e12e12300001 \\" 1e290'] * (2 * MOST_LONG_EXPONENTS)
    require_few_long_exponents(json.dumps(ids).encode())
    require_few_long_exponents(b"[" + b",".join([b"1e99"] * 20_000) + b"]")
