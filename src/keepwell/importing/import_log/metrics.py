"""Prometheus counters of imports, in the process's default registry."""

from __future__ import annotations

from prometheus_client import Counter

IMPORTS = Counter("keepwell_imports", "Imports that ended, by how.", ["source", "status"])
ROWS = Counter(
    "keepwell_import_rows",
    "Rows of imports by outcome: inserted, changed, unchanged or dead-lettered.",
    ["source", "entity", "outcome"],
)
