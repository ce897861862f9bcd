from __future__ import annotations

import socket
import urllib.request

import pytest
from prometheus_client import Counter

from keepwell.platform.errors import Conflict
from keepwell.platform.telemetry.prometheus import serve_metrics

COUNTED = Counter("keepwell_test_prometheus", "What a test counted.")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_metrics_are_served(port: int) -> None:
    serve_metrics(port)
    COUNTED.inc(3)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert "keepwell_test_prometheus_total 3.0" in answer.read().decode()


def test_a_port_in_use_is_rejected_with_a_hint(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Conflict, match=f"Port {port}"):
        serve_metrics(port)
