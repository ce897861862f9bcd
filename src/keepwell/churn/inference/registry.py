"""The models that are loaded: the champion of each workspace, replaced as soon as there is another one, and some others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from time import monotonic
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
import structlog
from cachetools import LRUCache, TTLCache

from keepwell.churn.inference.metrics import LOADS
from keepwell.churn.inference.model import NoServedModel
from keepwell.churn.inference.scorer import Scorer
from keepwell.churn.stored_json import ModelDamaged
from keepwell.platform.errors import KeepwellError

Result = TypeVar("Result")

_LOG = structlog.get_logger("keepwell.churn")
# After so many seconds, it is asked in the background whether there is another champion; the present one answers meanwhile.
LOOKED_FOR_AFTER = 1.0
# After so many, as after a quiet hour, a request waits for the answer: nobody is given a model that was replaced long ago.
WAITED_FOR_AFTER = 5.0
# A version that was refused is not tried again for so long, since each try starts a process.
_TRIED_AGAIN_AFTER = 60.0
_MOST_LOADED = 32
_MOST_WORKSPACES = 1_000


class Source(Protocol):
    """Where models are kept."""

    async def served(self, workspace_id: UUID) -> Sequence[int]:
        """Some versions, the champion first: the first that is sound answers without a number."""
        ...

    async def load(self, workspace_id: UUID, version: int) -> Scorer:
        """The version, checked. Raises NoServedModel and ModelDamaged."""
        ...


class _Served(msgspec.Struct):
    scorer: Scorer
    looked_at: float


class Models:
    """The loaded models of all workspaces. A version is loaded once, however many requests wait for it."""

    def __init__(self, source: Source, *, clock: Callable[[], float] = monotonic) -> None:
        self._source = source
        self._clock = clock
        self._served: LRUCache[UUID, _Served] = LRUCache(_MOST_WORKSPACES)
        self._loaded: LRUCache[tuple[UUID, int], Scorer] = LRUCache(_MOST_LOADED)
        self._refused: TTLCache[tuple[UUID, int], ModelDamaged] = TTLCache(
            _MOST_WORKSPACES, _TRIED_AGAIN_AFTER, timer=clock
        )
        self._running: dict[object, asyncio.Task[Any]] = {}

    async def served(self, workspace_id: UUID) -> Scorer:
        """The model that answers where no version is named; raises NoServedModel, and ModelDamaged if none is sound."""
        found = self._served.get(workspace_id)
        if found is not None:
            age = self._clock() - found.looked_at
            if age < LOOKED_FOR_AFTER:
                return found.scorer
            if age < WAITED_FOR_AFTER:
                self._start(("served", workspace_id), self._look(workspace_id))
                return found.scorer
        return await asyncio.shield(self._start(("served", workspace_id), self._look(workspace_id)))

    async def version(self, workspace_id: UUID, version: int) -> Scorer:
        """This version of the workspace's model; raises NoServedModel and ModelDamaged."""
        found = self._loaded.get((workspace_id, version))
        if found is not None:
            return found
        key = (workspace_id, version)
        refusal = self._refused.get(key)
        if refusal is not None:
            raise refusal
        return await asyncio.shield(self._start(key, self._load(workspace_id, version)))

    async def close(self) -> None:
        """End what is being looked for."""
        for each in self._running.values():
            each.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _look(self, workspace_id: UUID) -> Scorer:
        scorer = await self._first_sound(workspace_id, await self._source.served(workspace_id))
        self._served[workspace_id] = _Served(scorer, self._clock())
        return scorer

    async def _first_sound(self, workspace_id: UUID, versions: Sequence[int]) -> Scorer:
        """A damaged version is passed over: what is known to be good goes on, and `ready` of the damaged one says no."""
        refusal: KeepwellError = NoServedModel(
            "No model is trained here.", hint="Train one: ./keepwell churn train"
        )
        for version in versions:
            try:
                return await self.version(workspace_id, version)
            except ModelDamaged as error:
                refusal = error
        self._served.pop(workspace_id, None)
        raise refusal

    async def _load(self, workspace_id: UUID, version: int) -> Scorer:
        key = (workspace_id, version)
        try:
            scorer = await self._source.load(workspace_id, version)
        except ModelDamaged as error:
            LOADS.labels("refused").inc()
            self._refused[key] = error
            _LOG.error("a model was refused", version=version, workspace=str(workspace_id), error=str(error))
            raise
        LOADS.labels("loaded").inc()
        self._loaded[key] = scorer
        return scorer

    def _start(self, key: object, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """The task that does this already, or a new one."""
        running = self._running.get(key)
        if running is not None:
            work.close()
            return running
        task = asyncio.create_task(work)
        self._running[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: object, task: asyncio.Task[Any]) -> None:
        del self._running[key]
        if task.cancelled():
            return
        error = task.exception()
        # Whoever waits for it gets it as well; in the background nobody does.
        if error is not None and not isinstance(error, KeepwellError):
            _LOG.error("looking for a model failed", exc_info=error)
