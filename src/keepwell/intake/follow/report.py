"""What the command says while it follows files: lines for a reader, or JSON lines for a program."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
import msgspec

from keepwell.intake.follow.metrics import TailMetrics, lag_seconds
from keepwell.intake.follow.sources import as_text
from keepwell.intake.follow.tail import Outlook, Taken
from keepwell.intake.schema.drift import Change, sentence
from keepwell.platform.clock import Clock

_SECONDS_BETWEEN = 1.0


class Standing(msgspec.Struct, frozen=True, kw_only=True, tag_field="report"):
    """How the work stands; bytes and rows are counted since the start of the command."""

    rows: int
    bytes: int
    dead_letters: Mapping[str, int]
    files: int
    lag_bytes: int
    lag_seconds: float
    copies: list[str]
    troubles: Mapping[str, str]


class Progress(Standing, frozen=True, tag="progress"):
    """While files are followed."""


class Summary(Standing, frozen=True, tag="summary"):
    """When the work has ended."""


class Report(ABC):
    """Tells at most once a second how the work stands, and at once what cannot be read."""

    def __init__(self, metrics: TailMetrics, clock: Clock) -> None:
        self.metrics = metrics
        self._clock = clock
        self._outlook = Outlook()
        self._told: tuple[int, int] = (0, 0)
        self._told_at = time.monotonic()

    @contextmanager
    def committing(self, taken: Taken) -> Iterator[None]:
        """Count a commit once it is durable."""
        with self.metrics.committing(taken):
            yield
        self._tell_progress()

    def drifted(self, change: Change, place: str) -> None:
        """Count and tell of a change of columns."""
        self.metrics.drifted(change, place)
        self.tell_drift(change, place)

    def looked(self, outlook: Outlook) -> None:
        """Take over how the files stand after a round."""
        self.metrics.looked(outlook, now=self._clock.now())
        before, self._outlook = self._outlook, outlook
        self.troubled(before.troubles, outlook.troubles)
        self._tell_progress()

    def ended(self) -> None:
        """Tell the sum of it all."""
        self.tell(self._standing(Summary))

    @abstractmethod
    def tell(self, standing: Standing) -> None:
        """Print how the work stands."""

    @abstractmethod
    def troubled(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Print which files cannot be read any more, and which can again."""

    @abstractmethod
    def tell_drift(self, change: Change, place: str) -> None:
        """Print in which way rows differ from the schema, once."""

    @abstractmethod
    def schema_was_read(self, problem: str | None) -> None:
        """Print whether the schema was read anew, or why the old one stays."""

    def _tell_progress(self) -> None:
        count = (self.metrics.bytes, sum(self._outlook.unread.values()))
        if count != self._told and time.monotonic() - self._told_at >= _SECONDS_BETWEEN:
            self._told, self._told_at = count, time.monotonic()
            self.tell(self._standing(Progress))

    def _standing(self, kind: type[Standing]) -> Standing:
        outlook = self._outlook
        return kind(
            rows=self.metrics.rows,
            bytes=self.metrics.bytes,
            dead_letters=dict(sorted(self.metrics.dead_letters.items())),
            files=outlook.files,
            lag_bytes=sum(outlook.unread.values()),
            lag_seconds=round(lag_seconds(outlook, now=self._clock.now()), 3),
            copies=[as_text(copy.file.path) for copy in outlook.copies],
            troubles=outlook.troubles,
        )


class JsonReport(Report):
    """One JSON document a line on standard output."""

    def tell(self, standing: Standing) -> None:
        """Print how the work stands."""
        _print(standing)

    def troubled(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Print the files that cannot be read, where they changed."""
        if before != now:
            _print({"report": "troubles", "troubles": now})

    def tell_drift(self, change: Change, place: str) -> None:
        """Print the change."""
        _print({"report": "drift", "change": change, "place": place})

    def schema_was_read(self, problem: str | None) -> None:
        """Print whether the schema was read anew."""
        _print({"report": "schema", "problem": problem})


class TerminalReport(Report):
    """Plain lines: the work on standard error, the sum of it on standard output."""

    def tell(self, standing: Standing) -> None:
        """Print how the work stands."""
        letters = sum(standing.dead_letters.values())
        text = f"{standing.rows:,} rows taken, {letters:,} dead letters, from {standing.files:,} files"
        if isinstance(standing, Progress):
            click.echo(f"{text}; {standing.lag_bytes:,} bytes behind", err=True)
            return
        if not standing.files:
            click.echo("No file has such a name; the files of a folder are 'folder/*.jsonl'.", err=True)
        reasons = ", ".join(f"{count:,} {code}" for code, count in standing.dead_letters.items())
        click.echo(f"{text}." + (f" Dead letters: {reasons}." if reasons else ""))
        if standing.lag_bytes:
            click.echo(f"{standing.lag_bytes:,} bytes wait for the end of their line.")
        for path in standing.copies:
            click.echo(f"{path} repeats what was read elsewhere and was not read again.")

    def troubled(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Print what changed."""
        for path, why in now.items():
            if before.get(path) != why:
                click.echo(f"{path} cannot be read: {why}. It is tried again.", err=True)
        for path in before.keys() - now.keys():
            click.echo(f"{path} can be read again, or is gone.", err=True)

    def tell_drift(self, change: Change, place: str) -> None:
        """Print the change."""
        click.echo(f"{place}: {sentence(change)}.", err=True)

    def schema_was_read(self, problem: str | None) -> None:
        """Print whether the schema was read anew."""
        text = f"The schema stays as it was: {problem}" if problem else "The schema was read anew."
        click.echo(text, err=True)


def _print(value: object) -> None:
    click.echo(msgspec.json.encode(value).decode())
