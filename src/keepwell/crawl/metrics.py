"""What a crawl counts, as plain numbers; Prometheus reads them when it asks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

_LAG_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


class Lag:
    """How late the event loop is, as a histogram of seconds."""

    def __init__(self) -> None:
        self.counts = [0] * (len(_LAG_BUCKETS) + 1)
        self.total = 0.0
        self.longest = 0.0

    def add(self, seconds: float) -> None:
        """Count one observation."""
        self.counts[bisect_left(_LAG_BUCKETS, seconds)] += 1
        self.total += seconds
        self.longest = max(self.longest, seconds)

    def quantile(self, share: float) -> float | None:
        """The upper end of the bucket that holds this quantile; None before the first observation."""
        rank = share * sum(self.counts)
        seen = 0
        for count, bound in zip(self.counts, (*_LAG_BUCKETS, self.longest), strict=True):
            seen += count
            if count and seen >= rank:
                return min(bound, self.longest)
        return None

    def cumulative(self) -> list[tuple[str, float]]:
        """The buckets as Prometheus has them."""
        seen, buckets = 0, []
        for count, bound in zip(self.counts, (*map(str, _LAG_BUCKETS), "+Inf"), strict=True):
            seen += count
            buckets.append((bound, float(seen)))
        return buckets


class Tally:
    """The counts of one crawl since its start."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.waited: defaultdict[str, float] = defaultdict(float)
        self.retries: Counter[str] = Counter()
        self.requests = 0
        self.bytes = 0
        self.dropped = 0
        self.left = 0
        self.in_flight = 0
        self.hosts = 0
        self.lag = Lag()


class _TallyCollector(Collector):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """The counts as they are now."""
        tally = self._tally
        yield _counter("urls", "URLs that are done, by what came of them.", "outcome", tally.outcomes)
        yield _counter("answers", "Answers, by status.", "status", tally.statuses)
        yield _counter("retries", "URLs that were made due again, by the reason.", "reason", tally.retries)
        yield _counter(
            "wait_seconds", "Seconds that hosts with work waited, by cause.", "cause", tally.waited
        )
        yield CounterMetricFamily("keepwell_crawl_requests", "Requests sent.", value=tally.requests)
        yield CounterMetricFamily("keepwell_crawl_bytes", "Bytes of bodies, decompressed.", value=tally.bytes)
        yield CounterMetricFamily(
            "keepwell_crawl_dropped", "URLs left out: the host's page limit.", value=tally.dropped
        )
        yield GaugeMetricFamily(
            "keepwell_crawl_queue_depth", "URLs that are still to be read.", value=tally.left
        )
        yield GaugeMetricFamily("keepwell_crawl_in_flight", "Requests under way.", value=tally.in_flight)
        yield GaugeMetricFamily("keepwell_crawl_hosts", "Hosts that are leased.", value=tally.hosts)
        yield HistogramMetricFamily(
            "keepwell_crawl_loop_lag_seconds",
            "How late the event loop was.",
            buckets=tally.lag.cumulative(),
            sum_value=tally.lag.total,
        )


def _counter(name: str, text: str, label: str, counts: Mapping[str, float] | Mapping[int, int]) -> Metric:
    family = CounterMetricFamily(f"keepwell_crawl_{name}", text, labels=[label])
    for key, count in sorted(counts.items()):
        family.add_metric([str(key)], count)
    return family


@contextmanager
def registered(tally: Tally, registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Let `registry` read the counts within the block."""
    collector = _TallyCollector(tally)
    registry.register(collector)
    try:
        yield
    finally:
        registry.unregister(collector)
