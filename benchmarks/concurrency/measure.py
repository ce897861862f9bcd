"""The same pages fetched and read in each way: from servers that answer at once, from servers that wait, and with large pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.concurrency.ways import WAYS, Done
from benchmarks.crawl.corpus import read_corpus, write_corpus
from benchmarks.crawl.websites import Websites, websites
from benchmarks.measuring import Run, interleaved, machine, python, run
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import Progress

LATENCY = 0.02


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Medians: processor seconds per 1,000 pages, pages a second, and of the loop's lag with large pages the 99 % quantile in seconds.

    `peak_bytes` is the memory of the largest process.
    """

    cpu: float
    per_second: float
    waiting_per_second: float
    peak_bytes: int
    lag: float | None


class ConcurrencyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """By way."""

    machine: str
    pages: int
    repeats: int
    ways: Mapping[str, Way]


def measure_concurrency(folder: Path, *, pages: int, repeats: int, progress: Progress) -> ConcurrencyFigures:
    """Measure every way; raises CorruptData if one of them finds other links than the others."""
    with progress.step("Making websites of the installed packages' documentation", total=None):
        corpus, large = folder / "corpus", folder / "large"
        write_corpus(corpus, pages=pages)
        write_corpus(large, pages=pages, with_large=True)

    def runs(file: Path, latency: float, label: str) -> dict[str, list[Run]]:
        with websites(file, latency=latency) as served:
            programs = {way: _program(way, served, corpus=file, folder=folder) for way in WAYS}
            return interleaved(programs, repeats=repeats, label=label, progress=progress)

    at_once = runs(corpus, 0.0, "Reading pages that come at once")
    waiting = runs(corpus, LATENCY, "Reading pages that one waits for")
    with_large = runs(large, 0.0, "Reading large pages in between")
    for each in (at_once, waiting, with_large):
        _require_same(each)
    ways = {way: _way(at_once[way], waiting[way], with_large[way], pages=pages) for way in WAYS}
    return ConcurrencyFigures(machine=machine(), pages=pages, repeats=repeats, ways=ways)


def _program(way: str, served: Websites, *, corpus: Path, folder: Path) -> Callable[[], Run]:
    file = folder / "urls.txt"
    urls = [f"{served.homes[page.host][:-1]}{page.path}" for page in read_corpus(corpus)]
    file.write_text("\n".join(urls), encoding="ascii")
    return lambda: run(python("-m", "benchmarks.concurrency.ways", way, file))


def _way(at_once: Sequence[Run], waiting: Sequence[Run], with_large: Sequence[Run], *, pages: int) -> Way:
    lags = [lags.p99 for each in with_large if (lags := _done(each).lags) is not None]
    return Way(
        cpu=median(each.cpu_seconds for each in at_once) * 1_000 / pages,
        per_second=pages / median(each.seconds for each in at_once),
        waiting_per_second=pages / median(each.seconds for each in waiting),
        peak_bytes=max(each.peak_bytes for each in at_once),
        lag=median(lags) if lags else None,
    )


def _done(each: Run) -> Done:
    return msgspec.json.decode(each.output, type=Done)


def _require_same(runs: Mapping[str, Sequence[Run]]) -> None:
    links = {way: {_done(each).links for each in done} for way, done in runs.items()}
    if len(set.union(*links.values())) != 1:
        raise CorruptData(f"The ways found other links: {links}.", hint="The figures would be meaningless.")
