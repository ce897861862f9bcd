"""The websites of a corpus, served by a process of their own while they are crawled."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.crawl.corpus import HOSTS
from benchmarks.crawl.server import COUNTS, UP_TO, Counts, address_of
from benchmarks.measuring import python
from benchmarks.processes import HOST, free_port, served
from keepwell.platform.errors import CorruptData


class Websites:
    """Where the websites are, and what was asked of them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.homes: Sequence[str] = [f"http://{address_of(host)}:{port}/" for host in range(HOSTS)]

    def counts(self) -> Counts:
        """What was asked for since the last time."""
        with urllib.request.urlopen(f"http://{HOST}:{self.port}{COUNTS}") as answer:
            return msgspec.json.decode(answer.read(), type=Counts)

    def require(self, name: str, *, pages: int) -> None:
        """Raise CorruptData unless since the last time exactly these pages were asked for, once each, and nothing that is forbidden."""
        counts = self.counts()
        if (counts.pages, counts.different, counts.forbidden) != (pages, pages, 0):
            raise CorruptData(
                f"{name} asked for {counts.pages:,} pages, {counts.different:,} different ones, of {pages:,}, and for "
                f"{counts.forbidden:,} that robots.txt forbids.",
                hint="The figures would be meaningless.",
            )

    def many(self, count: int) -> Sequence[str]:
        """A page of each host; together they lead to so many URLs of pages that exist, or some more."""
        return [f"{home[:-1]}{UP_TO}{-(-count // HOSTS)}" for home in self.homes]


@contextmanager
def websites(corpus: Path, *, latency: float = 0.0) -> Iterator[Websites]:
    """Serve `corpus`; each answer comes `latency` seconds late."""
    port = free_port()
    command = python("-m", "benchmarks.crawl.server", str(port), corpus, str(latency))
    with served(command, port=port, environment={}):
        yield Websites(port)
