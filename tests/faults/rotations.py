"""Every order of the steps of a program that writes and rotates a log, of the process that follows it, and of kills.

The process runs in this one. Before each of its calls that look at a file or change one, the plan may let the writer
take steps, or kill the process: then nothing of it is left but what is on the disk.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keepwell.intake.store import State
from tests.unit.intake.follow.logs import Logs

LIVE = "app.log"
MALFORMED_EACH = 5
# What a process calls to look at files, and to change its own.
_CALLS = ("open", "pread", "fstat", "stat", "lstat", "listdir", "scandir", "fdatasync", "rename")

Step = Callable[[], object]


class Killed(BaseException):
    """The process that follows the files is killed here."""


class Act(msgspec.Struct, frozen=True):
    """One thing that the writer does, with the number of calls that the process makes before each of its steps.

    `what` is a method of Writer, or `kill`; `amount` is a number of rows or chooses a file.
    """

    what: str
    amount: int = 0
    gaps: tuple[int, ...] = (0,)


class Writer:
    """Writes a log and rotates it, one step after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / LIVE
        self._generations = 0
        self.written = 0

    def steps(self, act: Act) -> Iterator[Step]:
        """The steps of `act`."""
        steps: Iterator[Step] = getattr(self, f"_{act.what}")(act.amount)
        yield from steps

    def _write(self, rows: int) -> Iterator[Step]:
        text = self._rows(rows)
        half = len(text) // 2
        with self._log.open("ab", buffering=0) as file:
            yield lambda: file.write(text[:half])
            yield lambda: file.write(text[half:])

    def _rename(self, _: int) -> Iterator[Step]:
        if self._log.exists():
            yield lambda: self._log.rename(self._next())

    def _rename_within_line(self, rows: int) -> Iterator[Step]:
        """The program keeps its file open, and ends its line in the renamed file."""
        text = self._rows(rows)
        with self._log.open("ab", buffering=0) as file:
            yield lambda: file.write(text[:-7])
            yield lambda: self._log.rename(self._next())
            yield lambda: file.write(text[-7:])

    def _shift(self, _: int) -> Iterator[Step]:
        """Each generation gets the next number, the oldest first."""
        names = {int(path.name.split(".")[2]): path for path in self._folder.glob(f"{LIVE}.*")}
        for number in sorted(names, reverse=True):
            path = names[number]
            rest = path.name.removeprefix(f"{LIVE}.{number}")
            yield lambda path=path, number=number, rest=rest: path.rename(  # type: ignore[misc]
                path.with_name(f"{LIVE}.{number + 1}{rest}")
            )
        self._generations += 1
        if self._log.exists():
            yield lambda: self._log.rename(self._log.with_name(f"{LIVE}.1"))

    def _copy_and_truncate(self, _: int) -> Iterator[Step]:
        if self._log.exists():
            yield from self._put(self._next(), self._log.read_bytes())
            yield lambda: os.truncate(self._log, 0)

    def _compress(self, choice: int) -> Iterator[Step]:
        """As gzip and logrotate do: the copy gets the time of the original, which is then removed."""
        yield from self._packed(choice, keep_time=True)

    def _compress_without_time(self, choice: int) -> Iterator[Step]:
        """As a rotator in Python does."""
        yield from self._packed(choice, keep_time=False)

    def _packed(self, choice: int, *, keep_time: bool) -> Iterator[Step]:
        plain = sorted(path for path in self._folder.glob(f"{LIVE}.*") if path.suffix != ".gz")
        if not plain:
            return
        path = plain[choice % len(plain)]
        packed = path.with_name(f"{path.name}.gz")
        yield from self._put(packed, gzip.compress(path.read_bytes(), compresslevel=1, mtime=0))
        if keep_time:
            modified = path.stat().st_mtime_ns
            yield lambda: os.utime(packed, ns=(modified, modified))
        yield path.unlink

    def _put(self, path: Path, text: bytes) -> Iterator[Step]:
        half = len(text) // 2
        yield lambda: path.open("xb").close()
        with path.open("ab", buffering=0) as file:
            yield lambda: file.write(text[:half])
            yield lambda: file.write(text[half:])

    def _rows(self, rows: int) -> bytes:
        numbers = range(self.written, self.written + rows)
        self.written += rows
        return b"".join(_row(number) for number in numbers)

    def _next(self) -> Path:
        self._generations += 1
        return self._log.with_name(f"{LIVE}.{self._generations}")


def _row(number: int) -> bytes:
    value = str(number) if number % MALFORMED_EACH else f'"{number}"'
    return f'{{"n": {value}, "note": "{"x" * (number * 7 % 50)}"}}\n'.encode()


class Outcome(msgspec.Struct):
    """The rows that were never kept and those kept more than once, the doubts that were named, and what happened."""

    lost: list[int]
    repeated: list[int]
    doubts: set[str]
    history: list[str]

    def story(self) -> str:
        """Everything that explains a failure."""
        head = f"lost {self.lost}, repeated {self.repeated}, named {sorted(self.doubts)}"
        return "\n  ".join([head, *self.history])


class Play:
    """Runs a plan."""

    def __init__(self, folder: Path) -> None:
        self._logs = Logs(folder, pattern=LIVE)
        self._writer = Writer(self._logs.folder)
        self._is_writing = False
        self._ahead = 0
        self._next: Iterator[tuple[int, str, Step | None]] = iter(())
        self._due: tuple[int, str, Step | None] | None = None
        self._doubts: set[str] = set()
        self.history: list[str] = []

    def run(self, plan: Sequence[Act], monkeypatch: pytest.MonkeyPatch) -> Outcome:
        """Do what `plan` says, then read what is left."""
        self._next = self._timed(plan)
        with monkeypatch.context() as patch:
            for name in _CALLS:
                patch.setattr(os, name, self._watched(name, getattr(os, name)))
            self._advance()
            while self._due is not None:
                try:
                    self._follow()
                except Killed:
                    self.history.append("-- killed")
        with self._logs.followed() as tail:
            for is_last in (False, False, True):
                self._doubts |= set(tail.poll(is_last=is_last).doubts.values())
        counts = Counter(self._logs.numbers())
        counts.update(
            int(json.loads(each.row)["n"]) for each in self._logs.letters() if each.code == "schema"
        )
        with closing(State(self._logs.into)) as state:
            self._doubts |= {doubt.why for doubt in state.doubts()}
        return Outcome(
            lost=[row for row in range(self._writer.written) if not counts[row]],
            repeated=sorted(row for row, count in counts.items() if count > 1),
            doubts=self._doubts,
            history=self.history,
        )

    def _follow(self) -> None:
        self.history.append("-- process")
        with self._logs.followed() as tail:
            while self._due is not None:
                self.history.append("-- round")
                result = tail.poll()
                self._doubts |= set(result.doubts.values())
                # A round in which nothing is looked at would never end.
                self._moment("end")

    def _timed(self, plan: Sequence[Act]) -> Iterator[tuple[int, str, Step | None]]:
        for act in plan:
            if act.what == "kill":
                yield act.gaps[0], "kill", None
                continue
            for index, step in enumerate(self._writer.steps(act)):
                yield act.gaps[index % len(act.gaps)], f"{act.what}({act.amount}) {index}", step

    def _advance(self) -> None:
        self._is_writing = True
        try:
            self._due = next(self._next, None)
        finally:
            self._is_writing = False
        self._ahead = self._due[0] if self._due else 0

    def _moment(self, name: str) -> None:
        while self._due is not None and not self._ahead:
            _, what, step = self._due
            self.history.append(f"{what} before {name}")
            if step is None:
                self._advance()
                raise Killed
            self._is_writing = True
            try:
                step()
            finally:
                self._is_writing = False
            self._advance()
        self._ahead -= 1

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            if not self._is_writing:
                self._moment(f"{name} {_shown(arguments)}")
            return call(*arguments, **options)

        return watched


def _shown(arguments: tuple[Any, ...]) -> str:
    first = arguments[0] if arguments else ""
    return Path(first).name if isinstance(first, str | Path) else " ".join(map(str, arguments))[:40]
