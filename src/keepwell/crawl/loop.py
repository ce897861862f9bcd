"""The event loop of a crawl: uvloop where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None for asyncio's own."""
    try:
        from uvloop import new_event_loop  # noqa: PLC0415  it has no release for Windows
    except ImportError:
        return None
    return new_event_loop
