"""The log of a real server: one line per request, a 500 found by its request id, and no secret in any line."""

from __future__ import annotations

import base64
import json
import re
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.running import RunningServer, keepwell

PATIENCE = 60.0
Line = Mapping[str, Any]


class Logged:
    """A server, its log, and a client that is signed in by an API token."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.token = self.printed("token", "create", "--json")["token"]
        headers = {"Authorization": f"Bearer {self.token}"}
        self.client = httpx.Client(base_url=server.url, headers=headers, timeout=30)

    def printed(self, *arguments: str) -> Any:
        return json.loads(keepwell(self.server.home, *arguments, database_url=self.server.database_url))

    @property
    def text(self) -> str:
        """The log as it is in the file; what `up` prints for its user is not part of it."""
        lines = self.server.output.read_text().splitlines()
        return "\n".join(line for line in lines if line.startswith("{"))

    def lines(self) -> list[Line]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, answer: httpx.Response, *, count: int = 1) -> list[Line]:
        """The lines with the request id of `answer`; the last one is written after the answer has gone."""
        request_id = answer.headers["X-Request-Id"]
        return self.until(
            lambda: [each for each in self.lines() if each.get("request_id") == request_id], count=count
        )

    def until(self, found: Callable[[], list[Line]], *, count: int = 1) -> list[Line]:
        deadline = time.monotonic() + PATIENCE
        while len(found()) < count:
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)
        return found()


@pytest.fixture(scope="module")
def logged(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    name = f"keepwell_logs_{uuid4().hex[:12]}"
    home = tmp_path_factory.mktemp("logs") / "home"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        with RunningServer(home, database_url=make_conninfo(server, dbname=name)) as running:
            found = Logged(running)
            with found.client:
                yield found
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_a_request_has_one_line_with_its_id_workspace_and_member(logged: Logged) -> None:
    session = logged.client.get("/v1/session").json()
    answer = logged.client.get("/v1/accounts", params={"limit": 1})
    (line,) = logged.of(answer)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"])
    assert 0 < line["duration_ms"] < 30_000
    assert {name: value for name, value in line.items() if name not in {"time", "duration_ms"}} == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "route": "/v1/accounts",
        "path": "/v1/accounts",
        "status": 200,
        "request_id": answer.headers["X-Request-Id"],
        "workspace": session["workspace"]["id"],
        "member": session["member"]["id"],
        "logger": "keepwell.http",
    }


def test_a_request_without_credentials_names_nobody(logged: Logged) -> None:
    (line,) = logged.of(httpx.get(f"{logged.server.url}/v1/accounts"))
    assert line["status"] == 401
    assert not {"workspace", "member"} & line.keys()


def test_events_are_logged_with_the_workspace_of_their_write_key(logged: Logged) -> None:
    key = logged.printed("write-key", "create", "--name", "logs", "--json")["write_key"]
    call = {"type": "track", "event": "login", "userId": "A-1", "messageId": secrets.token_hex(8)}
    answer = httpx.post(f"{logged.server.url}/v1/batch", json={"batch": [call]}, auth=(key, ""))
    (line,) = logged.of(answer)
    workspace = logged.client.get("/v1/session").json()["workspace"]["id"]
    assert (line["status"], line["workspace"]) == (200, workspace)


def test_each_of_many_concurrent_requests_has_its_own_line(logged: Logged) -> None:
    with ThreadPoolExecutor(10) as pool:
        ids = [f"one-of-many-{number}" for number in range(30)]
        list(pool.map(lambda each: logged.client.get("/v1/session", headers={"X-Request-Id": each}), ids))
    found = logged.until(
        lambda: [line for line in logged.lines() if line.get("request_id") in ids], count=len(ids)
    )
    assert sorted(line["request_id"] for line in found) == sorted(ids)


def test_a_500_is_found_with_its_traceback_by_the_request_id_of_the_answer(logged: Logged) -> None:
    workspace = logged.client.get("/v1/session").json()["workspace"]["id"]
    manifest = logged.server.home / "lake" / f"workspace={workspace}" / "manifest.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text("{damaged")
    answer = logged.client.get("/v1/activity")
    manifest.unlink()
    assert answer.status_code == 500
    failed, request = logged.of(answer, count=2)
    assert "Traceback" in failed["exception"]
    assert "CorruptData" in failed["exception"]
    assert (request["route"], request["status"], request["level"]) == ("/v1/activity", 500, "error")


@contextmanager
def raw(logged: Logged, *, request_id: str, header: str) -> Iterator[socket.socket]:
    """A connection on which the head of a request with a body has been sent."""
    address = httpx.URL(logged.server.url)
    with socket.create_connection((address.host, address.port or 80), timeout=PATIENCE) as connection:
        connection.sendall(
            f"POST /v1/tokens HTTP/1.1\r\nHost: {address.host}\r\nAuthorization: Bearer {logged.token}\r\n"
            f"Content-Type: application/json\r\nX-Request-Id: {request_id}\r\n{header}\r\n\r\n".encode()
        )
        yield connection


def lines_of_client_that_left(logged: Logged, request_id: str) -> list[Line]:
    def found() -> list[Line]:
        return [line for line in logged.lines() if line.get("request_id") == request_id]

    logged.until(lambda: [line for line in found() if line["event"] == "request"])
    return found()


@pytest.mark.parametrize(
    ("header", "part"), [("Content-Length: 100", b"{"), ("Transfer-Encoding: chunked", b"1\r\n{\r\n")]
)
def test_a_client_that_aborts_its_body_has_one_line_that_says_so(
    logged: Logged, header: str, part: bytes
) -> None:
    request_id = secrets.token_hex(8)
    with raw(logged, request_id=request_id, header=header) as connection:
        connection.sendall(part)
        time.sleep(0.2)
    (line,) = lines_of_client_that_left(logged, request_id)
    assert (line["event"], line["level"], line["status"]) == ("request", "info", 400)
    assert line["body"] == "incomplete"
    assert "exception" not in line


def test_an_answer_that_is_streamed_does_not_say_that_the_request_broke_off(logged: Logged) -> None:
    (line,) = logged.of(logged.client.get("/v1/accounts.csv"))
    assert line["status"] == 200
    assert "body" not in line


def test_a_malformed_chunk_is_answered_with_400(logged: Logged) -> None:
    request_id = secrets.token_hex(8)
    with raw(logged, request_id=request_id, header="Transfer-Encoding: chunked") as connection:
        connection.sendall(b"zz\r\n")
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "invalid-data"
    (line,) = lines_of_client_that_left(logged, request_id)
    assert (line["level"], line["status"], line["body"]) == ("info", 400, "incomplete")


def test_a_long_path_is_cut_and_its_length_logged(logged: Logged) -> None:
    (longest,) = logged.of(logged.client.get("/" + "a" * 1_999))
    (longer,) = logged.of(logged.client.get("/" + "a" * 2_000))
    assert (longest["path"], "path_length" in longest) == ("/" + "a" * 1_999, False)
    assert (longer["path"], longer["path_length"]) == (longest["path"], 2_001)


@pytest.mark.parametrize("quoted", ["%3Fx=1%22,%22status%22:200,%22forged%22:%22y", "%3Ftoken=ab%22cdef"])
def test_a_redacted_path_forges_no_key(logged: Logged, quoted: str) -> None:
    (line,) = logged.of(logged.client.get(f"/v1/{quoted}"))
    assert "forged" not in line
    assert (line["path"], line["status"]) == ("/v1/?[redacted]", 404)


@pytest.mark.parametrize("path", ["/%0A%7B%22level%22:%22error%22%7D", "/%1B%5B2J", "/%E2%80%A8", "/%FF"])
def test_a_path_forges_no_line(logged: Logged, path: str) -> None:
    before = len(logged.text.splitlines())
    logged.of(logged.client.get(path))
    assert len(logged.text.splitlines()) == before + 1


def operations(logged: Logged) -> Iterator[tuple[str, str]]:
    document = logged.client.get("/openapi.json").json()
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield method, re.sub(r"\{\w*\}", str(uuid4()), path)
    for path in ("/sign-in", "/sign-in/oidc/callback", "/", "/assets/nothing.js", "/v1/nothing"):
        yield "get", path


def canaries() -> dict[str, str]:
    """A secret of each kind, of the form that it really has."""
    secret = secrets.token_urlsafe(32)
    return {
        "token": f"kw_{secret}",
        "access_token": f"{secret}.{secret}.{secret}",
        "refresh_token": f"kwr_{secret}",
        "session": f"s{secret}",
        "link": f"l{secret}",
        "password": f"p{secret}",
        "write_key": f"kwk_{secret}",
        "signing_secret": f"whsec_{secret}",
        "stripe_key": f"sk_live_{secret}",
        "code": f"c{secret}",
    }


def credentials(secret: Mapping[str, str]) -> Iterator[dict[str, str]]:
    basic = base64.b64encode(f"{secret['write_key']}:".encode()).decode()
    yield {"Authorization": f"Bearer {secret['token']}"}
    yield {"Authorization": f"Bearer {secret['access_token']}"}
    yield {"Authorization": f"Basic {basic}"}
    yield {"Authorization": "", "Cookie": f"keepwell_session={secret['session']}"}
    # Signed in, so that the handlers see the bodies.
    yield {}


def test_no_secret_of_any_kind_is_logged_by_any_route(logged: Logged) -> None:
    secret = canaries()
    query = {"token": secret["link"], "code": secret["code"], "state": secret["code"]}
    body = {
        **secret,
        "writeKey": secret["write_key"],
        "current": secret["password"],
        "email": "a@example.org",
    }
    extra = {
        "Stripe-Signature": f"t=1,v1={secret['signing_secret']}",
        "Idempotency-Key": secret["stripe_key"],
    }
    answers = []
    for method, path in operations(logged):
        for headers in credentials(secret):
            content = None if method in {"get", "delete"} else body
            answers.append(
                logged.client.request(method, path, params=query, headers={**extra, **headers}, json=content)
            )
    assert {answer.status_code for answer in answers} >= {400, 401, 404}
    assert len(answers) > 300
    logged.of(answers[-1])
    text = logged.text
    basic = base64.b64encode(f"{secret['write_key']}:".encode()).decode()
    for name, value in {**secret, "basic": basic, "own token": logged.token}.items():
        assert value not in text, name
    ids = [line["request_id"] for line in logged.lines() if line["event"] == "request"]
    assert len(ids) == len(set(ids))
    assert {answer.headers["X-Request-Id"] for answer in answers} <= set(ids)


def test_a_background_worker_logs_with_its_own_context(logged: Logged) -> None:
    with psycopg.connect(logged.server.database_url, autocommit=True) as connection:
        connection.execute("alter table due_work rename to gone")
        lines = logged.until(lambda: [line for line in logged.lines() if line["event"] == "the round failed"])
        connection.execute("alter table gone rename to due_work")
    assert (lines[0]["worker"], lines[0]["level"]) == ("work", "error")
    assert "due_work" in lines[0]["error"]
    assert "request_id" not in lines[0]


def test_the_json_of_a_command_is_free_of_log_lines(logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPWELL_LOG_LEVEL", "debug")
    assert logged.printed("token", "list", "--json")


def test_an_unknown_log_format_is_refused_by_name(logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEEPWELL_LOG_FORMAT", "xml")
    with pytest.raises(AssertionError, match="KEEPWELL_LOG_FORMAT: unknown value 'xml'"):
        logged.printed("token", "list", "--json")
