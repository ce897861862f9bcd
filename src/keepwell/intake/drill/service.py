"""The drill: files are written and rotated while the process that follows them is killed, again and again.

Every row has a number, so that each can be counted at the end: a missing one is lost, a repeated one is
duplicated.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from keepwell.intake.drill.record import Place, Recorder, number_of, places_of
from keepwell.intake.drill.writer import Writer
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.tail import Tail
from keepwell.intake.journal.segments import read_lines
from keepwell.intake.journal.verify import verify
from keepwell.intake.model import ACCEPTED, STREAMS, Sizes
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
_MOST_FINDINGS = 10
_STEPS_AFTER = 12


class DrillResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, and its effect on the rows.

    `doubled` counts the repetitions that nothing announced; those in files that were named as perhaps read before
    are `named`. `findings` say of the first doubled rows which commits took them from which files.
    """

    kills: int
    rotations: int
    rows: int
    segments: int
    lost: int
    doubled: int
    named: int
    damages: int
    seed: int
    findings: Sequence[str] = ()


class Repetitions(msgspec.Struct, frozen=True):
    """How often rows were repeated, in files that were not named as doubtful, and in those that were."""

    doubled: int = 0
    named: int = 0
    findings: Sequence[str] = ()


def drill_intake(folder: Path, *, kills: int, seed: int, clock: Clock, progress: Progress) -> DrillResult:
    """Kill the process that follows the files in `folder`, which must be empty, `kills` times with SIGKILL.

    `seed` determines what is written, how it is rotated and between which of these the process is killed. How far
    the process has come by then depends on the machine: a failure need not repeat, so its result explains it.
    """
    logs, into = folder / "logs", folder / "intake"
    logs.mkdir()
    writer = Writer(logs / PATTERN, random.Random(seed))  # noqa: S311  a drill must be repeatable
    with _follower(logs, into) as killed_after, progress.step("Killing the intake", total=kills) as step:
        for _ in range(kills):
            killed_after(writer.work)
            step.advance()
    _read_the_rest(logs, into, clock=clock)
    counts = count_rows(into)
    repeated = repetitions(counts, into, writer=writer)
    return DrillResult(
        kills=kills,
        rotations=writer.rotations,
        rows=writer.written,
        segments=_segments(into),
        lost=writer.written - len(counts),
        doubled=repeated.doubled,
        named=repeated.named,
        damages=len(verify(into, progress=SilentProgress()).damages),
        seed=seed,
        findings=repeated.findings,
    )


@contextmanager
def followed(logs: Path, into: Path, *, clock: Clock) -> Iterator[Tail]:
    """Follow the drill's files, and record each commit."""
    options = Options(watcher=Recorder(_record_of(into)), sizes=SIZES)
    with Tail.open(into, [str(logs / PATTERN)], schema=SCHEMA, clock=clock, options=options) as tail:
        yield tail


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
    with followed(logs, into, clock=clock) as tail:
        tail.poll()
        tail.poll(is_last=True)


def count_rows(into: Path) -> Counter[int]:
    """How often each row occurs, accepted or as a dead letter."""
    with closing(State(into)) as state:
        segments = [segment for stream in STREAMS for segment in state.segments(stream)]
    numbers = (number_of(row, each.stream) for each in segments for row in read_lines(into, each))
    return Counter(number for number in numbers if number is not None)


def repetitions(counts: Counter[int], into: Path, *, writer: Writer) -> Repetitions:
    """Which rows were kept more than once, and how that came about."""
    rows = sorted(row for row, count in counts.items() if count > 1)
    if not rows:
        return Repetitions()
    with closing(State(into)) as state:
        doubtful = {doubt.source for doubt in state.doubts()}
    places = places_of(rows, into, record=_record_of(into))
    # One place is right, whichever it is.
    named = {row: min(len(at) - 1, sum(each.source in doubtful for each in at)) for row, at in places.items()}
    unnamed = {row: counts[row] - 1 - named[row] for row in rows}
    findings = [_finding(row, places[row], writer) for row in rows if unnamed[row]][:_MOST_FINDINGS]
    return Repetitions(sum(unnamed.values()), sum(named.values()), findings)


def _finding(row: int, places: Sequence[Place], writer: Writer) -> str:
    """Where a row came from, each time, and what had been done to its file."""
    kept = "; ".join(map(str, places))
    did = "; ".join(
        f"during process {done.life}: {done.what}" for done in writer.after(row, steps=_STEPS_AFTER)
    )
    return f"Row {row} was kept {len(places)} times: in {kept}. What the writer did: {did}."


def _segments(into: Path) -> int:
    with closing(State(into)) as state:
        return sum(segment.sealed_at is not None for segment in state.segments(ACCEPTED))


def _record_of(into: Path) -> Path:
    return into.with_name("commits.jsonl")
