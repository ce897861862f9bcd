"""The drill: files are written and rotated while the process that follows them is killed, again and again.

Every row has a number, so that each can be counted at the end: a missing one is lost, a repeated one is
duplicated.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.tail import Tail
from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.journal.segments import read_lines
from keepwell.intake.journal.verify import verify
from keepwell.intake.model import ACCEPTED, Sizes
from keepwell.intake.schema.validation import compile_schema
from keepwell.intake.store import State
from keepwell.platform.clock import Clock
from keepwell.platform.progress import Progress, SilentProgress

PATTERN = "drill.log"
SIZES = Sizes(commit=20_000, segment=200_000, row=10_000)
SCHEMA = compile_schema(
    b'{"type": "object", "required": ["n"], "additionalProperties": false,'
    b' "properties": {"n": {"type": "integer"}, "pad": {"type": "string"}}}',
    place="drill",
)
_LONGEST_LIFE = 0.12
_MOST_ROWS = 1_500
_MALFORMED_EACH = 40


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, and its effect on the rows."""

    kills: int
    rotations: int
    rows: int
    segments: int
    lost: int
    doubled: int
    damages: int
    seed: int


def drill_intake(folder: Path, *, kills: int, seed: int, clock: Clock, progress: Progress) -> DrillResult:
    """Kill the process that follows the files in `folder`, which must be empty, `kills` times with SIGKILL.

    `seed` determines what is written, how it is rotated and when the process is killed.
    """
    logs, into = folder / "logs", folder / "intake"
    logs.mkdir()
    writer = _Writer(logs, random.Random(seed))  # noqa: S311  a drill must be repeatable
    with _follower(logs, into) as killed_after, progress.step("Killing the intake", total=kills) as step:
        for _ in range(kills):
            killed_after(writer.work)
            step.advance()
    _read_the_rest(logs, into, clock=clock)
    counts = _numbers(into)
    return DrillResult(
        kills=kills,
        rotations=writer.rotations,
        rows=writer.written,
        segments=_segments(into),
        lost=writer.written - len(counts),
        doubled=counts.total() - len(counts),
        damages=len(verify(into, progress=SilentProgress()).damages),
        seed=seed,
    )


class _Writer:
    """A program that writes a log and rotates it in each of the usual ways."""

    def __init__(self, logs: Path, rng: random.Random) -> None:
        self._log = logs / PATTERN
        self._rng = rng
        self._generations = 0
        self.written = 0
        self.rotations = 0

    def work(self) -> None:
        """Write for the lifetime of one process, which is killed at the end."""
        ends = time.monotonic() + self._rng.uniform(0, _LONGEST_LIFE)
        while time.monotonic() < ends:
            self._write(self._rng.randrange(_MOST_ROWS))
            if self._rng.random() < 0.3:  # noqa: PLR2004  about a rotation for each kill
                self._rng.choice([self._rename, self._copy_and_truncate, self._compress])()
            time.sleep(self._rng.uniform(0, _LONGEST_LIFE / 10))

    def _write(self, rows: int) -> None:
        numbers = range(self.written, self.written + rows)
        text = b"".join(self._row(number) for number in numbers)
        # In two pieces, so that a round may find half a line.
        half = len(text) // 2
        with self._log.open("ab", buffering=0) as file:
            file.write(text[:half])
            file.write(text[half:])
        self.written += rows

    def _row(self, number: int) -> bytes:
        pad = "x" * self._rng.randrange(100)
        if number % _MALFORMED_EACH:
            return b'{"n": %d, "pad": "%s"}\n' % (number, pad.encode())
        return b'{"n": "%d", "pad": "%s"}\n' % (number, pad.encode())

    def _rename(self) -> None:
        if self._log.exists():
            self._log.rename(self._next_generation())

    def _copy_and_truncate(self) -> None:
        if self._log.exists():
            shutil.copyfile(self._log, self._next_generation())
            os.truncate(self._log, 0)

    def _compress(self) -> None:
        plain = sorted(self._log.parent.glob(f"{PATTERN}.*[0-9]"))
        if plain:
            path = self._rng.choice(plain)
            packed = path.with_name(f"{path.name}.gz")
            packed.write_bytes(gzip.compress(path.read_bytes(), compresslevel=1))
            path.unlink()
            self.rotations += 1

    def _next_generation(self) -> Path:
        self._generations += 1
        self.rotations += 1
        return self._log.with_name(f"{PATTERN}.{self._generations}")


@contextmanager
def _follower(logs: Path, into: Path) -> Iterator[Callable[[Callable[[], None]], None]]:
    """A function that runs its argument while a process follows the files, and then kills the process."""
    command = [sys.executable, "-m", "keepwell.intake.drill.child", str(logs), str(into)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as launcher:  # noqa: S603  ourselves
        orders, answers = launcher.stdin, launcher.stdout
        assert orders is not None  # noqa: S101  for the type checker: these are pipes
        assert answers is not None  # noqa: S101  the same

        def killed_after(work: Callable[[], None]) -> None:
            orders.write("follow\n")
            orders.flush()
            process = int(answers.readline())
            work()
            os.kill(process, signal.SIGKILL)
            answers.readline()

        yield killed_after
        orders.close()


def _read_the_rest(logs: Path, into: Path, *, clock: Clock) -> None:
    options = Options(watcher=TailMetrics(), sizes=SIZES)
    with Tail.open(into, [str(logs / PATTERN)], schema=SCHEMA, clock=clock, options=options) as tail:
        tail.poll()
        tail.poll(is_last=True)


def _numbers(into: Path) -> Counter[int]:
    """How often each row occurs, accepted or as a dead letter."""
    with closing(State(into)) as state:
        segments = state.segments(ACCEPTED)
    counts = Counter(json.loads(row)["n"] for segment in segments for row in read_lines(into, segment))
    letters = read_dead_letters(into, code="schema")
    counts.update(int(json.loads(letter.row)["n"]) for letter in letters)
    return counts


def _segments(into: Path) -> int:
    with closing(State(into)) as state:
        return sum(segment.sealed_at is not None for segment in state.segments(ACCEPTED))
