"""What a crawl costs, as Markdown and as terminal output, and which promises are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.crawl.contenders import CRAWLEE, CSS, KEEPWELL, SELECTOLAX
from benchmarks.crawl.corpus import HOSTS, LARGE_BYTES, LARGE_EVERY
from benchmarks.crawl.measure import CONNECTIONS, LATENCY, MANY_CONNECTIONS, Crawled, CrawlFigures
from benchmarks.report import megabytes, table, times

CPU_RATIO, SPEED_RATIO, FRONTIER_BYTES, LAG_SECONDS = 5.0, 4.0, 150_000_000, 0.010
_NAMES = {
    KEEPWELL: "Keepwell",
    CSS: "Scrapy with `.css()`",
    SELECTOLAX: "Scrapy with selectolax",
    CRAWLEE: "Crawlee, Parsel",
}
_LAGS = {
    "idle": "an idle loop",
    "small": "the corpus",
    "large": f"with a page of {LARGE_BYTES / 1e6:.0f} MB every {LARGE_EVERY}",
}


class Goal(NamedTuple):
    """A promise, what was measured, and whether that keeps it."""

    text: str
    found: str
    is_met: bool


def goals(figures: CrawlFigures) -> Sequence[Goal]:
    """The promises that these figures can judge: the ratios need Scrapy."""
    lag = figures.lags["large"].p99
    found = [
        Goal(
            f"at most {megabytes(FRONTIER_BYTES)} with a frontier of a million URLs",
            f"{megabytes(figures.frontier_bytes)} with {figures.urls:,}",
            figures.frontier_bytes <= FRONTIER_BYTES,
        ),
        Goal(
            f"99 % of the loop's turns less than {LAG_SECONDS * 1e3:.0f} ms late with large pages in the mix",
            f"{lag * 1e3:.1f} ms",
            lag < LAG_SECONDS,
        ),
    ]
    if CSS in figures.at_once:
        cpu = figures.at_once[CSS].cpu / figures.at_once[KEEPWELL].cpu
        found.append(
            Goal(f"at most 1/{CPU_RATIO:.0f} of Scrapy's processor time", f"1/{cpu:.1f}", cpu >= CPU_RATIO)
        )
    if CSS in figures.waiting:
        speed = figures.waiting[KEEPWELL].per_second / figures.waiting[CSS].per_second
        text = f"at least {SPEED_RATIO:.0f} times Scrapy's pages a second from servers that take {LATENCY * 1e3:.0f} ms"
        found.append(Goal(text, times(speed), speed >= SPEED_RATIO))
    return found


def summary(figures: CrawlFigures) -> str:
    """A line per crawler and promise."""
    lines = [
        f"{_NAMES[name]}: {each.cpu:.2f} s of processor per 1,000 pages, {each.per_second:,.0f} pages a second, "
        f"{megabytes(each.peak_bytes)}"
        for name, each in figures.at_once.items()
    ]
    lines += [f"{_NAMES[name]} is missing: {why}" for name, why in figures.missing.items()]
    return "\n".join([*lines, *_judged(figures)])


def markdown(figures: CrawlFigures) -> str:
    """The report's section."""
    setting = (
        f"{figures.machine}. {figures.pages:,} pages of {HOSTS} hosts, {figures.median_bytes / 1e3:.1f} kB at the median and "
        f"{figures.mean_bytes / 1e3:.1f} kB on average; medians of {figures.repeats} interleaved runs, each of which asked for every page "
        f"exactly once and for nothing that robots.txt forbids. The others: {figures.versions}."
    )
    missing = [f"{_NAMES[name]} is missing: {why}" for name, why in figures.missing.items()]
    parts = [
        setting,
        f"{CONNECTIONS} connections, servers that answer at once:",
        _table(figures.at_once),
        f"{MANY_CONNECTIONS} connections, servers that take {LATENCY * 1e3:.0f} ms:",
        _table(figures.waiting),
        f"How late the loop was while {figures.lag_pages:,} pages were crawled:",
        _lag_table(figures),
        *missing,
        "\n".join(f"- {line}" for line in _judged(figures)),
    ]
    return "\n\n".join(parts)


def _table(crawled: Mapping[str, Crawled]) -> str:
    head = [
        "Crawler",
        "Processor, s per 1,000 pages",
        "Relative to Keepwell",
        "Each run",
        "Pages a second",
        "Peak memory",
    ]
    rows = [
        [
            _NAMES[name],
            f"{each.cpu:.2f}",
            times(each.cpu / crawled[KEEPWELL].cpu),
            ", ".join(f"{one:.2f}" for one in each.runs),
            f"{each.per_second:,.0f}",
            megabytes(each.peak_bytes),
        ]
        for name, each in crawled.items()
    ]
    return table(head, rows)


def _lag_table(figures: CrawlFigures) -> str:
    rows = [
        [
            _LAGS[name],
            f"{each.looks:,}",
            *(f"{value * 1e3:.1f}" for value in (each.half, each.p99, each.longest)),
        ]
        for name, each in figures.lags.items()
    ]
    return table(["Crawled", "Looks", "Half of them, ms", "99 %, ms", "Longest, ms"], rows)


def _judged(figures: CrawlFigures) -> list[str]:
    return [
        f"Goal: {each.text}: {each.found}, {'met' if each.is_met else 'not met'}." for each in goals(figures)
    ]
