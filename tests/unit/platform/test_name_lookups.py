"""Look-ups of host names while name servers are slow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from keepwell.platform.errors import Unavailable
from keepwell.platform.outbound.name_lookups import NameLookups

pytestmark = pytest.mark.anyio

ADDRESS = "192.0.2.1"


class SlowNames:
    """A resolver in which names that begin with `slow` take until `release`."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        assert port
        self.asked.append(host)
        if host.startswith("slow"):
            assert self.release.wait(60)
        if host.startswith("unknown"):
            raise OSError(host)
        return [ADDRESS]


async def test_forty_slow_names_hold_up_no_other_name() -> None:
    names = SlowNames()
    lookups = NameLookups(names)
    waiting = [asyncio.ensure_future(lookups.addresses(f"slow-{number}", 443)) for number in range(40)]
    try:
        async with asyncio.timeout(30):
            assert await lookups.addresses("fast", 443) == [ADDRESS]
    finally:
        names.release.set()
    assert await asyncio.gather(*waiting) == [[ADDRESS]] * 40


async def test_a_slow_name_is_looked_up_once_for_all_who_wait() -> None:
    names = SlowNames()
    lookups = NameLookups(names)
    waiting = [asyncio.ensure_future(lookups.addresses("slow", 443)) for _ in range(10)]
    await asyncio.sleep(0)
    waiting.pop().cancel()
    names.release.set()
    assert await asyncio.gather(*waiting) == [[ADDRESS]] * 9
    assert names.asked == ["slow"]


async def test_a_name_is_looked_up_again_after_a_failure() -> None:
    names = SlowNames()
    lookups = NameLookups(names)
    for _ in range(2):
        with pytest.raises(Unavailable, match="cannot be resolved"):
            await lookups.addresses("unknown", 443)
    assert names.asked == ["unknown"] * 2
