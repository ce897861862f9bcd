"""What writing handlers share: Idempotency-Key, ETag and If-Match, and `Prefer: return=minimal`."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, SkipValidation

from keepwell.platform.clock import Clock
from keepwell.platform.database import Connection
from keepwell.platform.http.routes import InTransaction, TheClock
from keepwell.platform.http.versions import etag
from keepwell.platform.idempotency.service import Answer, IdempotentRequest

IdempotencyKey: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Chosen by you: new for each request, the same for its retries. The request takes effect once.",
    ),
]
Prefer: TypeAlias = Annotated[
    str | None, HeaderParameter(name="Prefer", max_length=200, description="`return=minimal`: no body.")
]
IfMatch: TypeAlias = Annotated[
    str | None,
    HeaderParameter(name="If-Match", max_length=200, description="The ETag of what you saw last."),
]


class Write:
    """The write of a request; `connection` is inside its transaction."""

    def __init__(
        self, request: Request[Any, Any, Any], connection: Connection, *, clock: Clock, key: str | None
    ) -> None:
        self.connection = connection
        self._request = request
        self._clock = clock
        self._key = key

    async def create(self, work: Callable[[], Awaitable[msgspec.Struct]], *, at: str = "") -> Response[Any]:
        """201 with what `work` created and its Location, `at` with `{id}` filled in; once per Idempotency-Key."""
        return await self._run(work, status=201, at=at)

    async def act(self, work: Callable[[], Awaitable[msgspec.Struct]]) -> Response[Any]:
        """200 with the result of `work`; once per Idempotency-Key."""
        return await self._run(work, status=200, at="")

    async def _run(
        self, work: Callable[[], Awaitable[msgspec.Struct]], *, status: int, at: str
    ) -> Response[Any]:
        async def answered() -> Answer:
            return _answer(await work(), status=status, at=at)

        idempotent = self._idempotent_request()
        answer = await answered() if idempotent is None else await idempotent.run(self.connection, answered)
        return self._response(answer)

    def _idempotent_request(self) -> IdempotentRequest | None:
        if self._key is None:
            return None
        principal = self._request.user
        return IdempotentRequest(
            workspace_id=principal.workspace_id,
            member_id=principal.member_id,
            key=self._key,
            request_hash=self._request.state.request_hash,
            clock=self._clock,
        )

    def _response(self, answer: Answer) -> Response[Any]:
        headers = {**answer.headers, **answer.replayed}
        body = answer.body
        if wants_minimal(self._request):
            headers["Preference-Applied"] = "return=minimal"
            body = b""
        return Response(body, status_code=answer.status, headers=headers, media_type="application/json")


async def provide_write(
    request: Request[Any, Any, Any],
    connection: InTransaction,
    clock: TheClock,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,  # noqa: ARG001  named here for the OpenAPI description; `wants_minimal` reads it
) -> Write:
    """The dependency `write` of each route that creates something."""
    body = await request.body()
    # A response may contain a credential, so only the credential that made the request gets it again.
    target = f"{request.user.credential}\n{request.method} {request.url.path}?{request.url.query}\n".encode()
    request.state.request_hash = hashlib.sha256(target + body).digest()
    return Write(request, connection, clock=clock, key=idempotency_key)


TheWrite: TypeAlias = SkipValidation[NamedDependency[Write]]


def versioned(request: Request[Any, Any, Any], item: msgspec.Struct, *, version: int) -> Response[Any]:
    """200 with `item` and its ETag; after a write, 204 without it if the client prefers no body."""
    headers = {"ETag": etag(version)}
    if request.method != "GET" and wants_minimal(request):
        return Response(None, status_code=204, headers={**headers, "Preference-Applied": "return=minimal"})
    return Response(item, status_code=200, headers=headers)


def wants_minimal(request: Request[Any, Any, Any]) -> bool:
    """Whether the client prefers an answer without a body (RFC 7240)."""
    preferences = request.headers.get("prefer", "").lower().split(",")
    return any(preference.split(";")[0].strip() == "return=minimal" for preference in preferences)


def _answer(created: msgspec.Struct, *, status: int, at: str) -> Answer:
    headers = {}
    if at:
        headers["Location"] = at.format(id=created.id)  # type: ignore[attr-defined]  # whatever has a Location has an id
    version = getattr(created, "version", None)
    if version is not None:
        headers["ETag"] = etag(version)
    return Answer(status, headers, msgspec.json.encode(created))
