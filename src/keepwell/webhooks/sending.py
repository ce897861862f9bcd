"""One attempt to bring a message to its endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from keepwell.platform.clock import Clock
from keepwell.platform.errors import KeepwellError
from keepwell.webhooks.addresses import resolve
from keepwell.webhooks.model import Attempt, retry_after_of

# Standard Webhooks recommends 15 to 30 seconds.
PATIENCE = 15.0
_LONGEST_ERROR = 200
# A connection is pinned to an address, and TLS to a name: one that is kept might serve another name.
_NONE_KEPT = httpx.Limits(max_keepalive_connections=0)


class Sender:
    """Posts messages: to checked addresses only, without redirects, and in bounded time."""

    def __init__(
        self, client: httpx.AsyncClient, *, allow_private: bool, clock: Clock, patience: float = PATIENCE
    ) -> None:
        self._client = client
        self._allow_private = allow_private
        self._clock = clock
        self._patience = patience

    @classmethod
    @asynccontextmanager
    async def open(
        cls, *, allow_private: bool, clock: Clock, patience: float = PATIENCE
    ) -> AsyncIterator[Sender]:
        """A sender whose connections are closed when this is left."""
        # A proxy of the environment would look the name up again, and connect where it likes.
        async with httpx.AsyncClient(
            timeout=patience, limits=_NONE_KEPT, follow_redirects=False, trust_env=False
        ) as client:
            yield cls(client, allow_private=allow_private, clock=clock, patience=patience)

    async def send(self, url: str, body: str, *, headers: Mapping[str, str]) -> Attempt:
        """Post `body`; every failure is an `Attempt` that says so."""
        try:
            # For the whole of it: an answer that drips in would pass the timeouts of single reads.
            async with asyncio.timeout(self._patience):
                return await self._post(httpx.URL(url), body, headers=headers)
        except TimeoutError:
            return Attempt(error=f"No answer within {self._patience:g} seconds.")
        except httpx.HTTPError as error:
            return Attempt(error=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])
        except KeepwellError as error:
            return Attempt(error=error.message[:_LONGEST_ERROR])

    async def _post(self, url: httpx.URL, body: str, *, headers: Mapping[str, str]) -> Attempt:
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await resolve(url.host, port, allow_private=self._allow_private)
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=body.encode(),
            headers={
                **headers,
                "Host": url.netloc.decode("ascii"),
                "Content-Type": "application/json",
                "User-Agent": "Keepwell-Webhooks/1",
            },
            extensions={"sni_hostname": url.host},
        )
        # The body of the answer is not read: only its status counts, and it may be of any size.
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        return Attempt(
            status_code=answer.status_code,
            retry_after=retry_after_of(answer.headers.get("retry-after"), now=self._clock.now()),
        )
