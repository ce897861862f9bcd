"""What the rooms' commands share: options, progress on the terminal, and how results are printed."""

from __future__ import annotations

import asyncio
import functools
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar

import click
import msgspec
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from keepwell.platform.cli.visible import visible, visible_json
from keepwell.platform.config import Settings, read_settings
from keepwell.platform.progress import Step
from keepwell.platform.runtime import Runtime

if TYPE_CHECKING:
    from keepwell.platform.bus import Bus

_WIDEST = 400
# Of a column whose texts are folded.
_NARROWEST = 8
_ENDING = (signal.SIGINT, signal.SIGTERM)
_SECONDS_TO_END_AGAIN = 0.05
_SECONDS_UNTIL_THE_LOOP_TURNS = 0.5

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Item = TypeVar("Item")


class Target(msgspec.Struct, frozen=True):
    """Where a command acts: the settings of a home and the slug of a workspace in it."""

    settings: Settings
    workspace: str


home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the data live, in place of KEEPWELL_HOME.",
)


def targets_workspace(command: Callable[Concatenate[Target, Parameters], Result]) -> Callable[..., Result]:
    """Add `--home` and `--workspace` to a command and pass it the resulting `Target`."""

    @click.option("--workspace", default="default", metavar="NAME", help="Act on another workspace.")
    @home_option
    @functools.wraps(command)
    def with_target(
        home: Path | None, workspace: str, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        return command(Target(read_settings(home=home), workspace), *args, **kwargs)

    return with_target


class _Rooms(Protocol):
    def event_bus(self, runtime: Runtime) -> Bus: ...


def event_bus(runtime: Runtime) -> Bus:
    """The bus of a command, from the object that `app` gives to the root command."""
    rooms: _Rooms = click.get_current_context().find_root().obj
    return rooms.event_bus(runtime)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine; SIGINT or SIGTERM interrupts it, and its cleanup still runs.

    Raises KeyboardInterrupt after the cleanup of interrupted work.
    """
    with _swallowed_endings_repeated(), asyncio.Runner() as runner:
        ending = _Ending(runner.get_loop())
        try:
            return runner.run(ending.ends(work))
        except asyncio.CancelledError:
            if ending.has_begun:
                raise KeyboardInterrupt from None
            raise


class _Ending:
    """Cancels a command's work at a signal, which leaves no lock held and no connection in mid-answer.

    An exception raised at once could strike a driver between taking a lock and the statement that gives it
    back, and the cleanup would then never get that lock. But long work on files may not reach an
    await for minutes: if the loop does not turn in time, the work is interrupted where it stands.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._task: asyncio.Task[Any] | None = None
        self.has_begun = False

    async def ends(self, work: Coroutine[Any, Any, Result]) -> Result:
        self._task = asyncio.current_task()
        for each in _ENDING:
            signal.signal(each, self._begin)
        return await work

    def _begin(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  signal's signature
        self.has_begun = True
        _end_only_once()
        signal.signal(signal.SIGALRM, _end)
        signal.setitimer(signal.ITIMER_REAL, _SECONDS_UNTIL_THE_LOOP_TURNS)
        self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self._task is not None:
            self._task.cancel()


def _end(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  the signal module's signature
    _end_only_once()
    raise KeyboardInterrupt


def _end_only_once() -> None:
    # The cleanup must not be interrupted as well.
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)


@contextmanager
def _swallowed_endings_repeated() -> Iterator[None]:
    """End once more if a finaliser or a callback from C was interrupted, since these swallow what is raised."""
    report = sys.unraisablehook

    def end_again(unraisable: sys.UnraisableHookArgs) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            report(unraisable)
            return
        # Not at once: what is raised in here would be swallowed too.
        signal.signal(signal.SIGALRM, _end)
        signal.setitimer(signal.ITIMER_REAL, _SECONDS_TO_END_AGAIN)

    sys.unraisablehook = end_again
    try:
        yield
    finally:
        sys.unraisablehook = report


def print_json(value: object) -> None:
    """Print `value` as one JSON document on standard output."""
    click.echo(visible_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()))


def print_listed(items: Sequence[Item], line: Callable[[Item], str], *, as_json: bool) -> None:
    """Print `items` as one JSON document, or each as a line; standard error says if there are none."""
    if as_json:
        print_json(items)
        return
    if not items:
        click.echo("There are none.", err=True)
    for item in items:
        click.echo(visible(line(item)))


def print_table(table: Table) -> None:
    """Print `table` in a terminal's width by folding its texts, else at its natural width: no figure is truncated."""
    for column in table.columns:
        # As text, since square brackets in a plain string would be markup.
        column._cells = [Text(visible(each)) if isinstance(each, str) else each for each in column.cells]  # noqa: SLF001  rich has no other way
        if isinstance(column.header, str):
            column.header = Text(visible(column.header))
    console = Console()
    natural = table.__rich_measure__(console, console.options.update(max_width=_WIDEST)).maximum
    if console.is_terminal and natural > console.width >= _folded(table, console, natural=natural):
        console.print(table)
    else:
        Console(width=max(console.width, natural), soft_wrap=True).print(table, crop=False)


def _folded(table: Table, console: Console, *, natural: int) -> int:
    """How narrow the table, of the `natural` width, may be: its columns of text can be folded, and those of figures not."""
    narrowest, options = natural, console.options.update(max_width=_WIDEST)
    for column in table.columns:
        if column.justify == "right":
            column.no_wrap = True
            continue
        column.overflow = "fold"
        widest = max(
            Measurement.get(console, options, each).maximum for each in (column.header, *column.cells)
        )
        column.min_width = min(widest, _NARROWEST)
        narrowest -= widest - column.min_width
    return narrowest


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse the day; fails with the option's name for anything else."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC).date()
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2024-12-31.", param, ctx)


class _Bar(Step):
    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def advance(self, by: int = 1) -> None:
        self._bars.advance(self._task, by)


class TerminalProgress:
    """Draws one progress bar per step on standard error, or prints one line per step if that is not a terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    @contextmanager
    def step(self, label: str, *, total: int | None) -> Iterator[Step]:
        """Open a step of `total` units; None if the total is unknown."""
        if not self._console.is_terminal:
            click.echo(visible(f"{label} ..."), err=True)
        bars = Bars(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        with bars:
            task = bars.add_task(visible(label), total=total)
            yield _Bar(bars, task)
            # What was counted is the total; a step that counted nothing was one unit of work.
            done = bars.tasks[task].completed or 1
            bars.update(task, total=done, completed=done)
