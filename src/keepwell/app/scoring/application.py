"""The Open Inference Protocol over HTTP, `/v2`: an ASGI application of its own, since each request costs microseconds.

A framework's routing, validation and dependencies would be most of the cost of a row. It is served by `score serve`, and by `up`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from time import monotonic
from uuid import UUID

import msgspec
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Receive, Scope, Send

from keepwell import __version__
from keepwell.app.middleware.request_ids import request_id_of
from keepwell.app.scoring.access import Access
from keepwell.app.scoring.bodies import read_body
from keepwell.app.scoring.responses import BINARY, Reply, refusal, reply_to_error, reply_with, send_reply
from keepwell.churn.inference import service
from keepwell.churn.inference.answer import encode_answer
from keepwell.churn.inference.batching import Batcher
from keepwell.churn.inference.model import (
    CONTRIBUTIONS,
    MODEL_NAME,
    PROBABILITY,
    ServerMetadata,
    TooBusy,
)
from keepwell.churn.inference.registry import Models
from keepwell.churn.inference.request import read_request
from keepwell.churn.inference.scorer import Scorer
from keepwell.churn.inference.service import StoredModels
from keepwell.churn.stored_json import ModelDamaged
from keepwell.platform.clock import Clock
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.rate_limits.service import Quota, TokenBuckets

PREFIX = "/v2"
_SERVER = ServerMetadata("keepwell", __version__, ["binary_tensor_data"])
_READY = "/v2/health/ready"
_HEALTH = ("/v2/health/live", _READY)
_OK = Reply(HTTPStatus.OK, b"")
_MODEL = re.compile(rf"/v2/models/{MODEL_NAME}(?:/versions/([0-9]{{1,9}}))?(/ready|/infer)?")
_LARGEST_VERSION = 2**31 - 1
_MINUTE = timedelta(minutes=1)
# Beyond it, an answer would come later than clients wait for one.
MOST_AT_ONCE = 1_000


class Address(msgspec.Struct, frozen=True):
    """What the path of a request names: its route for metrics, the version if it has one, and what is done."""

    route: str
    version: int | None = None
    does: str = ""
    methods: tuple[str, ...] = ("GET", "HEAD")


class ScoringApp:
    """`/v2` for every workspace: a token sees the models of its own."""

    def __init__(
        self,
        database: Database,
        *,
        settings: Settings,
        clock: Clock,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._database = database
        # One for loading models and one for large requests, so that neither waits for the other.
        self._threads = [
            ThreadPoolExecutor(1, thread_name_prefix=f"scoring-{each}") for each in ("load", "rows")
        ]
        self._models = Models(StoredModels(database, self._threads[0]), clock=seconds)
        self._batcher = Batcher(self._threads[1])
        self._access = Access(
            database, clock=clock, sign_ins_per_minute=settings.sign_ins_per_minute, seconds=seconds
        )
        quota = Quota("scoring", burst=settings.scoring_requests_per_minute, window=_MINUTE)
        self._buckets = TokenBuckets(quota, monotonic=seconds)
        self._running = 0

    @property
    def models(self) -> Models:
        """The models that are loaded, for the routes of `/v1` as well."""
        return self._models

    @property
    def batcher(self) -> Batcher:
        """What answers rows."""
        return self._batcher

    async def close(self) -> None:
        """End its threads, and what is being loaded."""
        await self._models.close()
        for each in self._threads:
            each.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request; whatever goes wrong becomes an answer in the protocol's form."""
        assert scope["type"] == ScopeType.HTTP  # noqa: S101  for mypy: nobody sends it anything else
        await send_reply(await self._reply(scope, receive), send)

    async def _reply(self, scope: HTTPScope, receive: Receive) -> Reply:
        if self._running >= MOST_AT_ONCE:
            return reply_to_error(TooBusy(), request_id=request_id_of(scope))
        self._running += 1
        try:
            return await self._answer(scope, receive)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  the edge: every error becomes an answer
            return reply_to_error(error, request_id=request_id_of(scope))
        finally:
            self._running -= 1

    async def _answer(self, scope: HTTPScope, receive: Receive) -> Reply:
        address = address_of(scope["path"])
        if address is None:
            model = f"{PREFIX}/models/{MODEL_NAME}"
            return refusal(
                HTTPStatus.NOT_FOUND, f"There is nothing at this address; the one model is {model}."
            )
        scope["path_template"] = address.route
        if scope["method"] not in address.methods:
            allowed = ", ".join(address.methods)
            return refusal(
                HTTPStatus.METHOD_NOT_ALLOWED, f"This address takes {allowed}.", (b"allow", allowed.encode())
            )
        if address.route in _HEALTH:
            return await self._health(address)
        headers = dict(scope["headers"])
        caller = await self._access.caller(scope, headers.get(b"authorization", b""))
        scope["user"] = caller.principal
        self._buckets.take(caller.key)
        workspace_id = caller.principal.workspace_id
        if address.does == "/infer":
            body = await read_body(headers, receive)
            return await self._infer(body, headers, address=address, workspace_id=workspace_id)
        return await self._describe(address, workspace_id=workspace_id)

    async def _health(self, address: Address) -> Reply:
        if address.route == _READY:
            try:
                await self._database.ping()
            except InfrastructureError:
                return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer.")
        return _OK

    async def _describe(self, address: Address, *, workspace_id: UUID) -> Reply:
        if address.route == PREFIX:
            return reply_with(_SERVER)
        try:
            scorer = await self._scorer(workspace_id, address.version)
        except ModelDamaged as error:
            return refusal(HTTPStatus.SERVICE_UNAVAILABLE, f"{MODEL_NAME} is not ready. {error.message}")
        if address.does == "/ready":
            return _OK
        reader, is_pinned = self._database.reader(workspace_id), address.version is not None
        return reply_with(
            await service.metadata_of(reader, scorer, workspace_id=workspace_id, is_pinned=is_pinned)
        )

    async def _infer(
        self, body: bytes, headers: Mapping[bytes, bytes], *, address: Address, workspace_id: UUID
    ) -> Reply:
        scorer = await self._scorer(workspace_id, address.version)
        length = headers.get(b"inference-header-content-length")
        request = read_request(
            body,
            header_length=None if length is None else length.decode("latin-1"),
            places=scorer.places,
            takes_rows=address.version is not None,
        )
        found = {}
        if PROBABILITY in request.outputs:
            found[PROBABILITY] = await self._batcher.probabilities(scorer, request.rows)
        if CONTRIBUTIONS in request.outputs:
            found[CONTRIBUTIONS] = await self._batcher.contributions(scorer, request.rows)
        answer = encode_answer(request, found, version=scorer.version)
        if answer.header_length is None:
            return Reply(HTTPStatus.OK, answer.body)
        header = (b"inference-header-content-length", b"%d" % answer.header_length)
        return Reply(HTTPStatus.OK, answer.body, (BINARY, header))

    async def _scorer(self, workspace_id: UUID, version: int | None) -> Scorer:
        if version is None:
            return await self._models.served(workspace_id)
        return await self._models.version(workspace_id, version)


_FIXED = {path: Address(path) for path in (PREFIX, *_HEALTH)}


@lru_cache(maxsize=256)
def address_of(path: str) -> Address | None:
    """What the path names; None if that is nothing here."""
    fixed = _FIXED.get(path)
    if fixed is not None:
        return fixed
    found = _MODEL.fullmatch(path)
    if found is None:
        return None
    number, does = found[1], found[2] or ""
    pinned = "" if number is None else "/versions/{version}"
    version = None if number is None else min(int(number), _LARGEST_VERSION)
    methods = ("POST",) if does == "/infer" else ("GET", "HEAD")
    return Address(f"{PREFIX}/models/{MODEL_NAME}{pinned}{does}", version, does, methods)
