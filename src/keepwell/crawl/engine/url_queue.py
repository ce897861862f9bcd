"""The URLs of one host that are at hand, and whether the frontier has more. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from keepwell.crawl.frontier.model import Wanted
from keepwell.crawl.model import Due


class UrlQueue:
    """In the order in which the frontier gave them."""

    __slots__ = ("_has_news", "_held", "_host", "_rows", "is_asking", "is_exhausted")

    def __init__(self, host: int) -> None:
        self._host = host
        self._rows: deque[Due] = deque()
        # Those that were taken and are not done, too.
        self._held: set[int] = set()
        # Whether the frontier was asked for more, and whether it had no more.
        self.is_asking = self.is_exhausted = False
        self._has_news = False

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def first(self) -> Due:
        """The next one; there must be one."""
        return self._rows[0]

    def take(self) -> Due:
        """The next one, which is held until it is `done`."""
        return self._rows.popleft()

    def done(self, due: Due) -> None:
        """Hold it no more: the frontier hears what came of it, or may give it out again."""
        self._held.discard(due.key)

    def expect_more(self) -> None:
        """The frontier hears of more URLs of this host with the next report."""
        self.is_exhausted = False
        self._has_news = True

    def pass_over_found(self) -> None:
        """Pass over what links led to, which is held until the host is given back."""
        self._rows = deque(due for due in self._rows if due.depth == 0)

    def ask(self, count: int, *, named_only: bool = False) -> Wanted:
        """Ask the frontier for so many URLs more; `named_only` is none that links led to."""
        self.is_asking, self._has_news = True, False
        return Wanted(self._host, frozenset(self._held), count, named_only)

    def fill(self, rows: Sequence[Due], wanted: Wanted) -> None:
        """Take what the frontier had."""
        self.is_asking = False
        self.is_exhausted = len(rows) < wanted.count and not self._has_news
        self._rows.extend(rows)
        self._held.update(due.key for due in rows)
