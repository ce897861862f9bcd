"""`score serve` in processes of its own: Triton's client unchanged, models replaced and processes killed under load."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import numpy as np
import psutil
import pytest
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.integration.served_models import add_version, keep, token
from tests.running import PATIENCE, environment
from tests.unit.churn.inference.models import NAMES, boosted, rows, scorer_of

pytestmark = pytest.mark.anyio

CALLERS = 8
ASKED = rows(40)


class Service:
    """`./keepwell score serve` with two processes, as a user starts it."""

    def __init__(self, folder: Path, conninfo: str) -> None:
        self.log, self.said = folder / "log.jsonl", folder / "said.txt"
        variables = environment(folder / "home", database_url=conninfo)
        # A killed service leaves its temporary files.
        variables |= {"OTEL_TRACES_EXPORTER": "console", "KEEPWELL_TRACE_SHARE": "1", "TMPDIR": str(folder)}
        self.metrics_port = free_port()
        options = ["--port", "0", "--processes", "2", "--metrics-port", str(self.metrics_port)]
        with self.said.open("wb") as said, self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "keepwell.app.cli", "score", "serve", *options],
                env=variables,
                stdout=said,
                stderr=log,
            )

    def __enter__(self) -> Self:
        wait_until(lambda: "/v2/models/churn" in self.said.read_text(), self.process)
        wait_until(lambda: len(self.processes()) == 2, self.process)
        wait_until(self.answers, self.process)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        assert self.process.wait(PATIENCE) == 0

    @property
    def address(self) -> str:
        found = re.search(r"127\.0\.0\.1:[0-9]+", self.said.read_text())
        assert found is not None
        return found[0]

    def processes(self) -> list[psutil.Process]:
        """Those that answer."""
        return [each for each in psutil.Process(self.process.pid).children() if answers_requests(each)]

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://{self.address}/v2/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def answers_requests(process: psutil.Process) -> bool:
    """Whether it is one of the service's own, beside Python's tracker of resources, and has not ended."""
    try:
        return any("spawn_main" in word for word in process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until(is_so: Any, process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert process is None or process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def service(conninfo: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("scoring"), conninfo) as running:
        yield running


@pytest.fixture
async def bearer(database: Database, workspace: Workspace) -> dict[str, str]:
    """The header of a workspace whose version 1 is a boosted model."""
    await add_version(database, workspace, version=1)
    await keep(database, workspace, boosted().model, version=1)
    return {"Authorization": f"Bearer {(await token(database, workspace)).token}"}


@pytest.mark.parametrize("is_binary", [True, False])
async def test_tritons_client_works_unchanged(
    service: Service, bearer: dict[str, str], *, is_binary: bool
) -> None:
    expected = scorer_of(boosted().model).probabilities(ASKED)
    with triton.InferenceServerClient(service.address) as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready("churn", headers=bearer)
        described = client.get_model_metadata("churn", headers=bearer)
        assert described["versions"] == ["1"]
        inputs = [
            triton.InferInput(each["name"], [len(ASKED)], each["datatype"]) for each in described["inputs"]
        ]
        for each, values in zip(inputs, ASKED.T, strict=True):
            # As JSON, the client writes NaN, which is none.
            each.set_data_from_numpy(np.ascontiguousarray(values), binary_data=is_binary)
        wanted = [triton.InferRequestedOutput("probability", binary_data=is_binary)]
        by_column = client.infer("churn", inputs, outputs=wanted, headers=bearer, request_id="r-1")
        assert np.array_equal(by_column.as_numpy("probability"), expected)
        assert by_column.get_response()["id"] == "r-1"
        whole = triton.InferInput("rows", ASKED.shape, "FP64")
        whole.set_data_from_numpy(ASKED, binary_data=is_binary)
        by_row = client.infer("churn", [whole], model_version="1", headers=bearer)
        assert np.array_equal(by_row.as_numpy("probability"), expected)
        with pytest.raises(InferenceServerException, match="may be replaced"):
            client.infer("churn", [whole], headers=bearer)
        with pytest.raises(InferenceServerException, match="keepwell token create"):
            client.infer("churn", [whole], model_version="1")


class Callers:
    """Clients that ask for one row after another, each the same row by its columns, until they are told to end."""

    def __init__(
        self, service: Service, bearer: dict[str, str], *, at: str = "/v2/models/churn/infer"
    ) -> None:
        self.url = f"http://{service.address}{at}"
        self.bearer = bearer
        self.outcomes: Counter[str] = Counter()
        self.versions: list[str] = []
        self.wrong: list[Any] = []
        self.expected = {"1": scorer_of(boosted().model).probabilities(ASKED)}
        self._is_over = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._ask(number)) for number in range(CALLERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_over = True
        await asyncio.gather(*self._tasks)

    async def until(self, is_so: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, self.outcomes
            await asyncio.sleep(0.02)

    async def _ask(self, number: int) -> None:
        row = ASKED[number]
        columns = [
            {"name": name, "shape": [1], "datatype": "FP64", "data": [None if np.isnan(each) else each]}
            for name, each in zip(NAMES, row.tolist(), strict=True)
        ]
        async with httpx.AsyncClient(headers=self.bearer, timeout=20) as client:
            while not self._is_over:
                try:
                    answer = await client.post(self.url, json={"inputs": columns})
                except (httpx.NetworkError, httpx.RemoteProtocolError):
                    self.outcomes["cut"] += 1
                    continue
                self.outcomes[str(answer.status_code)] += 1
                if answer.status_code == 200:
                    self._compare(answer.json(), number)

    def _compare(self, found: dict[str, Any], number: int) -> None:
        version = found["model_version"]
        self.versions.append(version)
        if found["outputs"][0]["data"] != [self.expected[version][number]]:
            self.wrong.append(found)


async def test_a_new_version_replaces_the_one_that_answers_without_a_failed_request(
    service: Service, bearer: dict[str, str], database: Database, workspace: Workspace
) -> None:
    newer = boosted(seed=7).model
    async with (
        Callers(service, bearer) as newest,
        Callers(service, bearer, at="/v2/models/churn/versions/1/infer") as pinned,
    ):
        newest.expected["2"] = scorer_of(newer).probabilities(ASKED)
        await newest.until(lambda: newest.outcomes["200"] > 50)
        await add_version(database, workspace, version=2)
        await keep(database, workspace, newer, version=2)
        stored = time.monotonic()
        # In each of the two processes.
        await newest.until(lambda: newest.versions[-60:].count("2") == 60)
        assert time.monotonic() - stored < 15
        await pinned.until(lambda: pinned.outcomes["200"] > 50)
    for each in (newest, pinned):
        assert each.outcomes.keys() == {"200"}
        assert each.wrong == []
    assert set(newest.versions) == {"1", "2"}
    assert set(pinned.versions) == {"1"}


async def test_a_killed_process_cuts_what_it_was_answering_and_is_replaced_and_nobody_gets_a_wrong_answer(
    service: Service, bearer: dict[str, str]
) -> None:
    async with Callers(service, bearer) as callers:
        await callers.until(lambda: callers.outcomes["200"] > 50)
        before = {each.pid for each in service.processes()}
        killed = service.processes()[0].pid
        os.kill(killed, signal.SIGKILL)
        await callers.until(lambda: killed not in {each.pid for each in service.processes()})
        await callers.until(lambda: len(service.processes()) == 2)
        answered = callers.outcomes["200"]
        await callers.until(lambda: callers.outcomes["200"] > answered + 50)
    assert callers.wrong == []
    assert callers.outcomes.keys() <= {"200", "cut"}
    # No more than each was waiting for.
    assert callers.outcomes["cut"] <= CALLERS
    assert len({each.pid for each in service.processes()} - before) == 1


async def test_requests_that_come_while_no_process_runs_are_answered_by_the_next(
    service: Service, bearer: dict[str, str]
) -> None:
    for each in service.processes():
        each.kill()
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.get(f"http://{service.address}/v2", headers=bearer)
    assert answer.status_code == 200
    wait_until(lambda: len(service.processes()) == 2)


async def test_the_trace_of_a_request_has_its_steps_and_metrics_are_those_of_all_processes(
    service: Service, bearer: dict[str, str]
) -> None:
    whole = {"name": "rows", "shape": [1, len(NAMES)], "datatype": "FP64", "data": [0.5] * len(NAMES)}
    async with httpx.AsyncClient(headers=bearer) as client:
        answer = await client.post(
            f"http://{service.address}/v2/models/churn/versions/1/infer", json={"inputs": [whole]}
        )
        counted = (await client.get(f"http://127.0.0.1:{service.metrics_port}/metrics")).text
    trace_id = "0x" + answer.headers["x-request-id"].replace("-", "")

    def spans() -> set[str]:
        lines = [json.loads(line) for line in service.log.read_text().splitlines() if '"trace_id"' in line]
        return {each["name"] for each in lines if each["context"]["trace_id"] == trace_id}

    steps = {"queue", "features", "predict", "POST /v2/models/churn/versions/{version}/infer"}
    wait_until(lambda: spans() >= steps)
    found = re.search(r"^keepwell_scoring_rows_total ([0-9.]+)$", counted, re.MULTILINE)
    assert found is not None
    assert float(found[1]) >= 1


@pytest.fixture
async def cut_short(service: Service) -> AsyncIterator[str]:
    """Two clients that have sent half a request, and stay."""
    host, port = service.address.split(":")
    halves = [b"POST /v2/models/churn/infer HTTP/1.1\r\nHost: x\r\n", b"GET"]
    opened = [socket.create_connection((host, int(port))) for _ in halves]
    for each, half in zip(opened, halves, strict=True):
        each.sendall(half)
    yield service.address
    for each in opened:
        each.close()


async def test_half_a_request_does_not_hold_up_another(cut_short: str, bearer: dict[str, str]) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        assert (await client.get(f"http://{cut_short}/v2", headers=bearer)).status_code == 200


def test_a_killed_supervisor_takes_its_processes_with_it(conninfo: str, tmp_path: Path) -> None:
    running = Service(tmp_path, conninfo).__enter__()
    address, processes = running.address, running.processes()
    running.process.kill()
    running.process.wait(PATIENCE)
    wait_until(lambda: not any(each.is_running() and each.status() != "zombie" for each in processes))
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{address}/v2/health/live")
