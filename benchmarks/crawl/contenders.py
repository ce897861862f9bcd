"""The crawlers that are compared, and the same task in the words of each: where to begin, and how many requests at the same time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.crawl.corpus import HOSTS
from benchmarks.measuring import python
from benchmarks.peers import ENVIRONMENTS, install

KEEPWELL, CSS, SELECTOLAX, CRAWLEE = "keepwell", "scrapy css", "scrapy selectolax", "crawlee"
# Deeper than any page; faster than any limit.
_DEPTH, _RATE = "50", "1000000"
_PER_HOST = 8
_HERE = Path(__file__).parent


class Task(NamedTuple):
    """The homes of the hosts, and how many requests may be under way; `folder` is empty."""

    urls: Sequence[str]
    connections: int
    folder: Path


class Peer(NamedTuple):
    """Somebody else's crawler: the environment it is installed in, and the words that start it there."""

    environment: str
    words: Callable[[Task], Sequence[str]]


ENVIRONMENT_PACKAGES: Mapping[str, Sequence[str]] = {
    "scrapy": ("scrapy==2.19.0", "selectolax==1.0.2"),
    "crawlee": ("crawlee[parsel]==1.11.0",),
}


def _scrapy(parser: str) -> Callable[[Task], Sequence[str]]:
    return lambda task: [
        str(_HERE / "scrapy_spider.py"),
        parser,
        str(task.connections),
        str(task.folder / "pages.jsonl"),
        *task.urls,
    ]


def _crawlee(task: Task) -> Sequence[str]:
    script, output = str(_HERE / "crawlee_spider.py"), str(task.folder / "pages.jsonl")
    return [script, str(task.connections), output, *task.urls]


PEERS: Mapping[str, Peer] = {
    CSS: Peer("scrapy", _scrapy("css")),
    SELECTOLAX: Peer("scrapy", _scrapy("selectolax")),
    CRAWLEE: Peer("crawlee", _crawlee),
}


def interpreter_of(name: str) -> Path:
    """The Python of a peer's environment, which is made if it is not there; raises Unavailable if it does not install."""
    environment = PEERS[name].environment
    return install(ENVIRONMENTS / f"crawl-{environment}", ENVIRONMENT_PACKAGES[environment])


def command_of(name: str, task: Task) -> list[str]:
    """The command that crawls `task`; a peer must be installed."""
    if name != KEEPWELL:
        return [str(interpreter_of(name)), *PEERS[name].words(task)]
    return our_command(task.urls, "--depth", _DEPTH, connections=task.connections, folder=task.folder)


def our_command(what: Sequence[str], *options: str, connections: int, folder: Path) -> list[str]:
    """`./keepwell crawl` as a user starts it, and as fast as it goes."""
    return python(
        "-m", "keepwell.app.cli", "crawl", *what, *options, "--rate", _RATE, "--address-rate", _RATE,
        "--connections", str(connections), "--connections-per-host", str(max(_PER_HOST, -(-connections // HOSTS))),
        "--allow-network", "127.0.0.0/8", "--frontier", folder / "frontier.db", "--json",
    )  # fmt: skip


def versions() -> str:
    """The packages that are compared, for the report."""
    return ", ".join(package for packages in ENVIRONMENT_PACKAGES.values() for package in packages)
