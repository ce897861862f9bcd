"""The frontier: one SQLite file with what is still to be read, what was read, and who may ask which host.

Hosts are leased, not URLs, so one process owns a host's pace and needs no limiter that all share. Rows that are read leave the
table of due rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from keepwell.crawl.frontier.database.store import Database
from keepwell.crawl.frontier.history.store import History
from keepwell.crawl.frontier.leases.store import Leases
from keepwell.crawl.frontier.model import Release, Report, Supply
from keepwell.crawl.frontier.processes import has_ended
from keepwell.crawl.frontier.urls.store import Urls
from keepwell.crawl.model import Due, Kind, Result
from keepwell.crawl.pages.urls import key_of

_BATCH = 5_000


class Frontier:
    """An open file; every method raises StorageFull, CorruptData or Unavailable. Times are seconds since 1970."""

    def __init__(self, path: Path, *, owner: str) -> None:
        """Open or create the file at `path` for the process `owner`, whose name nobody else has."""
        self._database = Database(path)
        connection = self._database.connection
        self._urls = Urls(connection)
        self._leases = Leases(connection, owner)
        self._history = History(connection)

    def close(self) -> None:
        """Close the file."""
        self._database.connection.close()

    def begin(self, seeds: Iterable[str], *, now: float) -> bool:
        """Make the canonical URLs `seeds` due; whether this continues a crawl that has not come to its end.

        A finished crawl begins again: all may be read once more, with the validators of the last time.
        """
        with self._transaction():
            self._leases.forget_dead(has_ended)
            self._leases.set_back(now)
            self._leases.stay_alive(now)
            continues = self._urls.left() > 0 or self._leases.others(now) > 0
            if not continues:
                self._urls.begin_again()
                self._history.begin()
        waiting = iter(seeds)
        while some := list(islice(waiting, _BATCH)):
            with self._transaction():
                self._leases.stay_alive(now)
                self._urls.add(_seed(url, now) for url in some)
        return continues

    def exchange(self, report: Report, *, now: float) -> Supply:
        """Write what was done, and hand out what is wanted, in one transaction."""
        supply = Supply()
        with self._transaction():
            supply.has_lost_all = not self._leases.stay_alive(now)
            if supply.has_lost_all:
                self._leases.give_up_all()
            supply.results = [self._finish(result, now=now) for result in report.results]
            self._urls.again(report.again)
            self._urls.add(report.found)
            for release in report.releases:
                supply.dropped += self._release(release, now=now)
            self._leases.release_addresses(report.address_releases)
            if not supply.has_lost_all:
                self._serve(report, supply, now=now)
            if report.hosts:
                supply.leases = self._leases.lease(report.hosts, now=now)
                if not supply.leases:
                    self._leases.forget_dead(has_ended)
                    supply.next_due = self._leases.next_due(now)
            supply.left = self._urls.left()
            supply.others = self._leases.others(now)
        return supply

    def leave(self, report: Report, *, now: float) -> Supply:
        """As `exchange`, and the process holds nothing afterwards."""
        supply = self.exchange(report, now=now)
        with self._transaction():
            self._leases.end(now)
        return supply

    def websites(self) -> int:
        """How many of the URLs that were named this crawl has read."""
        with self._database.translated():
            return self._history.websites()

    def results(self, most: int) -> Iterator[Result]:
        """What this crawl has read of the first `most` URLs that were named, and of what they led to."""
        with self._database.translated():
            yield from self._history.results(most)

    def _serve(self, report: Report, supply: Supply, *, now: float) -> None:
        """Answer what the process wants for the hosts that it has."""
        self._leases.pace(report.paced)
        for claim in report.claims:
            ready_at = self._leases.claim(claim.address, host=claim.host, now=now)
            if ready_at is not None:
                supply.claims[claim.host] = ready_at
                if claim.visits is not None:
                    supply.visits[claim.host] = self._leases.ready_at(claim.visits, now=now)
        for wanted in report.wanted:
            supply.due[wanted.host] = self._urls.due(wanted, now=now)

    def _finish(self, result: Result, *, now: float) -> Result:
        """Note a result; the same with the facts of before if the page was not modified."""
        self._urls.remove([result.due])
        if result.outcome.kind is not Kind.NOT_MODIFIED:
            self._history.put(result, now=now)
            return result
        if result.outcome.links_wanted:
            self._urls.add(self._history.found_on(result.due, now=now))
        return self._history.keep(result, now=now)

    def _release(self, release: Release, *, now: float) -> int:
        """Give a host back; how many of its URLs were dropped."""
        dropped = self._urls.drop(release.id) if release.is_full else 0
        self._leases.release(release, next_due=self._urls.next_due(release.id, now=now))
        return dropped

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with self._database.transaction():
                yield
        # Whatever interrupted it. It is raised again.
        except BaseException:
            self._urls.forget_hosts()
            raise


def _seed(url: str, now: float) -> Due:
    key = key_of(url)
    return Due(key=key, url=url, depth=0, due_at=now, seed=key)
