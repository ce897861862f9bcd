"""The scoring service inside `up` and `serve`: made with the first request for it, since few servers get one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from litestar import Litestar
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from keepwell.churn.inference.account_scores import AccountScores
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database, Readable

if TYPE_CHECKING:
    from keepwell.app.scoring.application import ScoringApp

_PREFIX = "/v2"


class MountedScoring:
    """`/v2` beside an application's own routes, and the models for those of `/v1`."""

    def __init__(self, database: Database, *, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._made: ScoringApp | None = None

    def beside(self, app: ASGIApp) -> ASGIApp:
        """`app`, without what is below `/v2`."""

        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            if scope["type"] == ScopeType.HTTP and (path == _PREFIX or path.startswith(f"{_PREFIX}/")):
                await self._app()(scope, receive, send)
            else:
                await app(scope, receive, send)

        return wrapped

    async def score(
        self, reader: Readable, names: Sequence[str], *, workspace_id: UUID, with_held: bool
    ) -> AccountScores:
        """The scores of accounts; raises as `scores_of_accounts`."""
        from keepwell.churn.inference.accounts_service import (  # noqa: PLC0415  imports numpy
            AccountScoring,
            scores_of_accounts,
        )

        app = self._app()
        work = AccountScoring(reader, app.models, app.batcher)
        return await scores_of_accounts(work, names, workspace_id=workspace_id, with_held=with_held)

    @asynccontextmanager
    async def serving(self, app: Litestar) -> AsyncIterator[None]:  # noqa: ARG002  Litestar's signature
        """End what was made when the server ends."""
        yield
        made, self._made = self._made, None
        if made is not None:
            await made.close()

    def _app(self) -> ScoringApp:
        if self._made is None:
            from keepwell.app.scoring.application import ScoringApp  # noqa: PLC0415  imports numpy

            self._made = ScoringApp(self._database, settings=self._settings, clock=self._clock)
        return self._made
