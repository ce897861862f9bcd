"""Events over HTTP with durable acknowledgement: shared commits compared with one commit per event."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import msgspec
import psutil

from benchmarks.intake.http_load import HOST
from benchmarks.measuring import machine, python, run
from keepwell.intake.model import ACCEPTED
from keepwell.intake.store import State
from keepwell.platform.errors import CorruptData, Unavailable
from keepwell.platform.progress import Progress

COMMITS = ("group", "each")

_TIMEOUT = 30.0
_PAUSE = 0.05


class Load(msgspec.Struct, frozen=True):
    """How events are sent: connections at once, and events per request."""

    connections: int
    events: int


LOADS = (Load(connections=64, events=1), Load(connections=8, events=100))


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit strategy accepts; medians of events per second of processor time and of wall clock."""

    commits: str
    load: Load
    sent: int
    per_core_second: float
    per_second: float


class HttpFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The rates of each strategy under each load."""

    machine: str
    repeats: int
    rates: list[Rate]


class _Sample(msgspec.Struct, frozen=True):
    per_core_second: float
    per_second: float


def measure_http(folder: Path, *, events: int, repeats: int, progress: Progress) -> HttpFigures:
    """Measure with about `events` events, a tenth of them with one commit per event.

    Raises CorruptData if an acknowledged event is missing.
    """
    counts = {"group": events, "each": max(1, events // 10)}
    trials = [(load, commits) for load in LOADS for commits in COMMITS]
    samples: dict[tuple[Load, str], list[_Sample]] = {trial: [] for trial in trials}
    with progress.step("Sending events", total=repeats * len(trials)) as step:
        for _ in range(repeats):
            for load, commits in trials:
                samples[load, commits].append(_measure(folder / "http", commits, load, counts[commits]))
                step.advance()
    rates = [
        Rate(
            commits=commits,
            load=load,
            sent=_requests(counts[commits], load) * load.events,
            per_core_second=median(sample.per_core_second for sample in some),
            per_second=median(sample.per_second for sample in some),
        )
        for (load, commits), some in samples.items()
    ]
    return HttpFigures(machine=machine(), repeats=repeats, rates=rates)


def _measure(folder: Path, commits: str, load: Load, events: int) -> _Sample:
    requests = _requests(events, load)
    with _server(folder, commits) as (port, process):
        before = process.cpu_times()
        sent = run(
            python(
                "-m",
                "benchmarks.intake.http_load",
                *map(str, (port, load.connections, requests, load.events)),
            )
        )
        after = process.cpu_times()
    result = json.loads(sent.output)
    _check(folder, result["acknowledged"], requests * load.events)
    shutil.rmtree(folder)
    cpu_seconds = after.user + after.system - before.user - before.system
    return _Sample(
        result["acknowledged"] / max(cpu_seconds, _PAUSE), result["acknowledged"] / result["seconds"]
    )


def _requests(events: int, load: Load) -> int:
    return max(load.connections, events // load.events)


def _check(home: Path, acknowledged: int, sent: int) -> None:
    (folder,) = (home / "intake").glob("*/http")
    with closing(State(folder)) as state:
        rows = sum(segment.rows for segment in state.segments(ACCEPTED))
    if (rows, acknowledged) != (sent, sent):
        raise CorruptData(
            f"Of {sent:,} events {acknowledged:,} were acknowledged, but the journal contains {rows:,}.",
            hint="Its figures would be meaningless.",
        )


@contextmanager
def _server(folder: Path, commits: str) -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        python("-m", "benchmarks.intake.http_server", folder, str(port), commits)
    ) as server:
        try:
            _wait_until_listening(server, port)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()


def _wait_until_listening(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            time.sleep(_PAUSE)
        else:
            return
    raise Unavailable("The measured server does not start.", hint="See its output above.")
