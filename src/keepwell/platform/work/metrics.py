"""How many jobs of each kind were done, and how many attempts failed."""

from __future__ import annotations

from prometheus_client import Counter

_JOBS = Counter(
    "keepwell_work_jobs",
    "Attempts at due work by kind and outcome: done, failed (kept, and tried again), or lost (the lease had ended).",
    ("kind", "outcome"),
)


def count_done(kind: str, jobs: int = 1) -> None:
    """Count jobs whose effect is committed."""
    _JOBS.labels(kind, "done").inc(jobs)


def count_failed(kind: str, jobs: int = 1) -> None:
    """Count attempts that failed, and are due again."""
    _JOBS.labels(kind, "failed").inc(jobs)


def count_lost(kind: str) -> None:
    """Count an attempt whose outcome was ignored."""
    _JOBS.labels(kind, "lost").inc()
