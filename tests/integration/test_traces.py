"""Traces of requests through the whole application, and over the wire to a collector."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan

from keepwell.app import http
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.trace.exporting import TraceSettings, tracing
from keepwell.platform.trace.outgoing import TracedClient
from keepwell.platform.trace.tracer import Tracer
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import TransactionalKind
from keepwell.platform.work.model import Job
from keepwell.platform.work.worker import Worker
from tests.app_client import AppClient
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, token_of
from tests.running import RunningServer

pytestmark = pytest.mark.anyio

CALLER_ID = 0xABC0000000000000000000000000000F
LONGEST_END = 8.0


def caller(flags: str) -> dict[str, str]:
    return {"traceparent": f"00-{CALLER_ID:032x}-{0xDEF:016x}-{flags}"}


class Exported:
    """Takes the spans of kept traces."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [dict(each.attributes or {}) for each in self.spans if each.kind.name == kind]

    def trace_ids(self) -> set[int]:
        return {each.context.trace_id for each in self.spans if each.context}


@pytest.fixture
def exported() -> Exported:
    return Exported()


async def opened(
    tracer: Tracer, database: Database, workspace: Workspace, settings: Settings
) -> AsyncIterator[Client]:
    app = http.create_app(database, settings=settings, runtime=RUNTIME, tracer=tracer)
    async with AppClient(app, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {await token_of(database, workspace, runtime=RUNTIME)}"
        yield client


@pytest.fixture
async def kept(
    exported: Exported, database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    """A client of an application that keeps every trace."""
    async for client in opened(Tracer(exported, share=1), database, workspace, shared_settings):
        yield client


@pytest.fixture
async def unsampled(
    exported: Exported, database: Database, workspace: Workspace, shared_settings: Settings
) -> AsyncIterator[Client]:
    """A client of an application that keeps only what must be kept."""
    tracer = Tracer(exported, share=0, slow_seconds=600)
    async for client in opened(tracer, database, workspace, shared_settings):
        yield client


async def test_the_request_id_of_an_answer_is_its_trace_and_leads_to_its_statements(
    kept: Client, exported: Exported, workspace: Workspace
) -> None:
    answer = await kept.get("/v1/accounts", params={"limit": 1})
    assert exported.trace_ids() == {UUID(answer.headers["X-Request-Id"]).int}
    (server,) = exported.of("SERVER")
    assert server == {
        "http.request.method": "GET",
        "http.route": "/v1/accounts",
        "http.response.status_code": 200,
        "url.path": "/v1/accounts",
        "keepwell.request_id": answer.headers["X-Request-Id"],
        "keepwell.workspace": str(workspace.id),
        "keepwell.kept": "sampled",
    }
    texts = [each["db.query.text"] for each in exported.of("CLIENT") if "db.query.text" in each]
    assert any("account_standings" in text for text in texts)


async def test_a_request_id_in_another_form_is_an_attribute_of_the_trace(
    kept: Client, exported: Exported
) -> None:
    await kept.get("/health/live", headers={"X-Request-Id": "from-the-caller"})
    (server,) = exported.of("SERVER")
    assert server["keepwell.request_id"] == "from-the-caller"


async def test_values_of_a_request_are_in_no_span(kept: Client, exported: Exported) -> None:
    await kept.post("/v1/accounts", json={"external_id": "A-1", "name": "Nobody Else"})
    await kept.get("/v1/accounts", params={"name": "Nobody Else"})
    assert "Nobody Else" not in " ".join(each.to_json() for each in exported.spans)


async def test_the_trace_of_a_caller_is_continued(kept: Client, exported: Exported) -> None:
    await kept.get("/v1/accounts", headers=caller("00"))
    assert exported.trace_ids() == {CALLER_ID}


async def test_a_caller_with_a_credential_may_ask_for_its_trace(
    unsampled: Client, exported: Exported
) -> None:
    await unsampled.get("/v1/accounts", headers=caller("01"))
    assert exported.of("SERVER")[0]["keepwell.kept"] == "sampled by the caller"


async def test_a_caller_without_a_credential_may_not_ask_for_its_trace(
    unsampled: Client, exported: Exported
) -> None:
    del unsampled.headers["Authorization"]
    assert (await unsampled.get("/v1/accounts", headers=caller("01"))).status_code == 401
    await unsampled.get("/health/live", headers=caller("01"))
    assert exported.spans == []


async def test_an_answer_that_is_a_server_error_is_kept(
    exported: Exported, workspace: Workspace, database: Database, shared_settings: Settings, conninfo: str
) -> None:
    async with Database.open(conninfo, max_size=1, patience=0.2) as small:
        tracer = Tracer(exported, share=0, slow_seconds=600)
        async for client in opened(tracer, small, workspace, shared_settings):
            async with small.transaction():
                answer = await client.get("/health/ready")
    assert answer.status_code == 503
    (server,) = exported.of("SERVER")
    assert (server["error.type"], server["keepwell.kept"]) == ("503", "error")


@pytest.mark.parametrize("fails", [True, False])
async def test_a_job_that_fails_is_a_trace_that_is_kept(
    exported: Exported, database: Database, workspace: Workspace, *, fails: bool
) -> None:
    async def run(connection: Connection, _: Job) -> None:
        await connection.execute("select 1 / %s", [0 if fails else 1])

    kind = TransactionalKind(name="trial.traced", run=run)
    tracer = Tracer(exported, share=0, slow_seconds=600)
    async with database.workspace(workspace.id) as connection:
        await work.schedule(
            connection,
            workspace_id=workspace.id,
            kind=kind.name,
            subject_id=uuid4(),
            due_at=RUNTIME.clock.now(),
        )
    await Worker(database, [kind], clock=RUNTIME.clock, tracer=tracer).round()
    kept = [each.name for each in exported.spans if each.parent is None]
    assert kept == (["work trial.traced"] if fails else [])


class Collector:
    """A collector that notes each request."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""

    def spans(self) -> list[Any]:
        found = [ExportTraceServiceRequest.FromString(body) for _, _, body in self.requests]
        return [
            span for each in found for of in each.resource_spans for at in of.scope_spans for span in at.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    noted = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            noted.requests.append((self.path, dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    noted.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield noted
    server.shutdown()
    server.server_close()


def test_kept_traces_reach_a_collector(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    with tracing(TraceSettings(exporter="otlp", share=1)) as tracer, tracer.begin("job"):
        pass
    assert [path for path, _, _ in collector.requests] == ["/v1/traces"]
    assert [each.name for each in collector.spans()] == ["job"]


async def test_a_request_to_another_system_carries_the_trace_on(
    collector: Collector, exported: Exported
) -> None:
    with Tracer(exported, share=1).begin("job"):
        async with TracedClient() as client:
            await client.post(collector.url, content=b"{}", headers={"X-Secret": "kw_0123456789"})
    ((_, headers, _),) = collector.requests
    (sent,) = [each for each in exported.spans if each.kind.name == "CLIENT"]
    assert sent.context is not None
    assert headers["traceparent"] == f"00-{sent.context.trace_id:032x}-{sent.context.span_id:016x}-01"
    assert dict(sent.attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
    }


def test_a_collector_that_never_answers_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with tracing(TraceSettings(exporter="otlp", share=1)) as tracer, tracer.begin("job"):
            pass
        assert time.monotonic() - began < LONGEST_END


def test_a_collector_that_is_down_fails_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with tracing(TraceSettings(exporter="otlp", share=1)) as tracer, tracer.begin("job") as span:
        assert span is not None


def test_traces_can_be_read_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with tracing(TraceSettings(exporter="console", share=1)) as tracer, tracer.begin("job"):
        pass
    (line,) = capfd.readouterr().err.splitlines()
    assert '"name": "job"' in line


def test_a_server_exports_what_it_has_kept_before_it_ends(
    collector: Collector, tmp_path: Path, conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("KEEPWELL_TRACE_SHARE", "1")
    with RunningServer(tmp_path / "home", database_url=conninfo) as running:
        answer = httpx.get(f"{running.url}/health/ready", timeout=30)
    found = {each.name: each.trace_id.hex() for each in collector.spans()}
    assert found["GET /health/ready"] == answer.headers["X-Request-Id"].replace("-", "")
