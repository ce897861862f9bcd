"""What a crawl has read since it began, in the frontier's file: by every process, and before an interruption too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from keepwell.crawl.model import Due, Facts, Kind, Outcome, Result

_COUNT = "select count(*) from page where key = seed and crawl = (select crawl from total)"
_RESULTS = """
with this as (select crawl from total),
    named as (select key from page where key = seed and crawl = (select crawl from this) order by read_at limit ?)
select key, url, depth, seed, parent, kind, status, reason, target, facts
from page where crawl = (select crawl from this) and seed in named order by read_at
"""

_decode_facts = msgspec.json.Decoder(Facts).decode


class History:
    """What was read since the crawl began."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def websites(self) -> int:
        """How many of the URLs that were named have been read."""
        return int(self._db.execute(_COUNT).fetchone()[0])

    def results(self, most: int) -> Iterator[Result]:
        """What came of the first `most` websites' pages, in the order in which they were read; without sizes and times."""
        for row in self._db.execute(_RESULTS, (most,)):
            key, url, depth, seed, parent, kind, status, reason, target, facts = row
            due = Due(key=key, url=url, depth=depth, seed=seed, parent=parent)
            outcome = Outcome(
                kind=Kind(kind),
                status=status,
                reason=reason,
                target=target,
                facts=None if facts is None else _decode_facts(facts),
            )
            yield Result(due, outcome)
