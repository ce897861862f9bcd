"""How many requests there were, and how long they took, by route."""

from __future__ import annotations

from functools import lru_cache

from litestar.types import Scope
from prometheus_client import Counter, Histogram

# Whatever else a client sends as a method or path must not become a series of its own.
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_OTHER = "other"
_MOST_SERIES = 1_000

_REQUESTS = Counter(
    "keepwell_http_requests",
    "Requests by method, route and status; status 0 if no response began.",
    ("method", "route", "status"),
)
_SECONDS = Histogram(
    "keepwell_http_request_seconds",
    "Seconds from a request's first byte to the last one of its response.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def count_request(scope: Scope, *, status: int, seconds: float) -> None:
    """Count a request that has ended."""
    method, route = str(scope.get("method")), scope.get("path_template") or _OTHER
    requests, duration = _series(method if method in _METHODS else _OTHER, route, status)
    requests.inc()
    duration.observe(seconds)


@lru_cache(maxsize=_MOST_SERIES)
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Finding the series costs several times what counting in them does."""
    return _REQUESTS.labels(method, route, status), _SECONDS.labels(route)
