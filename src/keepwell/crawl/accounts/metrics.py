"""What the crawls of accounts' websites took, counted in the process of the worker that had them made."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge

from keepwell.crawl.accounts.model import CrawlItem

_CRAWLS = Counter("keepwell_website_crawls", "Crawls of accounts' websites by outcome.", ("outcome",))
_URLS = Counter("keepwell_website_urls", "URLs of accounts' websites by what came of them.", ("outcome",))
_ANSWERS = Counter("keepwell_website_answers", "Answers of accounts' websites by status.", ("status",))
_RETRIES = Counter("keepwell_website_retries", "URLs that were made due again by reason.", ("reason",))
_WAITS = Counter("keepwell_website_wait_seconds", "Seconds that hosts with work waited by cause.", ("cause",))
_REQUESTS = Counter("keepwell_website_requests", "Requests to accounts' websites.")
_BYTES = Counter("keepwell_website_bytes", "Bytes of bodies of accounts' websites, decompressed.")
_SIGNALS = Counter("keepwell_website_signals", "Signals that crawls of accounts' websites added.")
_QUEUE = Gauge("keepwell_website_queue_depth", "URLs that the newest crawl left for the next one.")


def count(crawl: CrawlItem) -> None:
    """Count a crawl that was made."""
    _CRAWLS.labels("done" if crawl.error is None else "failed").inc()
    _each(_URLS, crawl.outcomes.items())
    _each(_ANSWERS, crawl.statuses.items())
    _each(_RETRIES, crawl.retries.items())
    _each(_WAITS, crawl.waited.items())
    _REQUESTS.inc(crawl.requests)
    _BYTES.inc(crawl.bytes)
    _SIGNALS.inc(crawl.signals)
    _QUEUE.set(crawl.queue_left)


def count_failed() -> None:
    """Count a crawl that came to nothing."""
    _CRAWLS.labels("failed").inc()


def _each(counter: Counter, counts: Iterable[tuple[str, float]]) -> None:
    for label, number in counts:
        counter.labels(label).inc(number)
