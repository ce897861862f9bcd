"""The SQL on what a frontier keeps of the pages that were read: the newest result of each, and forgetting some.

Times are seconds since 1970. Every function raises CorruptData or Unavailable.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from keepwell.crawl.frontier.processes import has_ended
from keepwell.crawl.model import Due, Facts, Kind, Outcome, Result
from keepwell.crawl.pages.urls import key_of
from keepwell.platform.errors import CorruptData, Unavailable

_BUSY_SECONDS = 30
_PAGES = """
select key, url, kind, status, target, facts, seed, parent, read_at, key in (select key from due) from page
where key in (
    select key from page where seed in (select value from json_each(?1)) union select value from json_each(?1))
"""
_UNFINISHED = "select distinct seed from due where seed in (select value from json_each(?1))"
_ALIVE = "select id from process where alive_until >= ?"
# In this order. The pace of each host stays, so that a site which asked for patience gets it.
_FORGET_DUE = (
    "delete from due",
    "update host set next_due = null, owner = null",
    "update total set left_over = 0",
)

# What another crawl has left; its hosts would be looked up for nothing.
_LEAVE_OTHERS = (
    # What a page showed still counts, although it was to be read again.
    """
    update page set read_at = max(read_at, coalesce((select read_at from page s where s.key = page.seed), 0))
    where key in (select key from due where seed not in (select value from json_each(?1)))
    """,
    "delete from due where seed not in (select value from json_each(?1))",
)
_COUNT_DUE = (
    "update host set next_due = (select min(due_at) from due where due.host = host.id)",
    "update total set left_over = (select count(*) from due)",
)
# What a website has had no link to for a month: else one whose links are others each day would have pages without end.
_FORGET_UNLINKED = """
delete from page
where seed = ?1 and parent is not null and read_at < (select read_at from page where key = ?1) - 30 * 86400
"""

_decode_facts = msgspec.json.Decoder(Facts).decode


class KeptResult(msgspec.Struct, frozen=True):
    """What came of a URL when it was last read, at `read_at`; `is_due` if a crawl that did not come to its end would read it again."""

    result: Result
    read_at: float
    is_due: bool = False


def kept_results(file: Path, seeds: Collection[int]) -> list[KeptResult]:
    """What was read of `seeds`, and of what they lead to, by this crawl or earlier ones; nothing if there is no file."""
    if not file.exists():
        return []
    found: dict[int, KeptResult] = {}
    asked: set[int] = set()
    wanted = set(seeds)
    with _opened(file) as database:
        while wanted:
            asked |= wanted
            rows = database.execute(_PAGES, (msgspec.json.encode(list(wanted)).decode(),))
            read = {each.result.due.key: each for each in map(_kept, rows)}
            found |= read
            # A redirect may lead to what was read for the sake of another website, and that website's pages are its own.
            wanted = {key for each in read.values() for key in _led_to(each.result)} - asked
    return list(found.values())


def unfinished(file: Path, seeds: Collection[int]) -> set[int]:
    """Those of `seeds` of which something is still to be read."""
    if not file.exists():
        return set()
    with _opened(file) as database:
        return {
            seed for (seed,) in database.execute(_UNFINISHED, (msgspec.json.encode(list(seeds)).decode(),))
        }


def forget_due_of_others(file: Path, seeds: Collection[int], *, now: float) -> None:
    """Leave what an interrupted crawl had due, except that of `seeds`; nothing while a crawl is under way."""
    if not file.exists():
        return
    with _opened(file) as database, database:
        database.execute("begin immediate")
        if not _is_under_way(database, now):
            for statement in _LEAVE_OTHERS:
                database.execute(statement, (msgspec.json.encode(list(seeds)).decode(),))
            for statement in _COUNT_DUE:
                database.execute(statement)


def forget(file: Path, *, except_of: Collection[int], of: Collection[int], now: float) -> bool:
    """Forget the pages that no seed in `except_of` led to, those that the seeds in `of` do not link to any more, and what is still due.

    False, and nothing, while a crawl is under way.
    """
    with _opened(file) as database, database:
        database.execute("begin immediate")
        if _is_under_way(database, now):
            return False
        for statement in _FORGET_DUE:
            database.execute(statement)
        gone = [
            (seed,) for (seed,) in database.execute("select distinct seed from page") if seed not in except_of
        ]
        database.executemany("delete from page where seed = ?", gone)
        database.executemany(_FORGET_UNLINKED, [(seed,) for seed in of])
        return True


def _led_to(result: Result) -> Iterator[int]:
    yield result.due.seed
    if result.outcome.kind is Kind.REDIRECT and result.outcome.target is not None:
        yield key_of(result.outcome.target)


def _is_under_way(database: sqlite3.Connection, now: float) -> bool:
    """Whether a process crawls; one that was killed on this machine does not."""
    return not all(has_ended(owner) for (owner,) in database.execute(_ALIVE, (now,)))


def _kept(row: Sequence[object]) -> KeptResult:
    key, url, kind, status, target, facts, seed, parent, read_at, is_due = row
    due = msgspec.convert(
        # What a page linked to is deeper than what was asked for; how deep is not kept.
        {"key": key, "url": url, "depth": 0 if parent is None else 1, "seed": seed, "parent": parent},
        Due,
    )
    outcome = Outcome(
        kind=Kind(str(kind)),
        status=status if isinstance(status, int) else None,
        target=None if target is None else str(target),
        facts=None if facts is None else _decode_facts(str(facts)),
    )
    return KeptResult(Result(due, outcome), float(str(read_at)), bool(is_due))


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=_BUSY_SECONDS)) as database:
            yield database
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise CorruptData(f"{file} is no frontier: {error}.", hint="Delete it.") from error
        raise Unavailable(f"{file}: {error}.", hint="Check that its folder can be written.") from error
