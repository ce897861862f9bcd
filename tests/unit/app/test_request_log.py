"""One log line per request, on a small application in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, NamedTuple

import pytest

PROGRAM = """
import asyncio, json
from litestar import Litestar, get
from litestar.response import Stream
from tests.app_client import AppClient
from keepwell.app.middleware.telemetry.request_log import with_request_log
from keepwell.app.problems import answer_error
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import CorruptData, Unavailable
from keepwell.platform.ids import Uuid7
from keepwell.platform.telemetry.logs import LogSettings, configure_logs

configure_logs(LogSettings(format="json"))

@get("/fine/{number:int}")
async def fine(number: int) -> str:
    return "fine"

@get("/defect")
async def defect() -> str:
    raise ZeroDivisionError("nobody expected this")

@get("/down")
async def down() -> str:
    raise Unavailable("The database is down.")

@get("/corrupt")
async def corrupt() -> str:
    raise CorruptData("Bytes 1 to 2 are damaged.")

async def chunks():
    yield b"one"
    raise ZeroDivisionError("in the middle")

@get("/stream")
async def stream() -> Stream:
    return Stream(chunks)

async def main():
    app = Litestar([fine, defect, down, corrupt, stream], exception_handlers={Exception: answer_error}, logging_config=None)
    app.asgi_handler = with_request_log(app.asgi_handler, ids=Uuid7(SystemClock()))
    ids = {}
    async with AppClient(app, raise_server_exceptions=False) as client:
        for path in ("/fine/3?token=hunter2", "/defect", "/down", "/corrupt", "/nothing", "/stream"):
            answer = await client.get(path)
            ids[path] = answer.headers.get("x-request-id", "")
        await client.get("/fine/4", headers={"X-Request-Id": "from-the-caller"})
    print(json.dumps(ids))

asyncio.run(main())
"""


class Run(NamedTuple):
    ids: dict[str, str]
    lines: list[dict[str, Any]]

    def of(self, path: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["request_id"] == self.ids[path]]


@pytest.fixture(scope="module")
def run() -> Run:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    return Run(json.loads(done.stdout), [json.loads(line) for line in done.stderr.splitlines()])


def test_each_request_has_one_line(run: Run) -> None:
    paths = [line["path"] for line in run.lines if line["event"] == "request"]
    assert paths == ["/fine/3", "/defect", "/down", "/corrupt", "/nothing", "/stream", "/fine/4"]


def test_the_line_names_method_route_status_and_duration(run: Run) -> None:
    (line,) = run.of("/fine/3?token=hunter2")
    assert line.pop("duration_ms") >= 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/fine/{number}",
        "path": "/fine/3",
        "status": 200,
        "request_id": run.ids["/fine/3?token=hunter2"],
        "logger": "keepwell.http",
    }


def test_the_request_id_of_the_caller_is_kept(run: Run) -> None:
    assert run.lines[-1]["request_id"] == "from-the-caller"


def test_a_path_without_a_route_is_logged(run: Run) -> None:
    (line,) = run.of("/nothing")
    assert (line["route"], line["status"]) == (None, 404)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/defect", "ZeroDivisionError: nobody expected this"),
        ("/corrupt", "CorruptData: Bytes 1 to 2 are damaged."),
    ],
)
def test_a_500_is_found_with_its_traceback_by_the_request_id(run: Run, path: str, message: str) -> None:
    failed, request = run.of(path)
    assert message in failed["exception"]
    assert "Traceback" in failed["exception"]
    assert (request["status"], request["level"]) == (500, "error")


def test_a_503_is_logged_with_its_reason_and_without_a_traceback(run: Run) -> None:
    failed, request = run.of("/down")
    assert (failed["code"], failed["error"]) == ("unavailable", "The database is down.")
    assert "exception" not in failed
    assert request["status"] == 503


def test_a_response_that_breaks_off_is_logged_with_its_traceback(run: Run) -> None:
    broken, request = [line for line in run.lines if line["request_id"] == run.lines[-2]["request_id"]]
    assert "ZeroDivisionError: in the middle" in broken["exception"]
    assert request["path"] == "/stream"
