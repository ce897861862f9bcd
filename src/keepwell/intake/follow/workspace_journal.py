"""A workspace's journal of the product events in followed files, and the lake that is built from it."""

from __future__ import annotations

import time
from uuid import UUID

import click
import msgspec

from keepwell.identity import service as identity
from keepwell.intake.events.calls import LARGEST_CALL
from keepwell.intake.follow.tail import Tail
from keepwell.intake.lake.build import build_lake
from keepwell.intake.model import TAIL_JOURNAL, Sizes
from keepwell.platform.cli.command_line import Target, run
from keepwell.platform.config import Settings
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import Conflict
from keepwell.platform.progress import SilentProgress

_SECONDS_BETWEEN_BUILDS = 60.0


class WorkspaceJournal:
    """The folder `tail` of a workspace's intake folder; only one process writes it, beside a running `up`."""

    def __init__(
        self,
        settings: Settings,
        workspace_id: UUID,
        *,
        seconds_between_builds: float = _SECONDS_BETWEEN_BUILDS,
    ) -> None:
        self._settings = settings
        self._workspace_id = workspace_id
        self._seconds_between_builds = seconds_between_builds
        self._tried_at = time.monotonic()
        # An earlier process may have left sealed events.
        self._is_built = False
        self.root = settings.intake(workspace_id) / TAIL_JOURNAL

    def schema(self) -> None:
        """The schema of product events is built in."""

    def sizes(self, chosen: Sizes) -> Sizes:
        """As chosen, but a call has at most the size that the HTTP intake accepts."""
        return msgspec.structs.replace(chosen, row=min(chosen.row, LARGEST_CALL))

    def polled(self, tail: Tail) -> None:
        """Once a minute, add the new events to the lake."""
        is_due = time.monotonic() - self._tried_at >= self._seconds_between_builds
        if is_due and (tail.has_unsealed or not self._is_built):
            self._tried_at = time.monotonic()
            tail.seal()
            self._is_built = self._build()

    def ended(self, tail: Tail, *, is_complete: bool) -> None:
        """Seal the events; add them to the lake unless a signal ended it, since that must be quick."""
        tail.seal()
        if is_complete and not self._build():
            click.echo(
                "Another process is building the lake: `./keepwell lake build` adds these events.", err=True
            )

    def _build(self) -> bool:
        try:
            build_lake(
                self._settings.intake(self._workspace_id),
                self._settings.lake,
                workspace_id=self._workspace_id,
                progress=SilentProgress(),
            )
        except Conflict:
            return False
        return True


def open_workspace_journal(target: Target) -> WorkspaceJournal:
    """The journal of the workspace `target`; raises NotFound if there is no such workspace."""
    return WorkspaceJournal(target.settings, run(_workspace_id(target)))


async def _workspace_id(target: Target) -> UUID:
    async with open_database(target.settings) as database, database.transaction() as connection:
        return (await identity.get_workspace(connection, target.workspace)).id
