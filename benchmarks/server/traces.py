"""What tracing adds to a page of accounts: a server without it, one with the default share, and one that keeps all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from benchmarks.measuring import machine, python
from benchmarks.processes import HOST, free_port, postmaster_of, served
from benchmarks.server.api import Contender, Served, median_of, prepare, read_pages, sample, up_command
from benchmarks.server.trace_spans import span_costs
from keepwell.platform.config import read_settings
from keepwell.platform.database_server import database_server
from keepwell.platform.progress import Progress

OFF, SOME, ALL = "no traces", "10 % kept", "all kept"
_SHARES: Mapping[str, str | None] = {OFF: None, SOME: "0.1", ALL: "1"}
_WARM_UP = 20


class TraceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Processor time per page of a server that traces nothing, the default share, and everything; and of one span."""

    machine: str
    accounts: int
    pages: int
    repeats: int
    by: Mapping[str, Served]
    span_microseconds: Mapping[str, float]


def measure_traces(
    folder: Path, *, accounts: int, pages: int, repeats: int, progress: Progress
) -> TraceFigures:
    """Measure with this many accounts, every server on one core with the collector and the client on the other."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with database_server(settings) as conninfo, ExitStack() as servers:
        token = asyncio.run(prepare(conninfo, accounts, progress))
        collector = servers.enter_context(_collector())
        contenders = [
            servers.enter_context(_server(folder / name, conninfo, collector, name=name, token=token))
            for name in _SHARES
        ]
        samples: dict[str, list[Served]] = {each.name: [] for each in contenders}
        postmaster = postmaster_of(settings.home)
        with progress.step("Reading pages", total=repeats * len(contenders)) as step:
            for each in contenders:
                read_pages(each, pages=_WARM_UP)
            for _ in range(repeats):
                for each in contenders:
                    samples[each.name].append(sample(each, postmaster, pages=pages))
                    step.advance()
    return TraceFigures(
        machine=machine(),
        accounts=accounts,
        pages=pages,
        repeats=repeats,
        by={name: median_of(some) for name, some in samples.items()},
        span_microseconds=span_costs(),
    )


@contextmanager
def _collector() -> Iterator[str]:
    port = free_port()
    command = python("-m", "benchmarks.server.trace_collector", str(port))
    with served(command, port=port, environment={}):
        yield f"http://{HOST}:{port}"


@contextmanager
def _server(home: Path, conninfo: str, collector: str, *, name: str, token: str) -> Iterator[Contender]:
    port, share = free_port(), _SHARES[name]
    environment = {"KEEPWELL_DATABASE_URL": conninfo, "KEEPWELL_REQUESTS_PER_MINUTE": "100000000"}
    if share is not None:
        environment |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector, "KEEPWELL_TRACE_SHARE": share}
    with served(up_command(home, port=port), port=port, environment=environment) as process:
        process.cpu_affinity([0])
        yield Contender(name, port, process, token)
