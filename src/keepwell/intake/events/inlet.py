"""The inlet of a workspace: the journal of the events that arrive over HTTP, which processes take turns to hold.

Only one process at a time may have a journal open. A server keeps it open while events arrive, since opening takes some
milliseconds; it closes it soon after the last one, or as soon as another process has marked it as wanted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.files import disk_errors
from keepwell.platform.clock import Clock
from keepwell.platform.errors import Conflict

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
        journal = _opened(root, stack, clock=clock, until=time.monotonic() + patience)
        with disk_errors(root):
            (root / _MARK).unlink(missing_ok=True)
        yield journal


def is_wanted(root: Path) -> bool:
    """Whether another process waits for the journal that this one holds."""
    return (root / _MARK).exists()


def _opened(root: Path, stack: ExitStack, *, clock: Clock, until: float) -> EventJournal:
    while True:
        try:
            return stack.enter_context(EventJournal.open(root, clock=clock, ignores_times=True))
        except Conflict:
            if time.monotonic() >= until:
                raise
        with disk_errors(root):
            (root / _MARK).touch()
        time.sleep(_SECONDS_BETWEEN_TRIES)
