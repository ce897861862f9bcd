"""How many requests one client address may have at once."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from ipaddress import ip_network
from typing import Any

import pytest

from keepwell.app.middleware.connections import Concurrency, TooManyAtOnce


def from_address(address: str) -> Any:
    return {"client": (address, 1)}


def test_an_address_gets_no_more_than_its_share_and_others_are_not_affected() -> None:
    concurrency = Concurrency(trusted=[], most=2)
    with ExitStack() as running:
        for _ in range(2):
            running.enter_context(concurrency.request_in(from_address("192.0.2.1")))
        with pytest.raises(TooManyAtOnce):
            running.enter_context(concurrency.request_in(from_address("192.0.2.1")))
        running.enter_context(concurrency.request_in(from_address("192.0.2.2")))
    with concurrency.request_in(from_address("192.0.2.1")):
        pass


def test_a_trusted_proxy_speaks_for_many_clients_and_is_not_limited() -> None:
    concurrency = Concurrency(trusted=[ip_network("10.0.0.7")], most=1)
    with ExitStack() as running:
        for _ in range(3):
            running.enter_context(concurrency.request_in(from_address("10.0.0.7")))


@pytest.mark.parametrize(
    ("open_files", "streams", "connections_and_streams"),
    [(700, 500, "188 94"), (2560, 500, "2048 500"), (4000, 1600, "3200 1600")],
)
def test_streams_are_at_most_half_of_the_connections_that_files_may_be_opened_for(
    open_files: int, streams: int, connections_and_streams: str
) -> None:
    program = (
        "from keepwell.app.middleware.connections import connection_limits, streams_that_fit\n"
        f"print(connection_limits({streams})['backpressure'], streams_that_fit({streams}))"
    )
    limited = f'ulimit -n {open_files}; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", limited, "sh", sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == connections_and_streams
