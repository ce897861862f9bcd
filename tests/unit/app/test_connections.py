"""How many requests one client address may have at once."""

from __future__ import annotations

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
