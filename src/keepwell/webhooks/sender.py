"""One attempt to deliver a message to its endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import structlog

from keepwell.platform.clock import Clock
from keepwell.platform.errors import KeepwellError
from keepwell.platform.outbound.name_lookups import NameLookups
from keepwell.platform.trace.outgoing import TracedClient
from keepwell.webhooks.addresses import resolve
from keepwell.webhooks.model import Attempt, retry_after_of

_LOG = structlog.get_logger("keepwell.webhooks")

# Standard Webhooks recommends 15 to 30 seconds.
TIMEOUT_SECONDS = 15.0
_LONGEST_ERROR = 200
# A kept connection is bound to one address and one TLS name, and might be reused for another name.
_NO_KEEPALIVE = httpx.Limits(max_keepalive_connections=0)


class Sender:
    """Posts messages to checked addresses only, without redirects, and with a total timeout."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        allow_private: bool,
        clock: Clock,
        timeout_seconds: float = TIMEOUT_SECONDS,
        lookups: NameLookups | None = None,
    ) -> None:
        self._client = client
        self._lookups = lookups or NameLookups()
        self._allow_private = allow_private
        self._clock = clock
        self._timeout_seconds = timeout_seconds

    @classmethod
    @asynccontextmanager
    async def open(
        cls, *, allow_private: bool, clock: Clock, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> AsyncIterator[Sender]:
        """A sender whose connections are closed when the context is left."""
        # A proxy from the environment would resolve the name again, and could connect anywhere.
        async with TracedClient(
            timeout=timeout_seconds, limits=_NO_KEEPALIVE, follow_redirects=False, trust_env=False
        ) as client:
            yield cls(client, allow_private=allow_private, clock=clock, timeout_seconds=timeout_seconds)

    async def send(self, url: str, body: str, *, headers: Mapping[str, str]) -> Attempt:
        """Post `body`; a failure is returned as an `Attempt` too."""
        try:
            # A total limit: an answer that drips in byte by byte would pass the timeout of each read.
            async with asyncio.timeout(self._timeout_seconds):
                return await self._post(httpx.URL(url), body, headers=headers)
        except TimeoutError:
            return Attempt(error=f"No answer within {self._timeout_seconds:g} seconds.")
        except httpx.HTTPError as error:
            return Attempt(error=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])
        except KeepwellError as error:
            return Attempt(error=error.message[:_LONGEST_ERROR])
        except Exception as error:  # noqa: BLE001  whatever it is
            # Counts as an attempt too: what fails every time must not be tried forever.
            _LOG.exception("sending failed unexpectedly")
            return Attempt(error=f"{type(error).__name__}: {error}"[:_LONGEST_ERROR])

    async def _post(self, url: httpx.URL, body: str, *, headers: Mapping[str, str]) -> Attempt:
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await resolve(url.host, port, lookups=self._lookups, allow_private=self._allow_private)
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
        # Only the status counts; the body may be of any size and is not read.
        answer = await self._client.send(request, stream=True)
        await answer.aclose()
        return Attempt(
            status_code=answer.status_code,
            retry_after=retry_after_of(answer.headers.get("retry-after"), now=self._clock.now()),
        )
