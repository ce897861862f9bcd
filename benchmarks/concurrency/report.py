"""What each way costs, as Markdown and as terminal output."""

from __future__ import annotations

from benchmarks.concurrency.measure import LATENCY, ConcurrencyFigures
from benchmarks.concurrency.ways import (
    ASYNC,
    ASYNC_PROCESSES,
    ASYNC_THREADS,
    AT_ONCE,
    ONE,
    PROCESSES,
    PROCESSES_OF_THREADS,
    THREADS,
)
from benchmarks.crawl.corpus import LARGE_BYTES, LARGE_EVERY
from benchmarks.report import megabytes, table

_NAMES = {
    ONE: "One page after the other",
    THREADS: f"{AT_ONCE} threads",
    PROCESSES_OF_THREADS: f"{PROCESSES} processes of {AT_ONCE // PROCESSES} threads",
    ASYNC: f"async, {AT_ONCE} requests, the loop parses",
    ASYNC_THREADS: f"async, {PROCESSES} threads parse",
    ASYNC_PROCESSES: f"async, {PROCESSES} processes parse",
}


def summary(figures: ConcurrencyFigures) -> str:
    """A line per way."""
    return "\n".join(
        f"{_NAMES[name]}: {each.cpu:.2f} s of processor per 1,000 pages, {each.per_second:,.0f} pages a second"
        for name, each in figures.ways.items()
    )


def markdown(figures: ConcurrencyFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. {figures.pages:,} pages, medians of {figures.repeats} interleaved runs, with the start of the program; all "
        f"found the same links. Memory is that of the largest process. The lag is measured with a page of {LARGE_BYTES / 1e6:.0f} MB "
        f"every {LARGE_EVERY}."
    )
    rows = [
        [
            _NAMES[name],
            f"{each.cpu:.2f}",
            f"{each.per_second:,.0f}",
            f"{each.waiting_per_second:,.0f}",
            megabytes(each.peak_bytes),
            "" if each.lag is None else f"{each.lag * 1e3:.1f}",
        ]
        for name, each in figures.ways.items()
    ]
    head = [
        "Way", "Processor, s per 1,000 pages", "Pages a second, servers at once", f"The same, servers take {LATENCY * 1e3:.0f} ms",
        "Peak memory", "Lag of the loop, 99 %, ms",
    ]  # fmt: skip
    return f"{setting}\n\n{table(head, rows)}"
