"""The inlet of a workspace: the journal of the events that arrive over HTTP, which processes take turns to hold.

Only one process at a time may have a journal open. A server keeps it open while events arrive, since opening takes some
milliseconds; it closes it soon after the last one, or as soon as another process has marked it as wanted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.files import disk_errors
from keepwell.platform.clock import Clock
from keepwell.platform.errors import Conflict

Result = TypeVar("Result")

_MARK = "wanted"
_SECONDS_BETWEEN_TRIES = 0.02
# How long a holder that has closed the journal for another process keeps away from it.
SECONDS_TO_GIVE_WAY = 3 * _SECONDS_BETWEEN_TRIES
# Longer than a holder takes to notice the mark, or to be idle.
PATIENCE = 5.0


@contextmanager
def open_inlet(root: Path, *, clock: Clock, patience: float = PATIENCE) -> Iterator[EventJournal]:
    """Open the journal in `root`, after waiting for a holder for up to `patience` seconds; blocks the thread.

    Raises as `EventJournal.open` does.
    """
    with ExitStack() as stack:
        opening = partial(EventJournal.open, root, clock=clock, ignores_times=True, arrival="received")
        journal = _patiently(root, lambda: stack.enter_context(opening()), until=time.monotonic() + patience)
        with disk_errors(root):
            (root / _MARK).unlink(missing_ok=True)
        yield journal


def with_inlet_closed(root: Path, work: Callable[[], Result], *, patience: float = PATIENCE) -> Result:
    """The result of `work`, which locks the journal in `root` itself, after waiting for a holder; blocks the thread.

    Raises what `work` raises; its Conflict only if another process has kept the journal for `patience` seconds.
    """
    result = _patiently(root, work, until=time.monotonic() + patience)
    with disk_errors(root):
        (root / _MARK).unlink(missing_ok=True)
    return result


def is_wanted(root: Path) -> bool:
    """Whether another process waits for the journal that this one holds."""
    return (root / _MARK).exists()


def _patiently(root: Path, work: Callable[[], Result], *, until: float) -> Result:
    while True:
        try:
            return work()
        except Conflict:
            # Without the folder nobody holds this journal, so that what is held is something else.
            if time.monotonic() >= until or not root.exists():
                raise
        with disk_errors(root):
            (root / _MARK).touch()
        time.sleep(_SECONDS_BETWEEN_TRIES)
