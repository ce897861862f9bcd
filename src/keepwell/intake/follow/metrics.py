"""Counters of following files, for Prometheus and for the command's own report."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from keepwell.intake.follow.rounds import CommitStats, PollResult
from keepwell.intake.schema.drift import Change

_NANOSECONDS = 1_000_000_000
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_ONLY_THIS_MACHINE = "127.0.0.1"


class TailMetrics:
    """Counts since the start; Prometheus reads them at `/metrics` after `serve`."""

    def __init__(self) -> None:
        self.rows = 0
        self.bytes = 0
        self.repeats = 0
        self.dead_letters: Tally[str] = Tally()
        self._registry = CollectorRegistry()
        self._rows = Counter("keepwell_tail_rows", "Accepted rows.", registry=self._registry)
        self._bytes = Counter("keepwell_tail_bytes", "Bytes that were read.", registry=self._registry)
        self._letters = Counter(
            "keepwell_tail_dead_letters", "Rows refused, by code.", ["code"], registry=self._registry
        )
        self._repeats = Counter(
            "keepwell_tail_repeats", "Events left out: their id is known.", registry=self._registry
        )
        self._commits = Histogram(
            "keepwell_tail_commit_seconds", "Commits.", buckets=_SECONDS, registry=self._registry
        )
        self._drift = Counter(
            "keepwell_tail_drift", "Changes of columns, by kind.", ["kind"], registry=self._registry
        )
        self._lag_bytes = self._gauge("lag_bytes", "Bytes not read yet.")
        self._lag_seconds = self._gauge("lag_seconds", "Age of the oldest unread change.")
        self._files = self._gauge("files", "Files that are followed.")
        self._troubles = self._gauge("unreadable_files", "Files that cannot be read.")

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(f"keepwell_tail_{name}", documentation, registry=self._registry)

    def serve(self, port: int) -> None:
        """Serve `/metrics` on this port, to this machine only."""
        start_http_server(port, addr=_ONLY_THIS_MACHINE, registry=self._registry)

    @contextmanager
    def committing(self, stats: CommitStats) -> Iterator[None]:
        """Time a commit, and count its content once it is durable."""
        with self._commits.time():
            yield
        self.rows += stats.rows
        self.bytes += stats.bytes
        self.dead_letters.update(stats.dead_letters)
        self._rows.inc(stats.rows)
        self._bytes.inc(stats.bytes)
        self.repeats += stats.repeats
        self._repeats.inc(stats.repeats)
        for code, count in stats.dead_letters.items():
            self._letters.labels(code).inc(count)

    def drifted(self, change: Change, place: str) -> None:  # noqa: ARG002  the protocol's signature
        """Count a change of columns."""
        self._drift.labels(change.kind).inc()

    def polled(self, result: PollResult, *, now: datetime) -> None:
        """Update the gauges after a round."""
        self._files.set(result.files)
        self._troubles.set(len(result.troubles))
        self._lag_bytes.set(sum(result.unread.values()))
        self._lag_seconds.set(lag_seconds(result, now=now))


def lag_seconds(result: PollResult, *, now: datetime) -> float:
    """The age of the oldest unread change; 0 if every file is read to its end."""
    oldest = min((file.modified for file in result.unread), default=None)
    return 0.0 if oldest is None else max(0.0, now.timestamp() - oldest / _NANOSECONDS)
