"""The command that follows files. Only for the events of a workspace does it need a database."""

from __future__ import annotations

import functools
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Concatenate, ParamSpec

import click

from keepwell.intake.follow.destination import Destination, RowFolder
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.open_files import raise_file_limit
from keepwell.intake.follow.report import JsonReport, TailReport, TerminalReport
from keepwell.intake.follow.rounds import Options, PollResult
from keepwell.intake.follow.tail import Tail
from keepwell.intake.model import Doubtful, Sizes
from keepwell.platform.cli.command_line import Target, home_option, json_option
from keepwell.platform.cli.rejected_rows import report_rejected
from keepwell.platform.cli.units import Duration, Size
from keepwell.platform.clock import SystemClock
from keepwell.platform.config import read_settings
from keepwell.platform.errors import DataValidationError, InfrastructureError, NotFound

Parameters = ParamSpec("Parameters")

_OTHER_FORMATS = {".csv", ".tsv", ".yaml", ".yml", ".xlsx", ".parquet"}


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


def destination_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name its destination, and pass it as `into`."""

    @click.option(
        "--schema",
        "schema_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The JSON Schema of a row; SIGHUP reloads it.",
    )
    @click.option(
        "--into",
        "root",
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder for the segments; created if missing.",
    )
    @click.option(
        "--workspace",
        metavar="NAME",
        help="Read product events, into this workspace; in place of --schema and --into.",
    )
    @home_option
    @functools.wraps(command)
    def with_destination(
        *,
        schema_file: Path | None,
        root: Path | None,
        workspace: str | None,
        home: Path | None,
        **others: Any,
    ) -> None:
        command(into=_destination(schema_file, root, workspace=workspace, home=home), **others)

    return with_destination


def _destination(
    schema_file: Path | None, root: Path | None, *, workspace: str | None, home: Path | None
) -> Destination:
    if workspace is None:
        if schema_file is None or root is None:
            raise click.MissingParameter(
                "For product events, name --workspace instead.",
                param_hint="'--schema'" if schema_file is None else "'--into'",
                param_type="option",
            )
        return RowFolder(root, schema_file)
    for option, value in (("--into", root), ("--schema", schema_file)):
        if value is not None:
            raise click.UsageError(
                f"{option} and --workspace exclude each other: a workspace has its own folder and schema."
            )
    # Imported here, so that rows of a schema need neither the database's client nor the lake's engines.
    from keepwell.intake.follow.workspace_journal import open_workspace_journal  # noqa: PLC0415

    return open_workspace_journal(Target(read_settings(home=home), workspace))


def _require_json_lines(
    ctx: click.Context,  # noqa: ARG001  click's signature
    param: click.Parameter,  # noqa: ARG001  the same
    patterns: tuple[str, ...],
) -> tuple[str, ...]:
    """`patterns`; raises DataValidationError for a name of another format, each line of which would be rejected."""
    for pattern in patterns:
        name = Path(pattern.removesuffix(".gz").removesuffix(".zst"))
        if name.suffix.lower() in _OTHER_FORMATS:
            raise DataValidationError(
                f"{pattern}: `tail` reads JSON Lines, and this is another format by its name.",
                hint=f"`./keepwell convert {pattern} {name.with_suffix('.jsonl')}` converts it; "
                "`./keepwell import` reads CSV and YAML by a mapping.",
            )
    return patterns


@click.command("tail")
@click.argument("patterns", nargs=-1, required=True, metavar="FILE...", callback=_require_json_lines)
@destination_options
@click.option("--once", is_flag=True, help="Read what exists, then exit.")
@click.option(
    "--history",
    "is_history",
    is_flag=True,
    help="With --once and --workspace: these events are a history, known when they happened, and not late.",
)
@sizes_options
@click.option("--poll", type=Duration(), default="250ms", show_default=True, help="Time between two rounds.")
@click.option("--metrics-port", type=click.IntRange(1, 65_535), help="Serve Prometheus metrics on this port.")
@json_option
def tail_command(
    sizes: Sizes,
    patterns: tuple[str, ...],
    into: Destination,
    once: bool,
    is_history: bool,
    poll: float,
    metrics_port: int | None,
    as_json: bool,
) -> None:
    """Follow files of JSON Lines, and keep each row that fits the schema, exactly once.

    FILE is a path or a quoted glob; the rotated, copied and compressed generations of a file are followed
    too. Accepted rows go to ok-*.jsonl, rejected ones with the reason to dlq-*.jsonl.

    With --workspace, each row is a product event as the HTTP intake accepts it: one Segment call. Events are in
    the accounts' activity at once, and in the lake within a minute, or at the end of --once.

    What the first command of a workspace finds is a history, which counts from the time at which it happened. Later events
    count from when they are read; --history says of older files that they are a history too.

    With --once the exit code is 2 if no file matches, and 3 if all rows were rejected.

    \b
    Examples:
      ./keepwell tail 'logs/*.jsonl' --schema sensor.schema.json --into intake --once
      ./keepwell tail 'events/*.jsonl' --workspace default --once
      ./keepwell tail 'archive/*.jsonl.gz' --workspace default --once --history
    """  # noqa: D301  click's mark for a paragraph that it must not wrap
    if is_history and not (once and into.schema() is None):
        raise click.UsageError("--history needs --once and --workspace: later events are no history.")
    metrics, clock, signals = TailMetrics(), SystemClock(), _Signals()
    report: TailReport = JsonReport(metrics, clock) if as_json else TerminalReport(metrics, clock)
    if metrics_port is not None:
        metrics.serve(metrics_port)
    raise_file_limit()
    options = Options(
        watcher=report, sizes=into.sizes(sizes), is_stopping=signals.is_stopping, is_history=is_history
    )
    opened = Tail.open(into.root, patterns, schema=into.schema(), clock=clock, options=options)
    result = PollResult()
    with signals.handled(), opened as tail:
        if once:
            result = _read_once(tail, report)
        else:
            _follow(tail, report, into=into, signals=signals, poll=poll)
        report.doubted(tail.finish())
        into.ended(tail, is_complete=not signals.is_stopping())
    if result.troubles:
        raise _unread(result)
    if once and not result.files:
        raise NotFound(
            f"No file matches {' or '.join(patterns)}.",
            hint="Quote a pattern, so that the shell leaves it as it is; without --once `tail` waits for files.",
        )
    report.finish()
    if report.doubts:
        raise Doubtful(
            f"Not certainly read exactly once: {'; '.join(report.doubts)}.",
            hint="Everything that could be read was read; docs/intake.md says what each reason means.",
        )
    if once and not signals.is_stopping():
        report_rejected(
            sum(metrics.dead_letters.values()),
            taken=metrics.rows + metrics.repeats,
            hint="`./keepwell dead-letters list` shows each with its reason.",
        )


def _follow(tail: Tail, report: TailReport, *, into: Destination, signals: _Signals, poll: float) -> None:
    while not signals.is_stopping():
        report.polled(tail.poll())
        into.polled(tail)
        signals.wait(poll)
        if signals.wants_schema_reload():
            _reload_schema(tail, into, report)


def _read_once(tail: Tail, report: TailReport) -> PollResult:
    while True:
        result = tail.poll()
        report.polled(result)
        if not result.replaced:
            break
    # An unterminated line may have been waiting for its rest until now.
    result = tail.poll(is_last=True)
    report.polled(result)
    return result


def _reload_schema(tail: Tail, into: Destination, report: TailReport) -> None:
    try:
        schema = into.schema()
        if schema is None:
            return
        tail.use_schema(schema)
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
        is_requested, self._reload = self._reload, False
        return is_requested

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
