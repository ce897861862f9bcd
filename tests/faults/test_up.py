"""`up` is stopped, killed and started twice; acknowledged writes are present at the next start."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from keepwell.platform.config import read_settings
from keepwell.platform.database_server import open_database
from tests import thorough
from tests.clocks import at_this_load
from tests.running import PATIENCE, RunningServer, environment, is_running, keepwell

# Five seconds are promised on an idle machine.
LONGEST_STOP = 15.0
# A sign of life within this time, whatever else the server is asked.
LONGEST_SILENCE = 0.1
SECONDS_BETWEEN_SIGNS = 0.01
# More than the backlog and the backpressure that granian has by default.
SILENT_CONNECTIONS = 400
HALF_SENT = [
    b"GET / HTTP/1.1\r\nHost: k",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST /v1/session HTTP/1.1\r\nHost: k\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
]
STAGES = ("Simulating subscribers", "Reading events", "Training")
SMALL_DEMO = ("demo", "--accounts", "40", "--until", "2026-06-30")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="keepwell-up-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[RunningServer]:
    with RunningServer(folder / "home") as server:
        yield server


@pytest.fixture
def up(shared: RunningServer) -> RunningServer:
    """Runs, though the test before may have ended it."""
    if shared.process.poll() is not None:
        shared.start()
    return shared


@pytest.fixture(scope="module")
def token(shared: RunningServer) -> str:
    return make_token(shared)


def make_token(server: RunningServer) -> str:
    return str(json.loads(keepwell(server.home, "token", "create", "--json"))["token"])


def session(server: RunningServer, token: str) -> httpx.Response:
    return httpx.get(f"{server.url}/v1/session", headers={"Authorization": f"Bearer {token}"}, timeout=30)


def workspace_of(server: RunningServer, token: str) -> str:
    return str(session(server, token).raise_for_status().json()["workspace"]["id"])


@pytest.mark.parametrize("how", thorough.sample([signal.SIGINT, signal.SIGTERM], 1, seed="ends"))
def test_a_signal_stops_every_process_within_five_seconds(up: RunningServer, how: signal.Signals) -> None:
    assert up.seconds_to_stop(how) < LONGEST_STOP
    assert not (up.home / "server.json").exists()


def test_signals_while_the_sample_is_created_stop_every_process_and_the_next_start_completes_it(
    folder: Path,
) -> None:
    (folder / "demo").mkdir()
    server = RunningServer(folder / "demo" / "home", *SMALL_DEMO)
    for during in thorough.sample(STAGES, 1, seed="stages"):
        server.launch()
        server.wait_for(during)
        assert server.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP
    with server:
        save_list = json.loads(keepwell(server.home, "save-list", "--json"))
    assert save_list["model"]["statement"]
    assert save_list["items"]


def test_an_open_client_connection_does_not_delay_the_stop(up: RunningServer) -> None:
    with httpx.Client() as client:
        client.get(f"{up.url}/health/live")
        assert up.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP


@pytest.mark.parametrize("half", thorough.sample(HALF_SENT, 1, seed="half a request"))
def test_a_client_that_sends_half_a_request_does_not_prevent_the_stop(up: RunningServer, half: bytes) -> None:
    url = httpx.URL(up.url)
    with socket.create_connection((url.host, url.port)) as client:
        client.sendall(half)
        httpx.get(f"{up.url}/health/live")
        assert up.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP


def test_after_kill_9_of_the_server_the_next_start_has_lost_nothing(up: RunningServer, token: str) -> None:
    before = workspace_of(up, token)
    up.kill()
    up.start()
    assert workspace_of(up, token) == before


def test_after_kill_9_of_postgres_the_server_starts_it_again(up: RunningServer, token: str) -> None:
    before, killed = workspace_of(up, token), up.postmaster
    os.kill(killed, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while (answer := session(up, token)).status_code != 200:
        assert answer.status_code == 503
        assert time.monotonic() < deadline
    assert answer.json()["workspace"]["id"] == before
    assert up.postmaster != killed


def test_after_kill_9_of_everything_the_next_start_has_lost_nothing(up: RunningServer, token: str) -> None:
    before = workspace_of(up, token)
    postmaster = up.postmaster
    up.kill()
    os.kill(postmaster, signal.SIGKILL)
    up.start()
    assert workspace_of(up, token) == before
    assert not is_running(postmaster)


def test_a_full_disk_behind_its_output_and_a_log_that_nobody_reads_do_not_stop_the_server(
    up: RunningServer,
) -> None:
    up.seconds_to_stop(signal.SIGTERM)
    reader, writer = os.pipe()
    with Path("/dev/full").open("wb") as full, os.fdopen(reader, "rb"), os.fdopen(writer, "wb") as log:
        up.launch(stdout=full, stderr=log)
        up.wait_until_live()
        with httpx.Client(base_url=up.url, timeout=10) as client:
            # 300 lines fill the pipe.
            for _ in range(400):
                client.get("/health/live").raise_for_status()
        assert up.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP


def test_the_server_runs_in_an_interpreter_that_has_imported_nothing(up: RunningServer) -> None:
    up.seconds_to_stop(signal.SIGTERM)
    command = [sys.executable, "-m", "keepwell.app.cli", "up", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, env=environment(up.home), start_new_session=True) as process:
        up.process = process
        up.wait_until_live()
        assert up.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP
    assert process.returncode == 0


def test_a_second_server_on_the_same_home_is_refused_with_a_hint(up: RunningServer) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "keepwell.app.cli", "up", "--no-browser"],
        env=environment(up.home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert "already runs" in second.stderr
    assert "./keepwell sign-in" in second.stderr


def test_a_request_with_the_database_down_is_a_problem_and_not_an_internal_error(
    up: RunningServer, token: str
) -> None:
    with (up.home / "postgres" / "start.lock").open("w") as nobody_starts_it:
        fcntl.flock(nobody_starts_it, fcntl.LOCK_EX)
        os.kill(up.postmaster, signal.SIGKILL)
        answer = httpx.get(f"{up.url}/v1/accounts", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert answer.status_code in {503, 504}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_a_command_stops_the_database_that_it_started(up: RunningServer) -> None:
    os.killpg(up.process.pid, signal.SIGTERM)
    up.process.wait(PATIENCE)
    make_token(up)
    assert not (up.home / "postgres" / "data" / "postmaster.pid").exists()


def widest_inputs(server: RunningServer) -> Iterator[tuple[str, dict[str, str]]]:
    """The path and the widest parameters of each list and report."""
    description = httpx.get(f"{server.url}/openapi.json", timeout=30).raise_for_status().json()
    for path, item in description["paths"].items():
        if "get" in item and "{" not in path:
            parameters = item["get"].get("parameters", [])
            names = {each["name"] for each in parameters if each["in"] == "query"}
            wide = {"from": "2001-01-01", "to": "2025-12-31", "limit": "200", "other": "stripe"}
            yield path, {name: value for name, value in wide.items() if name in names}
    yield "/.well-known/jwks.json", {}
    yield "/openapi.json", {}


def widest_bodies() -> dict[str, bytes]:
    """JSON that takes long to measure or to decode, as long as the API accepts it."""
    return {
        "many strings": b"[" + b",".join([b'""'] * 33_000 + [b"[]"] * 40) + b"]",
        "many brackets": b"[" + b",".join([b"[]"] * 33_000) + b"]",
        "many brackets within brackets": b"[" + b",".join([b"[" * 31 + b"]" * 31] * 1_500) + b"]",
        "many quotes": b'"[' * 49_000,
        "stairs": b"[" * 49_000 + b"]" * 49_000,
    }


def widest_events() -> dict[str, bytes]:
    """Events without a valid key that take long to read, as long as a batch may be."""
    half = b'"\\ud83d"'
    nested = b",".join([b"[" * 31 + b"]" * 31] * 7_900)
    return {
        "events within events": b'{"writeKey":"none","batch":[' + nested + b"]}",
        "many spoilt events": b'{"writeKey":"none","batch":[' + b",".join([half] * 50_000) + b"]}",
        "an odd event": b'{"writeKey":"none","batch":[{"a":' + half + b',"b":[' + b"[]," * 150_000 + b"1]}]}",
    }


@contextmanager
def asking_whether_it_is_alive(server: RunningServer) -> Iterator[list[float]]:
    """Ask all the time; the seconds that each answer took."""
    is_over, seconds = threading.Event(), list[float]()

    def ask() -> None:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            while not is_over.is_set():
                began = time.monotonic()
                client.get("/health/live").raise_for_status()
                seconds.append(time.monotonic() - began)
                is_over.wait(SECONDS_BETWEEN_SIGNS)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield seconds
    finally:
        is_over.set()
        asking.join()


def slowest_beside(server: RunningServer, ask: Callable[[], httpx.Response]) -> float:
    """How long an idle machine's server needs for a sign of life while it answers; of three attempts, as others use this one."""
    best = float("inf")
    for _ in range(3):
        with asking_whether_it_is_alive(server) as seconds:
            answer = ask()
        assert answer.status_code in {200, 400, 401, 404, 406, 413}, answer.text[:500]
        slowest = max(seconds, default=0.0)
        if slowest < LONGEST_SILENCE:
            return slowest
        # To learn the load takes as long as many of these routes.
        best = min(best, slowest / at_this_load(1.0))
        if best < LONGEST_SILENCE:
            break
    return best


def test_no_route_with_its_widest_input_keeps_the_server_from_answering_others(
    up: RunningServer, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    batch = {"writeKey": "none", "batch": [{"type": "track"}] * 2_500, "context": {"x": "y" * 1_800}}
    silent: dict[str, float] = {}
    with httpx.Client(base_url=up.url, headers=headers, timeout=60) as client:
        for path, wide in widest_inputs(up):
            silent[path] = slowest_beside(up, partial(client.get, path, params=wide))
        for name, body in widest_bodies().items():
            silent[name] = slowest_beside(up, partial(client.post, "/v1/accounts", content=body))
        for name, body in widest_events().items():
            silent[name] = slowest_beside(up, partial(client.post, "/v1/batch", content=body))
        silent["a batch"] = slowest_beside(up, partial(client.post, "/v1/batch", json=batch))
        unknown = {"email": "nobody@example.org", "password": "correct horse battery"}
        silent["a wrong password"] = slowest_beside(up, partial(client.post, "/v1/sign-in", json=unknown))
    assert {path: seconds for path, seconds in silent.items() if seconds >= LONGEST_SILENCE} == {}


def test_reports_over_centuries_and_periods_that_end_before_they_begin_are_refused(
    up: RunningServer, token: str
) -> None:
    with httpx.Client(base_url=up.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        for path, wide in widest_inputs(up):
            if "from" not in wide:
                continue
            of_instants = "audit" in path
            backwards = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
            if not of_instants:
                backwards = {name: day[:10] for name, day in backwards.items()}
            answer = client.get(path, params=wide | backwards)
            assert (answer.status_code, answer.json()["detail"][:3]) == (400, "to:"), path
            if "/metrics/" in path:
                answer = client.get(path, params=wide | {"from": "1900-01-01", "to": "2199-12-31"})
                assert (answer.status_code, answer.json()["detail"][:3]) == (400, "to:"), path


def test_an_answer_to_a_body_that_was_not_read_says_that_the_connection_ends(
    up: RunningServer, token: str
) -> None:
    in_chunks = (b"x" * 1_000 for _ in range(60))
    with httpx.Client(base_url=up.url, timeout=30) as client:
        refused = [client.post("/v1/plans", content=body) for body in (b"x" * 60_000, in_chunks)]
        headers = {"Authorization": f"Bearer {token}"}
        refused.append(client.post("/v1/plans", content=b"x" * 900_000, headers=headers))
        read = client.post("/v1/plans", content=b"{}", headers=headers)
    assert [answer.status_code for answer in refused] == [401, 401, 413]
    assert [answer.headers.get("connection") for answer in refused] == ["close"] * 3
    assert (read.status_code, read.headers.get("connection")) == (400, None)


def test_connections_that_say_nothing_do_not_keep_others_out(up: RunningServer) -> None:
    address = httpx.URL(up.url)
    with ExitStack() as silent:
        for _ in range(SILENT_CONNECTIONS):
            silent.enter_context(socket.create_connection((address.host, address.port or 80), timeout=10))
        assert httpx.get(f"{up.url}/health/live", timeout=10).status_code == 200


def test_statements_run_as_a_user_that_is_no_superuser_and_cannot_become_one(up: RunningServer) -> None:
    async def session_user() -> tuple[Any, ...] | None:
        async with (
            open_database(read_settings(home=up.home)) as database,
            database.transaction() as connection,
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with connection.transaction():
                    await connection.execute("set role keepwell")
            found = await connection.execute(
                "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = session_user"
            )
            return await found.fetchone()

    assert asyncio.run(session_user()) == ("keepwell_app", False, False)
