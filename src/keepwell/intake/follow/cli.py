"""The command that follows files. It needs neither a database nor a workspace."""

from __future__ import annotations

import functools
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Concatenate, ParamSpec

import click

from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.report import JsonReport, Report, TerminalReport
from keepwell.intake.follow.tail import Options, PollResult, Tail
from keepwell.intake.model import Sizes
from keepwell.intake.schema.validation import read_schema
from keepwell.platform.cli.command_line import json_option
from keepwell.platform.cli.units import Duration, Size
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import DataValidationError, InfrastructureError

Parameters = ParamSpec("Parameters")


def sizes_options(command: Callable[Concatenate[Sizes, Parameters], None]) -> Callable[..., None]:
    """Give a command the options that set `Sizes`."""

    @click.option(
        "--rotate", type=Size(), default="10MB", show_default=True, help="Seal a segment at this size."
    )
    @click.option("--commit", type=Size(), default="1MB", show_default=True, help="Bytes of rows per commit.")
    @click.option("--longest-row", type=Size(), default="1MB", show_default=True, help="Reject longer rows.")
    @functools.wraps(command)
    def with_sizes(
        rotate: int, commit: int, longest_row: int, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> None:
        command(Sizes(commit=commit, segment=rotate, row=longest_row), *args, **kwargs)

    return with_sizes


@click.command("tail")
@click.argument("patterns", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--schema",
    "schema_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The JSON Schema of a row; SIGHUP reloads it.",
)
@click.option(
    "--into",
    "root",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the segments; created if missing.",
)
@click.option("--once", is_flag=True, help="Read what exists, then exit.")
@sizes_options
@click.option("--poll", type=Duration(), default="250ms", show_default=True, help="Time between two rounds.")
@click.option("--metrics-port", type=click.IntRange(1, 65_535), help="Serve Prometheus metrics on this port.")
@json_option
def tail_command(
    sizes: Sizes,
    patterns: tuple[str, ...],
    schema_file: Path,
    root: Path,
    once: bool,
    poll: float,
    metrics_port: int | None,
    as_json: bool,
) -> None:
    """Follow files of JSON Lines, and keep each row that fits the schema, exactly once.

    FILE is a path or a quoted glob; the rotated, copied and compressed generations of a file are followed
    too. Accepted rows go to ok-*.jsonl, rejected ones with the reason to dlq-*.jsonl.

    \b
    Example: ./keepwell tail 'logs/*.jsonl' --schema sensor.schema.json --into intake --once
    """  # noqa: D301  click's mark for a paragraph that it must not wrap
    metrics, clock, signals = TailMetrics(), SystemClock(), _Signals()
    report: Report = JsonReport(metrics, clock) if as_json else TerminalReport(metrics, clock)
    if metrics_port is not None:
        metrics.serve(metrics_port)
    options = Options(watcher=report, sizes=sizes, is_stopping=signals.is_stopping)
    schema = read_schema(schema_file)
    with signals.handled(), Tail.open(root, patterns, schema=schema, clock=clock, options=options) as tail:
        if once:
            _read_once(tail, report)
        while not once and not signals.is_stopping():
            report.polled(tail.poll())
            signals.wait(poll)
            if signals.wants_schema_reload():
                _reload_schema(tail, schema_file, report)
    report.finish()


def _read_once(tail: Tail, report: Report) -> None:
    while (result := tail.poll()).replaced:
        report.polled(result)
    # An unterminated line may have been waiting for its rest until now.
    result = tail.poll(is_last=True)
    report.polled(result)
    if result.troubles:
        raise _unread(result)


def _reload_schema(tail: Tail, schema_file: Path, report: Report) -> None:
    try:
        tail.use_schema(read_schema(schema_file))
    except DataValidationError as error:
        # A mistake in an editor must not stop the intake; rows are validated by the old schema.
        report.show_schema_reload(error.message)
    else:
        report.show_schema_reload(None)


def _unread(result: PollResult) -> InfrastructureError:
    named = "; ".join(f"{path}: {why}" for path, why in result.troubles.items())
    return InfrastructureError(
        f"Not every file could be read: {named}.",
        hint="Everything else was read. Fix these and run the same command again.",
    )


class _Signals:
    """SIGTERM and SIGINT stop after the current block; SIGHUP reloads the schema."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._stopping = False
        self._reload = False

    def is_stopping(self) -> bool:
        return self._stopping

    def wants_schema_reload(self) -> bool:
        asked, self._reload = self._reload, False
        return asked

    def wait(self, seconds: float) -> None:
        self._woken.wait(seconds)
        self._woken.clear()

    @contextmanager
    def handled(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._request_schema_reload)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  the signal module's signature
        self._stopping = True
        self._woken.set()

    def _request_schema_reload(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  the same
        self._reload = True
        self._woken.set()
