"""What a crawl costs: processor time a page beside Scrapy's and Crawlee's, memory, waiting servers, and how late the loop is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from statistics import mean, median

import msgspec

from benchmarks.crawl.contenders import (
    CRAWLEE,
    KEEPWELL,
    PEERS,
    Task,
    command_of,
    interpreter_of,
    our_command,
    versions,
)
from benchmarks.crawl.corpus import HOSTS, write_corpus
from benchmarks.crawl.lagging import Lags
from benchmarks.crawl.websites import Websites, websites
from benchmarks.measuring import Run, interleaved, machine, python, run
from keepwell.platform.errors import CorruptData, Unavailable
from keepwell.platform.progress import Progress

CONNECTIONS, MANY_CONNECTIONS = 32, 500
LATENCY = 0.2
# Enough for the worst of a hundred looks at the loop.
_LAG_PAGES = 2_000
# Read of each host; the links of the first ones make the frontier long.
_PAGES_PER_HOST = 260
_IDLE, _SMALL, _LARGE = "idle", "small", "large"


class Crawled(msgspec.Struct, frozen=True, kw_only=True):
    """One crawler's medians: processor seconds per 1,000 pages, pages a second, and the highest peak of its memory in bytes."""

    cpu: float
    per_second: float
    peak_bytes: int
    runs: Sequence[float]


class CrawlFigures(msgspec.Struct, frozen=True, kw_only=True):
    """By crawler, at once and with servers that wait; why one is `missing`; the frontier's memory; and the loop, by what is crawled."""

    machine: str
    versions: str
    pages: int
    median_bytes: float
    mean_bytes: float
    repeats: int
    at_once: Mapping[str, Crawled]
    waiting: Mapping[str, Crawled]
    missing: Mapping[str, str]
    urls: int
    frontier_bytes: int
    lag_pages: int
    lags: Mapping[str, Lags]


def measure_crawl(
    folder: Path, *, pages: int, urls: int, repeats: int, peers: Sequence[str], progress: Progress
) -> CrawlFigures:
    """Measure Keepwell and those of `peers` that install.

    Raises CorruptData if one of them reads other pages than all, and DataValidationError if there is not enough to read.
    """
    folders = _new_folders(folder)
    names, missing = _installed(peers, progress=progress)
    with progress.step("Making websites of the installed packages' documentation", total=None):
        corpus, large = folder / "corpus", folder / "large"
        sizes = write_corpus(corpus, pages=pages)
        lag_pages = len(write_corpus(large, pages=min(pages, _LAG_PAGES), with_large=True))
        small = folder / "small"
        write_corpus(small, pages=lag_pages)
    # Crawlee has no bound of its own for a host, so that it would not be the same task.
    waiting = [name for name in names if name != CRAWLEE]
    with websites(corpus) as served:
        at_once = _crawled(
            names,
            served,
            connections=CONNECTIONS,
            repeats=repeats,
            pages=pages,
            folders=folders,
            progress=progress,
        )
        frontier_bytes = _frontier(served, urls, folder=next(folders), progress=progress)
    with websites(corpus, latency=LATENCY) as served:
        late = _crawled(
            waiting,
            served,
            connections=MANY_CONNECTIONS,
            repeats=repeats,
            pages=pages,
            folders=folders,
            progress=progress,
        )
    lags = {_IDLE: _lags(None, repeats=1, folders=folders, progress=progress)}
    for name, served_corpus in ((_SMALL, small), (_LARGE, large)):
        with websites(served_corpus) as served:
            lags[name] = _lags(served, repeats=repeats, folders=folders, progress=progress)
    return CrawlFigures(
        machine=machine(),
        versions=versions(),
        pages=pages,
        median_bytes=median(sizes),
        mean_bytes=mean(sizes),
        repeats=repeats,
        at_once=at_once,
        waiting=late,
        missing=missing,
        urls=urls,
        frontier_bytes=frontier_bytes,
        lag_pages=lag_pages,
        lags=lags,
    )


def _installed(peers: Sequence[str], *, progress: Progress) -> tuple[list[str], dict[str, str]]:
    names, missing = [KEEPWELL], {}
    for name in peers:
        with progress.step(f"Installing {PEERS[name].environment}", total=None):
            try:
                interpreter_of(name)
                names.append(name)
            except Unavailable as error:
                missing[name] = f"{error.message} {error.hint}".strip()
    return names, missing


def _crawled(
    names: Sequence[str],
    served: Websites,
    *,
    connections: int,
    repeats: int,
    pages: int,
    folders: Iterator[Path],
    progress: Progress,
) -> dict[str, Crawled]:
    """Each crawler in turn; every run must have read every page once."""

    def program(name: str) -> Callable[[], Run]:
        def crawl() -> Run:
            done = run(command_of(name, Task(served.homes, connections, next(folders))))
            served.require(name, pages=pages)
            return done

        return crawl

    label = f"Crawling with {connections} connections"
    runs = interleaved(
        {name: program(name) for name in names}, repeats=repeats, label=label, progress=progress
    )
    return {
        name: Crawled(
            cpu=median(each.cpu_seconds for each in done) * 1_000 / pages,
            per_second=pages / median(each.seconds for each in done),
            peak_bytes=max(each.peak_bytes for each in done),
            runs=[each.cpu_seconds * 1_000 / pages for each in done],
        )
        for name, done in runs.items()
    }


def _frontier(served: Websites, urls: int, *, folder: Path, progress: Progress) -> int:
    """The peak memory of a crawl whose frontier has so many URLs once it has read a few pages."""
    per_host = min(_PAGES_PER_HOST, urls // HOSTS)
    options = ("--depth", "2", "--pages-per-host", str(per_host))
    with progress.step(f"Crawling with {urls:,} URLs in the frontier", total=None):
        done = run(our_command(served.many(urls), *options, connections=CONNECTIONS, folder=folder))
    # What is named counts to no host's limit.
    pages = (per_host + 1) * HOSTS
    served.require(KEEPWELL, pages=pages)
    left_out = msgspec.json.decode(done.output.splitlines()[-1])["over_page_limit"]
    if left_out < urls - pages:
        raise CorruptData(
            f"The frontier had {left_out + pages:,} URLs only.", hint="The figure would be too low."
        )
    return done.peak_bytes


def _lags(served: Websites | None, *, repeats: int, folders: Iterator[Path], progress: Progress) -> Lags:
    """Medians of how late the loop was; without websites, of one that does nothing."""
    homes = served.homes if served is not None else ()
    found = []
    with progress.step("Watching the loop", total=repeats) as step:
        for _ in range(repeats):
            place = next(folders)
            program = python(
                "-m", "benchmarks.crawl.lagging", str(CONNECTIONS), place / "frontier.db", *homes
            )
            found.append(msgspec.json.decode(run(program).output, type=Lags))
            step.advance()
    return Lags(
        pages=found[0].pages,
        looks=sum(each.looks for each in found),
        half=median(each.half for each in found),
        p99=median(each.p99 for each in found),
        longest=max(each.longest for each in found),
    )


def _new_folders(folder: Path) -> Iterator[Path]:
    """A new and empty folder each time."""
    for number in count():
        place = folder / f"run-{number}"
        place.mkdir()
        yield place
