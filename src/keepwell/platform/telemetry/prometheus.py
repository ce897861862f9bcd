"""Prometheus metrics: served on a port by the server, written to a file by a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from prometheus_client import REGISTRY, CollectorRegistry, start_http_server, write_to_textfile
from prometheus_client.multiprocess import MultiProcessCollector

from keepwell.platform.errors import Conflict, DataValidationError

_ONLY_THIS_MACHINE = "127.0.0.1"

metrics_file_option = click.option(
    "--metrics-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.prom",
    help="Write metrics to this file, for the textfile collector of Prometheus' node exporter.",
)
metrics_port_option = click.option(
    "--metrics-port",
    type=click.IntRange(1, 65_535),
    help="Serve Prometheus metrics on this port of 127.0.0.1.",
)


@contextmanager
def counted_into(file: Path | None) -> Iterator[None]:
    """Write the process's metrics to `file` atomically, however the block ends."""
    try:
        yield
    finally:
        if file is not None:
            _write(file)


def _write(file: Path) -> None:
    try:
        write_to_textfile(str(file), REGISTRY)
    except OSError as error:
        raise DataValidationError(
            f"Cannot write {file}: {error.strerror}.",
            hint="The work itself is done; use another --metrics-file.",
        ) from None


def serve_metrics(port: int) -> None:
    """Serve `/metrics` on this port while the process runs; raises Conflict if the port is in use."""
    _serve(port, REGISTRY)


def serve_metrics_of_processes(port: int, folder: Path) -> None:
    """Serve what processes with PROMETHEUS_MULTIPROC_DIR=`folder` count, added up; raises Conflict as `serve_metrics`."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]  # it has no types
    _serve(port, registry)


def _serve(port: int, registry: CollectorRegistry) -> None:
    try:
        start_http_server(port, addr=_ONLY_THIS_MACHINE, registry=registry)
    except OSError:
        raise Conflict(f"Port {port} is in use.", hint="Use another one: --metrics-port 9100.") from None
