"""Prometheus counters of imports, in the process's default registry."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter

from keepwell.importing.import_log.model import EntityCounts

IMPORTS = Counter("keepwell_imports", "Imports that ended, by how.", ["source", "status"])
ROWS = Counter(
    "keepwell_import_rows",
    "Rows of imports by outcome: inserted, changed, unchanged or dead-lettered.",
    ["source", "entity", "outcome"],
)


def count_rows(source: str, entities: Mapping[str, EntityCounts]) -> None:
    """Add the rows of an import, or of a part of one."""
    for entity, counts in entities.items():
        for outcome, number in (
            ("inserted", counts.imported - counts.updated),
            ("changed", counts.updated),
            ("unchanged", counts.unchanged),
            ("dead-lettered", counts.dead_lettered),
        ):
            ROWS.labels(source, entity, outcome).inc(number)
