"""The transport by aiohttp."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from keepwell.crawl.fetch.body import Body, BodyError
from keepwell.crawl.fetch.connections import BoundedConnector
from keepwell.crawl.fetch.guard import Guard, literal
from keepwell.crawl.fetch.places import LARGE_BYTES, MOST_LARGE, Place
from keepwell.crawl.fetch.transport import Answer, Failure
from keepwell.crawl.model import Kind, Limits
from keepwell.platform.errors import Unavailable
from keepwell.platform.outbound.name_lookups import NameLookups

_HEADERS = MappingProxyType(
    {
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
        "Accept-Encoding": "gzip, deflate",
        "Accept-Language": "en, *;q=0.5",
    }
)
_SUCCESS = 2
_TEXT = ("text/", "application/xhtml", "application/xml")
_PORT = 443
# A server that sends more is broken, or wants to break us.
_MOST_HEADERS = 200
_LONGEST_HEADER = 16_384
_LOOKUPS_AT_ONCE = 100
_MOST_NAMES = 10_000
_KEEP_ALIVE_SECONDS = 10.0
# "The name does not exist", and "it has no address"; the latter is not everywhere.
_NO_ADDRESS = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
# Errors of connecting that say nothing about the other side.
_OWN_TROUBLE = frozenset(
    {errno.ENETUNREACH, errno.ENETDOWN, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL}
)


class _Names(AbstractResolver):
    """Answers aiohttp with what was resolved before, so that the address that was judged is the one that is asked.

    A name that was forgotten meanwhile is looked up again; the guard at the socket judges in any case.
    """

    def __init__(self, lookups: NameLookups) -> None:
        self.known: dict[str, Sequence[str]] = {}
        self._lookups = lookups

    async def addresses(self, host: str) -> Sequence[str]:
        """The addresses of `host`, looked up; raises Unavailable."""
        return tuple(dict.fromkeys(await self._lookups.addresses(host, _PORT)))

    def keep(self, host: str, addresses: Sequence[str]) -> None:
        """Answer with `addresses` from now on."""
        if len(self.known) >= _MOST_NAMES:
            del self.known[next(iter(self.known))]
        self.known[host] = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`; raises OSError if it has none."""
        try:
            addresses = self.known.get(host) or await self.addresses(host)
        except Unavailable as error:
            raise OSError(error.message) from error
        families = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in addresses]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=each, proto=0, flags=socket.AI_NUMERICHOST
            )
            for address, each in zip(addresses, families, strict=True)
            if family in {socket.AF_UNSPEC, each}
        ]

    async def close(self) -> None:
        """Nothing to close."""


class Client:
    """Gets URLs within `limits`."""

    def __init__(
        self, session: aiohttp.ClientSession, names: _Names, *, guard: Guard, limits: Limits
    ) -> None:
        self._session = session
        self._names = names
        self._guard = guard
        self._limits = limits
        self._few = asyncio.Semaphore(_LOOKUPS_AT_ONCE)
        self._large = asyncio.Semaphore(MOST_LARGE)

    @classmethod
    @asynccontextmanager
    async def open(cls, limits: Limits, *, lookups: NameLookups | None = None) -> AsyncIterator[Self]:
        """A client and its connections."""
        names, guard = _Names(lookups or NameLookups()), Guard(limits.allowed_networks)
        connector = BoundedConnector(
            limit=0,  # The scheduler bounds them.
            resolver=names,
            use_dns_cache=False,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            socket_factory=guard.socket,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={**_HEADERS, "User-Agent": limits.user_agent},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            max_headers=_MOST_HEADERS,
        )
        async with session:
            yield cls(session, names, guard=guard, limits=limits)

    async def resolve(self, authority: str) -> Sequence[str] | Failure:
        """The addresses of a host; a Failure if it has none, or one inside our own network."""
        host = urlsplit(f"//{authority}").hostname or authority
        address = literal(host)
        if address is not None:
            addresses: Sequence[str] = (address,)
        else:
            try:
                async with self._few, asyncio.timeout(self._limits.connect_seconds):
                    addresses = await self._names.addresses(host)
            except Unavailable as error:
                return Failure(_kind_of_lookup(error), error.message)
            except TimeoutError:
                return Failure(Kind.NOT_ASKED, f"{host}: the name server does not answer")
        for each in addresses:
            if (refusal := self._guard.refusal(each)) is not None:
                return Failure(Kind.ADDRESS_REFUSED, f"{host}: {refusal}")
        self._names.keep(host, addresses)
        return addresses

    def forget(self, authority: str) -> None:
        """Forget the addresses of a host that is done."""
        self._names.known.pop(urlsplit(f"//{authority}").hostname or authority, None)

    @asynccontextmanager
    async def get(
        self, url: str, *, headers: Mapping[str, str], most_bytes: int, or_its_beginning: bool = False
    ) -> AsyncIterator[Answer | Failure]:
        """Ask for `url` once."""
        place = Place(self._large)
        try:
            yield await self._asked(
                url, headers, most_bytes=most_bytes, or_its_beginning=or_its_beginning, place=place
            )
        finally:
            place.give_back()

    async def _asked(
        self, url: str, headers: Mapping[str, str], *, most_bytes: int, or_its_beginning: bool, place: Place
    ) -> Answer | Failure:
        now = asyncio.get_running_loop().time
        started = now()
        try:
            async with asyncio.timeout(self._limits.deadline) as place.deadline:
                return await self._get(
                    url, headers, most_bytes=most_bytes, or_its_beginning=or_its_beginning, place=place
                )
        except aiohttp.ConnectionTimeoutError:
            failure = Failure(Kind.UNREACHABLE, f"no connection in {now() - started:.1f} seconds")
        except TimeoutError:
            failure = Failure(Kind.TOO_SLOW, f"no whole answer in {now() - started:.1f} seconds")
        except BodyError as error:
            failure = Failure(error.kind, error.reason)
        except aiohttp.ClientConnectorError as error:
            failure = _not_connected(error)
        except aiohttp.ClientConnectionError as error:
            failure = Failure(Kind.BROKEN, f"the connection was lost: {error}")
        except (aiohttp.ClientError, ValueError) as error:
            failure = Failure(Kind.BROKEN, f"not an answer of HTTP: {_first_line(error)}")
        return Failure(failure.kind, failure.reason, now() - started)

    async def _get(
        self, url: str, headers: Mapping[str, str], *, most_bytes: int, or_its_beginning: bool, place: Place
    ) -> Answer:
        now = asyncio.get_running_loop().time
        started = now()
        async with self._session.get(
            URL(url, encoded=True), headers=headers, allow_redirects=False
        ) as answer:
            content = answer.headers.get("Content-Type", "").lower()
            if answer.status // 100 != _SUCCESS or (content and not content.startswith(_TEXT)):
                # Its body says nothing, and must not take away what its head says by being slow, large or broken.
                return Answer(answer.status, answer.headers, b"", now() - started)
            body = Body(
                answer.headers.get("Content-Encoding", ""),
                most_bytes=most_bytes,
                least_rate=self._limits.least_bytes_a_second,
                started=now(),
            )
            try:
                await _read(answer, body, place)
                whole = body.finish()
            except BodyError as error:
                if error.kind is not Kind.TOO_LARGE or not or_its_beginning:
                    raise
                answer.close()
                whole = body.beginning()
            return Answer(answer.status, answer.headers, whole, now() - started)


async def _read(answer: aiohttp.ClientResponse, body: Body, place: Place) -> None:
    now = asyncio.get_running_loop().time
    async for piece in answer.content.iter_any():
        body.add(piece, now=now())
        while body.is_behind:
            # Others have their turn between two parts of a large page.
            await asyncio.sleep(0)
            body.go_on()
        if body.size > LARGE_BYTES and not place.is_taken:
            body.wait(await place.take())


def _kind_of_lookup(error: Unavailable) -> Kind:
    """Whether the name has no address, or nobody could say so."""
    cause = error.__cause__
    says_no = isinstance(cause, UnicodeError) or (
        isinstance(cause, socket.gaierror) and cause.errno in _NO_ADDRESS
    )
    return Kind.NO_SUCH_HOST if says_no else Kind.NOT_ASKED


def _not_connected(error: aiohttp.ClientConnectorError) -> Failure:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Failure(
            Kind.BAD_CERTIFICATE, f"its certificate is not valid: {_first_line(error.certificate_error)}"
        )
    cause = error.os_error
    if isinstance(cause, PermissionError):
        return Failure(Kind.ADDRESS_REFUSED, str(cause))
    kind = Kind.NOT_ASKED if cause.errno in _OWN_TROUBLE else Kind.UNREACHABLE
    return Failure(kind, f"no connection: {cause.strerror or _first_line(cause)}")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
