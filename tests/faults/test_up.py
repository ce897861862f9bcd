"""`up` is stopped, killed and started twice; acknowledged writes are present at the next start."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.running import RunningServer, environment, is_running, keepwell

LONGEST_STOP = 5.0


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="keepwell-up-"))
    yield folder / "home"
    shutil.rmtree(folder)


def session(server: RunningServer, token: str) -> httpx.Response:
    return httpx.get(f"{server.url}/v1/session", headers={"Authorization": f"Bearer {token}"}, timeout=30)


def workspace_of(server: RunningServer, token: str) -> str:
    return str(session(server, token).raise_for_status().json()["workspace"]["id"])


def make_token(home: Path) -> str:
    return str(json.loads(keepwell(home, "token", "create", "--json"))["token"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_process_within_five_seconds(home: Path, how: signal.Signals) -> None:
    with RunningServer(home) as server:
        assert server.seconds_to_stop(how) < LONGEST_STOP
        assert not (home / "server.json").exists()


@pytest.mark.parametrize("during", ["Simulating subscribers", "Reading events", "Training"])
def test_a_signal_while_the_sample_is_created_stops_every_process_and_the_next_start_completes_it(
    home: Path, during: str
) -> None:
    server = RunningServer(home, "demo", "--until", "2026-06-30")
    server.launch()
    server.wait_for(during)
    assert server.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP
    with server:
        save_list = json.loads(keepwell(home, "save-list", "--json"))
    assert save_list["model"]["signal"]


def test_an_open_client_connection_does_not_delay_the_stop(home: Path) -> None:
    with RunningServer(home) as server, httpx.Client() as client:
        client.get(f"{server.url}/health/live")
        assert server.seconds_to_stop(signal.SIGTERM) < LONGEST_STOP


def test_after_kill_9_of_the_server_the_next_start_has_lost_nothing(home: Path) -> None:
    with RunningServer(home) as server:
        token = make_token(home)
        before = workspace_of(server, token)
        server.kill()
        server.start()
        assert workspace_of(server, token) == before


def test_after_kill_9_of_postgres_the_next_command_starts_it_and_the_server_recovers(home: Path) -> None:
    with RunningServer(home) as server:
        token = make_token(home)
        before = workspace_of(server, token)
        os.kill(server.postmaster, signal.SIGKILL)
        make_token(home)
        answers = [session(server, token) for _ in range(20)]
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert answers[-1].json()["workspace"]["id"] == before


def test_after_kill_9_of_everything_the_next_start_has_lost_nothing(home: Path) -> None:
    with RunningServer(home) as server:
        token = make_token(home)
        before = workspace_of(server, token)
        postmaster = server.postmaster
        server.kill()
        os.kill(postmaster, signal.SIGKILL)
        server.start()
        assert workspace_of(server, token) == before
        assert not is_running(postmaster)


def test_a_second_server_on_the_same_home_is_refused_with_a_hint(home: Path) -> None:
    with RunningServer(home):
        second = subprocess.run(
            [sys.executable, "-m", "keepwell.app.cli", "up", "--no-browser"],
            env=environment(home),
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 2
    assert "already runs" in second.stderr
    assert "./keepwell sign-in" in second.stderr


def test_a_command_stops_the_database_that_it_started(home: Path) -> None:
    with RunningServer(home) as server:
        server.seconds_to_stop(signal.SIGTERM)
        make_token(home)
        assert not (home / "postgres" / "data" / "postmaster.pid").exists()


def test_a_request_with_the_database_down_is_a_problem_and_not_an_internal_error(home: Path) -> None:
    with RunningServer(home) as server:
        token = make_token(home)
        os.kill(server.postmaster, signal.SIGKILL)
        answer = httpx.get(
            f"{server.url}/v1/accounts", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        assert answer.status_code in {503, 504}
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["hint"]
