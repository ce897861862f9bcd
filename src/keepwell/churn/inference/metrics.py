"""What the scoring of rows counts."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

ANSWERED_ROWS = Counter("keepwell_scoring_rows", "Rows that a model has answered.")
REMEMBERED = Counter("keepwell_scoring_remembered", "Rows whose answer was remembered.")
ROWS_AT_ONCE = Histogram(
    "keepwell_scoring_rows_at_once",
    "Rows that were answered together.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 200, 1_000, 10_000),
)
LOADS = Counter("keepwell_scoring_loads", "Loads of a model, by outcome: loaded, or refused.", ("outcome",))
