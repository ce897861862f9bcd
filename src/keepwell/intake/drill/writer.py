"""The program whose files the drill's process follows: it writes a log and rotates it in each of the usual ways."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import time
from pathlib import Path

import msgspec

_LONGEST_LIFE, _LONGEST_PAUSE = 0.12, 0.024
_MOST_ROWS = 1_500
_MALFORMED_EACH = 40
_ROTATES = 0.3


class Done(msgspec.Struct, frozen=True):
    """Something that the writer did during the life of process number `life`; `written` rows existed then."""

    life: int
    written: int
    what: str


class Writer:
    """Writes and rotates; `rng` alone determines what, and `history` says what was done."""

    def __init__(self, log: Path, rng: random.Random) -> None:
        self._log = log
        self._rng = rng
        self._generations = 0
        self._life = 0
        self.written = 0
        self.rotations = 0
        self.history: list[Done] = []

    def work(self) -> None:
        """Write for the lifetime of one process, which is killed at the end."""
        self._life += 1
        # No clock is asked: the same seed must give the same files on a slow machine.
        left = self._rng.uniform(0, _LONGEST_LIFE)
        while left > 0:
            self._write(self._rng.randrange(_MOST_ROWS))
            if self._rng.random() < _ROTATES:
                self._rng.choice([self._rename, self._copy_and_truncate, self._compress])()
            pause = self._rng.uniform(0, _LONGEST_PAUSE)
            time.sleep(pause)
            left -= pause

    def after(self, row: int, *, steps: int) -> list[Done]:
        """What was done when `row` was written, and the next `steps` things after that."""
        first = next((at for at, done in enumerate(self.history) if done.written > row), len(self.history))
        return self.history[first : first + steps]

    def _did(self, what: str) -> None:
        self.history.append(Done(self._life, self.written, what))

    def _write(self, rows: int) -> None:
        numbers = range(self.written, self.written + rows)
        text = b"".join(self._row(number) for number in numbers)
        # In two pieces, so that a round may find half a line.
        half = len(text) // 2
        with self._log.open("ab", buffering=0) as file:
            file.write(text[:half])
            file.write(text[half:])
        self.written += rows
        self._did(f"wrote {rows} rows")

    def _row(self, number: int) -> bytes:
        pad = "x" * self._rng.randrange(100)
        if number % _MALFORMED_EACH:
            return b'{"n": %d, "pad": "%s"}\n' % (number, pad.encode())
        return b'{"n": "%d", "pad": "%s"}\n' % (number, pad.encode())

    def _rename(self) -> None:
        if self._log.exists():
            path = self._next_generation()
            self._log.rename(path)
            self._did(f"renamed the log to {path.name}")

    def _copy_and_truncate(self) -> None:
        if self._log.exists():
            path = self._next_generation()
            shutil.copyfile(self._log, path)
            os.truncate(self._log, 0)
            self._did(f"copied the log to {path.name} and truncated it")

    def _compress(self) -> None:
        """As gzip and logrotate do: the compressed file has the times of the one that it replaces."""
        plain = sorted(self._log.parent.glob(f"{self._log.name}.*[0-9]"))
        if plain:
            path = self._rng.choice(plain)
            packed = path.with_name(f"{path.name}.gz")
            packed.write_bytes(gzip.compress(path.read_bytes(), compresslevel=1))
            shutil.copystat(path, packed)
            path.unlink()
            self.rotations += 1
            self._did(f"compressed {path.name}")

    def _next_generation(self) -> Path:
        self._generations += 1
        self.rotations += 1
        return self._log.with_name(f"{self._log.name}.{self._generations}")
