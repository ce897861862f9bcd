"""What was read, in the frontier's file: since the crawl began, by every process and before an interruption too, and earlier.

What writes runs inside the transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from keepwell.crawl.model import Due, Facts, Kind, Outcome, Result
from keepwell.crawl.pages.facts import priority_of
from keepwell.crawl.pages.urls import authority_of

_COUNT = "select count(*) from page where key = seed and crawl = (select crawl from total)"
_RESULTS = """
with this as (select crawl from total),
    named as (select key from page where key = seed and crawl = (select crawl from this) order by read_at limit ?)
select key, url, depth, seed, parent, kind, status, reason, target, facts
from page where crawl = (select crawl from this) and seed in named order by read_at
"""

_PUT_PAGE = (
    "insert or replace into page values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (select crawl from total), ?)"
)


_decode_facts = msgspec.json.Decoder(Facts).decode
_encode = msgspec.json.encode


class History:
    """The newest result of each URL."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def begin(self) -> None:
        """Another crawl begins; of the ones before, the newest result of each URL is kept."""
        self._db.execute("update total set crawl = crawl + 1")

    def put(self, result: Result, *, now: float) -> None:
        """Keep what came of a URL in place of what was known of it; of one that could not be read, what it showed before."""
        due, outcome = result.due, result.outcome
        facts = self._facts(due.key) if outcome.is_unread else None
        if outcome.facts is not None:
            facts = _encode(outcome.facts).decode()
        self._db.execute(
            _PUT_PAGE,
            (
                *(due.key, due.url, outcome.kind, outcome.status, outcome.target, outcome.etag),
                *(outcome.last_modified, facts, due.seed, due.parent, due.depth),
                *(outcome.reason, now),
            ),
        )

    def keep(self, result: Result, *, now: float) -> Result:
        """Keep what is known of a page that was not modified; its result with the facts of before."""
        due = result.due
        self._db.execute(
            "update page set read_at = ?, seed = ?, depth = ?, crawl = (select crawl from total) where key = ?",
            (now, due.seed, due.depth, due.key),
        )
        facts = self._facts(due.key)
        if facts is None:
            return result
        return Result(due, msgspec.structs.replace(result.outcome, facts=_decode_facts(facts)))

    def _facts(self, key: int) -> str | None:
        row = self._db.execute("select facts from page where key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def found_on(self, due: Due, *, now: float) -> Iterator[Due]:
        """The pages that were found on this one, on its host, as URLs that are due."""
        children = self._db.execute("select key, url from page where parent = ?", (due.key,)).fetchall()
        for key, url in children:
            if authority_of(url) == authority_of(due.url):
                yield Due(
                    key=key,
                    url=url,
                    depth=due.depth + 1,
                    priority=priority_of(url, due.depth + 1),
                    due_at=now,
                    seed=due.seed,
                    parent=due.key,
                )

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
