"""Statistics that keep up with a large transaction.

If the tables were counted while another workspace had nearly all rows, the planner believes that this one has none, and
that reading all of them finds a row as fast as its key does. Every row that is written, with its foreign keys, would
then read all those before it. Autovacuum cannot help: it does not see what is not committed.
"""

from __future__ import annotations

from typing import LiteralString

from keepwell.platform.database import Connection
from keepwell.platform.planner_statistics import store

# Below this, reading all rows of a transaction costs less than counting them.
WORTH_COUNTING = 2_000
# Statistics stay good enough until there are so many times more rows.
_GROWTH = 4


class GrowingTable:
    """A table into which one transaction writes batch after batch."""

    def __init__(self, name: LiteralString) -> None:
        self._name: LiteralString = name
        self._rows = 0
        self._next = WORTH_COUNTING

    async def grew(self, connection: Connection, *, rows: int) -> None:
        """Note that the transaction has inserted `rows` more, and count the table again when it is time.

        A table that another transaction is counting is left as it is until the next call.
        """
        self._rows += rows
        if self._rows < self._next:
            return
        if (await store.REFRESH.one(connection, table=self._name)).was_refreshed:
            self._next = _GROWTH * self._rows
