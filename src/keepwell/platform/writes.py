"""What handlers that change something share: one effect per key, and the version that is changed."""

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
from keepwell.platform.idempotency.service import Answer, Once
from keepwell.platform.versions import etag

IdempotencyKey: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="A text of your own, new for each request and kept over its tries: it has one effect.",
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
    """The changing side of a request; `connection` is inside its transaction."""

    def __init__(
        self, request: Request[Any, Any, Any], connection: Connection, *, clock: Clock, key: str | None
    ) -> None:
        self.connection = connection
        self._request = request
        self._clock = clock
        self._key = key

    async def create(self, work: Callable[[], Awaitable[msgspec.Struct]], *, at: str = "") -> Response[Any]:
        """201 with what `work` made, whose address is `at` with its `{id}`, at most once per Idempotency-Key."""
        return await self._once(work, status=201, at=at)

    async def act(self, work: Callable[[], Awaitable[msgspec.Struct]]) -> Response[Any]:
        """200 with what `work` answers, at most once per Idempotency-Key."""
        return await self._once(work, status=200, at="")

    async def _once(
        self, work: Callable[[], Awaitable[msgspec.Struct]], *, status: int, at: str
    ) -> Response[Any]:
        async def answered() -> Answer:
            return _answer(await work(), status=status, at=at)

        once = self._once_per_key()
        answer = await answered() if once is None else await once.run(self.connection, answered)
        return self._response(answer)

    def _once_per_key(self) -> Once | None:
        if self._key is None:
            return None
        principal = self._request.user
        return Once(
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
    connection: SkipValidation[NamedDependency[Connection]],
    clock: SkipValidation[NamedDependency[Clock]],
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,  # noqa: ARG001  named here for the description; `wants_minimal` reads it
) -> Write:
    """The dependency `write` of each route that makes something."""
    body = await request.body()
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    request.state.request_hash = hashlib.sha256(asked + body).digest()
    return Write(request, connection, clock=clock, key=idempotency_key)


TheWrite: TypeAlias = SkipValidation[NamedDependency[Write]]


def versioned(request: Request[Any, Any, Any], item: msgspec.Struct, *, version: int) -> Response[Any]:
    """200 with `item` and its ETag; 204 without it where the client prefers so after a change."""
    headers = {"ETag": etag(version)}
    if request.method != "GET" and wants_minimal(request):
        return Response(None, status_code=204, headers={**headers, "Preference-Applied": "return=minimal"})
    return Response(item, status_code=200, headers=headers)


def wants_minimal(request: Request[Any, Any, Any]) -> bool:
    """Whether the client prefers an answer without a body (RFC 7240)."""
    preferences = request.headers.get("prefer", "").lower().split(",")
    return any(preference.split(";")[0].strip() == "return=minimal" for preference in preferences)


def _answer(made: msgspec.Struct, *, status: int, at: str) -> Answer:
    headers = {}
    if at:
        headers["Location"] = at.format(id=made.id)  # type: ignore[attr-defined]  # what has an address has an id
    version = getattr(made, "version", None)
    if version is not None:
        headers["ETag"] = etag(version)
    return Answer(status, headers, msgspec.json.encode(made))
