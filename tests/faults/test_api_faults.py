"""The API while Postgres is restarted, silent or disconnected, and while the server is killed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from keepwell.platform.database import REQUEST_DEADLINE
from keepwell.platform.postgres.embedded import EmbeddedPostgres
from tests import thorough
from tests.event_streams import EventStream
from tests.running import RunningServer, is_running, keepwell
from tests.tcp_proxy import FaultProxy

PATIENCE = 60.0
WRITERS = thorough.repeats(15, thorough=50)


class Stage:
    """Postgres, a proxy in front of it, and a server that connects through the proxy only."""

    def __init__(self, folder: Path, dsn: str, *, stack: ExitStack) -> None:
        self.dsn = dsn
        self.postgres_home = folder / "postgres-home"
        self.stack = stack
        parts = conninfo_to_dict(dsn)
        self.socket = Path(str(parts["host"])) / f".s.PGSQL.{parts.get('port', 5432)}"
        self.proxy = FaultProxy(self.socket)
        url = f"postgresql://{parts.get('user', 'postgres')}@127.0.0.1:{self.proxy.port}/{parts['dbname']}"
        self.server = RunningServer(folder / "home", database_url=url)
        self.url = url

    def client(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.server.url, headers=headers, timeout=30)

    def reset_next_commit(self, *, carried: bytes = b"") -> None:
        self.proxy.carried = carried
        self.proxy.resets_commits = True

    def logs(self) -> list[bytes]:
        """Everything that the server and its Postgres have logged."""
        found = [self.server.output.read_bytes(), (self.postgres_home / "postgres" / "log").read_bytes()]
        assert all(found)
        return found

    def names(self) -> list[str]:
        with psycopg.connect(self.dsn) as connection:
            return [row[0] for row in connection.execute("select external_id from accounts").fetchall()]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="keepwell-faults-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def stage(folder: Path) -> Iterator[Stage]:
    home = folder / "postgres-home"
    with ExitStack() as stack:
        postgres = stack.enter_context(EmbeddedPostgres(home))
        made = Stage(folder, postgres.dsn, stack=stack)
        with made.proxy, made.server:
            yield made


@pytest.fixture(scope="module")
def token(stage: Stage) -> str:
    printed = keepwell(stage.server.home, "token", "create", "--json", database_url=stage.url)
    return str(json.loads(printed)["token"])


@pytest.fixture
def client(stage: Stage, token: str) -> Iterator[httpx.Client]:
    # The test before may have ended without the commit that it waited for.
    stage.proxy.resets_commits = False
    with stage.client(token) as opened:
        wait_until_well(opened)
        yield opened


def wait_until_well(client: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE
    while client.get("/v1/session").status_code != 200:
        assert time.monotonic() < deadline, "the server does not recover"
        time.sleep(0.2)


def add(client: httpx.Client, name: str) -> httpx.Response:
    return client.post(
        "/v1/accounts", json={"external_id": name, "name": name}, headers={"Idempotency-Key": f"key-{name}"}
    )


def new_name() -> str:
    return f"A-{uuid4().hex[:12]}"


def require_try_again(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/problem+json"


def test_requests_to_a_silent_database_end_by_the_deadline_and_it_recovers(
    stage: Stage, client: httpx.Client
) -> None:
    stage.proxy.is_black_hole = True
    try:
        for _ in range(2):
            began = time.monotonic()
            answer = client.get("/v1/accounts")
            require_try_again(answer)
            assert time.monotonic() - began < REQUEST_DEADLINE.total_seconds() + 1
    finally:
        stage.proxy.is_black_hole = False
    wait_until_well(client)


def test_a_stream_whose_database_is_cut_off_misses_nothing(
    stage: Stage, token: str, client: httpx.Client
) -> None:
    port, newest = int(stage.server.url.rpartition(":")[2]), client.get("/v1/changes").json()["newest"]
    headers = {"Authorization": f"Bearer {token}"}

    async def follow() -> None:
        stream = await EventStream.open(port, headers=headers)
        await stream.read_until(b"event: position")
        stage.proxy.cut()
        await asyncio.to_thread(wait_until_well, client)
        answer = await asyncio.to_thread(add, client, new_name())
        changed = str(answer.json()["id"])
        # It may have ended with its connection to the database; then its client reconnects.
        with suppress(EOFError):
            await stream.read_until(changed.encode())
        if changed not in stream.records:
            await stream.close()
            stream = await EventStream.open(port, headers={**headers, "Last-Event-ID": str(newest)})
            await stream.read_until(changed.encode())
        await stream.close()

    asyncio.run(follow())


def test_retrying_a_commit_with_a_lost_reply_has_one_effect(stage: Stage, client: httpx.Client) -> None:
    name = new_name()
    stage.reset_next_commit(carried=name.encode())
    lost = add(client, name)
    require_try_again(lost)
    problem = lost.json()
    assert (problem["code"], problem["outcome"], problem["retryable"]) == (
        "outcome-unknown",
        "unknown",
        False,
    )
    wait_until_well(client)
    again = add(client, name)
    assert (again.status_code, again.headers.get("idempotent-replayed")) == (201, "true")
    assert stage.names().count(name) == 1


def test_a_slow_database_is_waited_for(stage: Stage, client: httpx.Client) -> None:
    stage.proxy.latency = 0.05
    try:
        assert add(client, new_name()).status_code == 201
    finally:
        stage.proxy.latency = 0.0


def test_no_secret_is_in_a_log_or_answer_whatever_fails(
    stage: Stage, token: str, client: httpx.Client
) -> None:
    password = f"a password {uuid4()}"
    made = {
        path: client.post(path, json=body).raise_for_status().json()
        for path, body in {
            "/v1/access-tokens": {},
            "/v1/webhook-endpoints": {"url": "https://shop.example.com/hook"},
            "/v1/members": {"name": "Ada", "role": "owner", "email": f"{uuid4().hex}@example.org"},
        }.items()
    }
    pair, invited = made["/v1/access-tokens"], made["/v1/members"]
    link = invited["sign_in_path"].partition("token=")[2]
    with httpx.Client(base_url=stage.server.url, timeout=30) as browser:
        session = browser.get(invited["sign_in_path"]).cookies["keepwell_session"]
        browser.put("/v1/session/password", json={"password": password}).raise_for_status()
        asks: list[Callable[[], httpx.Response]] = [
            lambda: browser.get("/v1/session"),
            lambda: browser.get(invited["sign_in_path"]),
            lambda: browser.post("/v1/sign-in", json={"email": "no e-mail", "password": password}),
            lambda: browser.put("/v1/session/password", json={"password": password, "current": password}),
            lambda: browser.post("/v1/sign-in", json={"email": invited["email"], "password": password}),
            lambda: browser.get("/v1/accounts", headers={"Authorization": f"Bearer {token}"}),
            lambda: browser.post(
                "/v1/plans",
                content=b'{"name": ',
                headers={"Authorization": f"Bearer {pair['access_token']}", "Idempotency-Key": token},
            ),
            lambda: browser.post(
                "/v1/oauth/token",
                data={"grant_type": "wrong", "refresh_token": pair["refresh_token"]},
            ),
        ]
        answers: list[httpx.Response] = []
        faults: list[Callable[[], None]] = [lambda: None, stage.proxy.cut, stage.reset_next_commit]
        for fault in faults:
            for ask in asks:
                fault()
                answers.append(ask())
    assert {400, 503} <= {answer.status_code for answer in answers}
    texts = [*stage.logs(), *(answer.content for answer in answers)]
    endpoint = made["/v1/webhook-endpoints"]["secret"]
    for secret in (token, pair["access_token"], pair["refresh_token"], endpoint, link, session, password):
        assert not any(secret.encode() in text for text in texts), secret


def test_cut_connections_are_replaced(stage: Stage, client: httpx.Client) -> None:
    stage.proxy.cut()
    wait_until_well(client)
    assert add(client, new_name()).status_code == 201


@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_no_acknowledged_write_is_lost_when_postgres_restarts_under_load(
    stage: Stage, token: str, how: str, client: httpx.Client
) -> None:
    acknowledged: set[str] = set()
    refused: list[httpx.Response] = []
    is_over = threading.Event()

    def write() -> None:
        with stage.client(token) as own:
            while not is_over.is_set():
                name = new_name()
                answer = add(own, name)
                if answer.status_code == 201:
                    acknowledged.add(name)
                else:
                    refused.append(answer)
                    time.sleep(0.05)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    time.sleep(0.5)
    restart(stage.postgres_home, how, stage.stack)
    before = len(acknowledged)
    deadline = time.monotonic() + PATIENCE
    while len(acknowledged) < before + 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    is_over.set()
    for writer in writers:
        writer.join()
    assert len(acknowledged) >= before + 20, "it does not recover"
    assert acknowledged <= set(stage.names())
    for answer in refused:
        require_try_again(answer)


def restart(home: Path, how: str, stack: ExitStack) -> None:
    """Restart as an operator does: `fast` ends the sessions, `immediate` is a crash with recovery."""
    process = int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGINT if how == "fast" else signal.SIGQUIT)
    deadline = time.monotonic() + PATIENCE
    while is_running(process):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stack.enter_context(EmbeddedPostgres(home))


def test_concurrent_writers_of_one_account_lose_no_update(token: str, client: httpx.Client) -> None:
    account = add(client, new_name()).json()
    path, base = f"/v1/accounts/{account['id']}", str(client.base_url)
    headers = {"Authorization": f"Bearer {token}"}

    async def change(number: int) -> int:
        """Retry until the write succeeds; the number of conflicts."""
        lost = 0
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as own:
            while True:
                seen = (await own.get(path)).headers["etag"]
                answer = await own.patch(path, json={"name": f"N {number}"}, headers={"If-Match": seen})
                if answer.status_code == 200:
                    return lost
                assert answer.status_code in {412, 503}, answer.text
                lost += 1

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(change(number) for number in range(WRITERS)))

    assert sum(asyncio.run(all_at_once())) > 0
    assert client.get(path).json()["version"] == WRITERS + 1
    entries = client.get(
        "/v1/audit-entries", params={"subject": f"account:{account['id']}", "limit": 200}
    ).json()
    assert len(entries["items"]) == WRITERS + 1


def test_retrying_after_a_kill_between_commit_and_reply_has_one_effect(
    stage: Stage, token: str, client: httpx.Client
) -> None:
    name = new_name()
    stage.proxy.carried = name.encode()
    stage.proxy.withholds_commits = True
    failures: list[Any] = []

    def ask() -> None:
        try:
            add(client, name)
        except httpx.HTTPError as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + PATIENCE
    while name not in stage.names() and time.monotonic() < deadline:
        time.sleep(0.02)
    stage.server.kill()
    asking.join()
    assert failures, "the reply came before the kill"
    stage.proxy.withholds_commits = False
    stage.proxy.cut()
    stage.server.start()
    with stage.client(token) as after:
        wait_until_well(after)
        again = add(after, name)
    assert (again.status_code, again.headers.get("idempotent-replayed")) == (201, "true")
    assert stage.names().count(name) == 1
