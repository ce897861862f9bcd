"""Long work of a thread, which gives way to the event loop on its own.

Python makes a thread give way only after five milliseconds, at each of the loop's calls into the kernel. A shorter interval
for all threads takes the interpreter from the loop as often as from this one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

# As short as a sleep can be. Without one, this thread would have the interpreter back before another has woken up.
_MOMENT = 0.00001


def in_turns(items: Iterable[Item], *, every: int) -> Iterator[Item]:
    """The same items; after `every` of them, the other threads have their turn."""
    for number, item in enumerate(items, 1):
        yield item
        if number % every == 0:
            time.sleep(_MOMENT)
