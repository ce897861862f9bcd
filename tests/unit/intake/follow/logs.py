"""A folder of log files, and the intake that they are followed into."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import zstandard

from keepwell.intake.files import Fs
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options, PollResult
from keepwell.intake.follow.tail import Tail
from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.journal.segments import read_lines
from keepwell.intake.model import ACCEPTED, DeadLetter, Segment, Sizes, StreamName
from keepwell.intake.schema.validation import Schema, compile_schema
from keepwell.intake.store import State
from tests.unit.intake.sample_events import CLOCK

READING = compile_schema(
    b'{"type": "object", "required": ["n"], "additionalProperties": false,'
    b' "properties": {"n": {"type": "integer"}, "note": {"type": "string"}}}',
    place="reading.schema.json",
)
SMALL = Sizes(commit=2_000, segment=10_000, row=1_000)


def line(number: int, note: str = "") -> bytes:
    return b'{"n": %d, "note": "%s"}\n' % (number, note.encode())


def lines(numbers: Iterable[int]) -> bytes:
    # Long enough that a few tell one file from another.
    return b"".join(line(number, "x" * 40) for number in numbers)


@cache
def compress(text: bytes, suffix: str) -> bytes:
    packers = {
        ".gz": lambda: gzip.compress(text, mtime=0),
        ".bz2": lambda: bz2.compress(text),
        ".xz": lambda: lzma.compress(text, preset=0),
        ".zst": lambda: zstandard.compress(text),
    }
    return packers[suffix]()


class Logs:
    """Files as a program writes and rotates them, and the rows read from them."""

    def __init__(self, folder: Path, *, sizes: Sizes = SMALL, pattern: str = "*.log") -> None:
        self.folder = folder / "logs"
        self.folder.mkdir()
        self.into = folder / "intake"
        self.sizes = sizes
        self.patterns = [str(self.folder / pattern)]

    def append(self, name: str, text: bytes) -> Path:
        path = self.folder / name
        with path.open("ab") as file:
            file.write(text)
        return path

    def rename(self, old: str, new: str) -> None:
        (self.folder / old).rename(self.folder / new)

    def copy_and_truncate(self, name: str, copy: str) -> None:
        shutil.copyfile(self.folder / name, self.folder / copy)
        os.truncate(self.folder / name, 0)

    def compress(self, name: str, suffix: str = ".gz") -> None:
        text = (self.folder / name).read_bytes()
        (self.folder / f"{name}{suffix}").write_bytes(compress(text, suffix))
        (self.folder / name).unlink()

    @contextmanager
    def followed(
        self, *, schema: Schema = READING, files: Fs | None = None, options: Options | None = None
    ) -> Iterator[Tail]:
        options = options or Options(watcher=TailMetrics(), sizes=self.sizes)
        with Tail.open(
            self.into, self.patterns, schema=schema, clock=CLOCK, options=options, files=files
        ) as tail:
            yield tail

    def poll(self, *, is_last: bool = False) -> PollResult:
        """One round in a new process."""
        with self.followed() as tail:
            return tail.poll(is_last=is_last)

    def segments(self, stream: StreamName) -> list[Segment]:
        with closing(State(self.into)) as state:
            return state.segments(stream)

    def accepted(self) -> list[bytes]:
        return [row for segment in self.segments(ACCEPTED) for row in read_lines(self.into, segment)]

    def numbers(self) -> list[int]:
        """The numbers of the accepted rows, in their order."""
        return [json.loads(row)["n"] for row in self.accepted()]

    def letters(self) -> list[DeadLetter]:
        return list(read_dead_letters(self.into))
