"""The command's output while it follows files: lines for people, or JSON lines for programs."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
import msgspec

from keepwell.intake.follow.metrics import TailMetrics, lag_seconds
from keepwell.intake.follow.rounds import CommitStats, PollResult
from keepwell.intake.schema.drift import Change, sentence
from keepwell.platform.cli.visible import visible, visible_json
from keepwell.platform.clock import Clock
from keepwell.platform.values.path_texts import as_text

_SECONDS_BETWEEN = 1.0


class TailCounts(msgspec.Struct, frozen=True, kw_only=True, tag_field="report"):
    """The present counts; bytes and rows are counted since the start of the command."""

    rows: int
    bytes: int
    dead_letters: Mapping[str, int]
    repeats: int
    files: int
    lag_bytes: int
    lag_seconds: float
    copies: list[str]
    troubles: Mapping[str, str]
    doubts: Mapping[str, str]


class TailProgress(TailCounts, frozen=True, tag="progress"):
    """While files are followed."""


class TailSummary(TailCounts, frozen=True, tag="summary"):
    """At the end."""


class TailReport(ABC):
    """Prints progress at most once a second, and at once which files cannot be read."""

    def __init__(self, metrics: TailMetrics, clock: Clock) -> None:
        self.metrics = metrics
        self.doubts: dict[str, str] = {}
        self._clock = clock
        self._result = PollResult()
        self._shown: tuple[int, int] = (0, 0)
        self._shown_at = time.monotonic()

    @contextmanager
    def committing(self, stats: CommitStats) -> Iterator[None]:
        """Count a commit once it is durable."""
        with self.metrics.committing(stats):
            yield
        self._show_progress()

    def drifted(self, change: Change, place: str) -> None:
        """Count and print a change of columns."""
        self.metrics.drifted(change, place)
        self.show_drift(change, place)

    def polled(self, result: PollResult) -> None:
        """Update the counts after a round."""
        self.metrics.polled(result, now=self._clock.now())
        before, self._result = self._result, result
        self.show_troubles(before.troubles, result.troubles)
        self.doubted(result.doubts)
        self._show_progress()

    def doubted(self, doubts: Mapping[str, str]) -> None:
        """Print and keep which files may not have been read exactly once, and why."""
        self.doubts |= doubts
        if doubts:
            self.show_doubts(doubts)

    def finish(self) -> None:
        """Print the summary."""
        self.show(self._standing(TailSummary))

    @abstractmethod
    def show(self, standing: TailCounts) -> None:
        """Print the counts."""

    @abstractmethod
    def show_troubles(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Print which files became unreadable, and which are readable again."""

    @abstractmethod
    def show_doubts(self, doubts: Mapping[str, str]) -> None:
        """Print which files may not have been read exactly once."""

    @abstractmethod
    def show_drift(self, change: Change, place: str) -> None:
        """Print a change of columns."""

    @abstractmethod
    def show_schema_reload(self, problem: str | None) -> None:
        """Print that the schema was reloaded, or why the old one stays."""

    def _show_progress(self) -> None:
        count = (self.metrics.bytes, sum(self._result.unread.values()))
        if count != self._shown and time.monotonic() - self._shown_at >= _SECONDS_BETWEEN:
            self._shown, self._shown_at = count, time.monotonic()
            self.show(self._standing(TailProgress))

    def _standing(self, kind: type[TailCounts]) -> TailCounts:
        result = self._result
        return kind(
            rows=self.metrics.rows,
            bytes=self.metrics.bytes,
            dead_letters=dict(sorted(self.metrics.dead_letters.items())),
            repeats=self.metrics.repeats,
            files=result.files,
            lag_bytes=sum(result.unread.values()),
            lag_seconds=round(lag_seconds(result, now=self._clock.now()), 3),
            copies=[as_text(copy.file.path) for copy in result.copies],
            troubles=result.troubles,
            doubts=self.doubts,
        )


class JsonReport(TailReport):
    """One JSON document a line on standard output."""

    def show(self, standing: TailCounts) -> None:
        """Print the counts."""
        _print(standing)

    def show_troubles(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Print the files that cannot be read, if they changed."""
        if before != now:
            _print({"report": "troubles", "troubles": now})

    def show_doubts(self, doubts: Mapping[str, str]) -> None:
        """Print the files and the reasons."""
        _print({"report": "doubts", "doubts": doubts})

    def show_drift(self, change: Change, place: str) -> None:
        """Print the change."""
        _print({"report": "drift", "change": change, "place": place})

    def show_schema_reload(self, problem: str | None) -> None:
        """Print whether the schema was reloaded."""
        _print({"report": "schema", "problem": problem})


class TerminalReport(TailReport):
    """Plain lines: progress on standard error, the summary on standard output."""

    def show(self, standing: TailCounts) -> None:
        """Print the counts."""
        letters = sum(standing.dead_letters.values())
        text = f"{_several(standing.rows, 'row')} accepted, {_several(letters, 'dead letter')}"
        # Until a first round has ended, it is not known how many files there are and how much of them is unread.
        if isinstance(standing, TailProgress) and not standing.files:
            click.echo(f"{text} so far", err=True)
            return
        text += f", from {_several(standing.files, 'file')}"
        if isinstance(standing, TailProgress):
            click.echo(f"{text}; {_several(standing.lag_bytes, 'byte')} behind", err=True)
            return
        if not standing.files:
            click.echo("No file matches; to follow the files of a folder, write 'folder/*.jsonl'.", err=True)
        reasons = ", ".join(f"{count:,} {code}" for code, count in standing.dead_letters.items())
        click.echo(f"{text}." + (f" Dead letters: {reasons}." if reasons else ""))
        if standing.repeats:
            click.echo(f"Repeats of an event, by its id, that were left out: {standing.repeats:,}.")
        if standing.lag_bytes:
            click.echo(f"{standing.lag_bytes:,} bytes are unread: their line has no end yet.")
        for path in standing.copies:
            click.echo(visible(f"{path} is a copy of text already read, and was skipped."))

    def show_troubles(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Print what changed."""
        for path, why in now.items():
            if before.get(path) != why:
                click.echo(visible(f"{path} cannot be read: {why}. It will be tried again."), err=True)
        for path in before.keys() - now.keys():
            click.echo(visible(f"{path} can be read again, or does not exist any more."), err=True)

    def show_doubts(self, doubts: Mapping[str, str]) -> None:
        """Print one line per file."""
        for path, why in doubts.items():
            click.echo(visible(f"{path}: {why}."), err=True)

    def show_drift(self, change: Change, place: str) -> None:
        """Print the change."""
        click.echo(visible(f"{place}: {sentence(change)}."), err=True)

    def show_schema_reload(self, problem: str | None) -> None:
        """Print whether the schema was reloaded."""
        text = f"The schema stays as it was: {problem}" if problem else "The schema was reloaded."
        click.echo(visible(text), err=True)


def _print(value: object) -> None:
    click.echo(visible_json(msgspec.json.encode(value).decode()))


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
