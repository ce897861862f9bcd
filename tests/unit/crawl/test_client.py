"""The client of HTTP at its edges: names, certificates, and the last check at the socket."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from keepwell.crawl.fetch.client import Client
from keepwell.crawl.fetch.guard import Guard, RefusedAddressError
from keepwell.crawl.fetch.places import LARGE_BYTES, MOST_LARGE
from keepwell.crawl.fetch.transport import Answer, Failure
from keepwell.crawl.model import Kind, Limits
from keepwell.platform.outbound.name_lookups import NameLookups
from tests.certificates import certificate

pytestmark = pytest.mark.anyio
LIMITS = Limits(connect_seconds=0.3, deadline=5.0)
NEAR = Limits(deadline=5.0, allowed_networks=("127.0.0.0/8",))


@asynccontextmanager
async def client(limits: Limits, *addresses: str) -> AsyncIterator[Client]:
    """A client for which every name has these addresses."""

    def lookup(host: str, port: int) -> Sequence[str]:
        assert port
        if not addresses:
            raise OSError(host)
        return addresses

    async with Client.open(limits, lookups=NameLookups(lookup)) as opened:
        yield opened


async def answer(opened: Client, url: str) -> Answer | Failure:
    async with opened.get(url, headers={}, most_bytes=1) as got:
        return got


def kind(got: object) -> Kind | None:
    return got.kind if isinstance(got, Failure) else None


async def test_a_name_with_one_address_inside_is_refused() -> None:
    async with client(LIMITS, "93.184.215.14", "10.0.0.1") as opened:
        assert kind(await opened.resolve("rebound.example")) is Kind.ADDRESS_REFUSED


async def test_a_name_that_changes_after_it_was_judged_is_refused_at_the_socket() -> None:
    async with client(LIMITS, "93.184.215.14") as opened:
        assert await opened.resolve("rebound.example") == ("93.184.215.14",)
        opened._names.known["rebound.example"] = ("127.0.0.1",)
        assert kind(await answer(opened, "http://rebound.example/")) is Kind.ADDRESS_REFUSED
        # An address that is written out never comes to the resolver.
        assert kind(await answer(opened, "http://127.0.0.1:1/")) is Kind.ADDRESS_REFUSED


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_the_socket_of_an_address_inside_is_never_made(address: str) -> None:
    guard = Guard(["192.168.0.0/16"])
    with pytest.raises(RefusedAddressError):
        guard.socket((2, 1, 6, "", (address, 80)))
    guard.socket((2, 1, 6, "", ("192.168.1.1", 80))).close()


async def test_a_name_server_that_does_not_answer_is_waited_for_no_longer_than_allowed() -> None:
    released = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        assert port
        released.wait(20)
        return ["93.184.215.14"]

    async with Client.open(LIMITS, lookups=NameLookups(slow)) as opened:
        before = asyncio.get_running_loop().time()
        # More than may be looked up at once.
        found = await asyncio.gather(*(opened.resolve(f"slow-{number}.example") for number in range(120)))
        assert {kind(each) for each in found} == {Kind.NOT_ASKED}
        assert asyncio.get_running_loop().time() - before < 5
        released.set()


async def test_a_certificate_that_nobody_signed_is_said(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, name="shop.example"))
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, client(Limits(allowed_networks=("127.0.0.0/8",)), "127.0.0.1") as opened:
        await opened.resolve(f"shop.example:{port}")
        got = await answer(opened, f"https://shop.example:{port}/")
        assert kind(got) is Kind.BAD_CERTIFICATE
        assert isinstance(got, Failure)
        assert "its certificate is not valid" in got.reason


async def test_a_name_that_was_forgotten_is_looked_up_again_and_judged() -> None:
    async with client(LIMITS, "127.0.0.1") as opened:
        opened.forget("shop.example")
        assert kind(await answer(opened, "http://shop.example/")) is Kind.ADDRESS_REFUSED


async def test_a_name_that_no_resolver_takes_is_a_failure() -> None:
    async with Client.open(LIMITS) as opened:
        assert kind(await opened.resolve(f"{'a' * 300}.example")) is Kind.NO_SUCH_HOST


@pytest.mark.parametrize(
    ("code", "expected"), [(socket.EAI_NONAME, Kind.NO_SUCH_HOST), (socket.EAI_AGAIN, Kind.NOT_ASKED)]
)
async def test_only_a_name_server_that_says_so_ends_a_name(code: int, expected: Kind) -> None:
    def lookup(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(code, f"{host}:{port}")

    async with Client.open(LIMITS, lookups=NameLookups(lookup)) as opened:
        assert kind(await opened.resolve("shop.example")) is expected


INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
ENOUGH = 500
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def serving(first: bytes, then: bytes = b"") -> AsyncIterator[tuple[str, asyncio.Future[int]]]:
    """The URL of a server that answers with `first` and then goes on with `then`; how often it could, once it was cut off."""
    sent = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(first)
        await asyncio.sleep(0.05)
        times = 0
        while then and times < ENOUGH and not writer.transport.is_closing():
            writer.write(then)
            await asyncio.sleep(0.001)
            times += 1
        writer.close()
        sent.set_result(times)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", sent
        await sent


@pytest.mark.parametrize("status", [b"103 Early Hints", b"100 Continue", b"199 Of our own"])
async def test_interim_answers_without_end_are_cut_off(status: bytes) -> None:
    endless = INTERIM.replace(b"103 Early Hints", status)
    async with serving(b"", endless) as (url, sent), Client.open(NEAR) as opened:
        got = await answer(opened, url)
        assert isinstance(got, Failure)
        assert (got.kind, "more than 10 heads" in got.reason) == (Kind.BROKEN, True)
        assert await sent < ENOUGH


async def test_a_few_interim_answers_come_before_an_answer() -> None:
    async with serving(INTERIM * 5 + ANSWER) as (url, _), Client.open(NEAR) as opened:
        got = await answer(opened, url)
        assert isinstance(got, Answer)
        assert got.status == 200


async def test_answers_that_nobody_asked_for_end_the_connection() -> None:
    async with serving(ANSWER, ANSWER * 3) as (url, sent), Client.open(NEAR) as opened:
        assert isinstance(await answer(opened, url), Answer)
        # The connection is at rest, and kept open for another request.
        assert await sent < ENOUGH


async def test_only_some_large_bodies_are_in_memory_and_the_others_wait_without_being_slow() -> None:
    most = 3 * LARGE_BYTES
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {most}\r\n\r\n".encode()
    limits = replace(NEAR, deadline=0.5)
    async with AsyncExitStack() as stack:
        served = [await stack.enter_async_context(serving(head + bytes(most))) for _ in range(MOST_LARGE + 2)]
        opened = await stack.enter_async_context(Client.open(limits))
        is_read, may_end = asyncio.Event(), asyncio.Event()
        sizes: list[int] = []

        async def read(url: str) -> None:
            async with opened.get(url, headers={}, most_bytes=most) as got:
                sizes.append(len(got.body) if isinstance(got, Answer) else 0)
                if len(sizes) == MOST_LARGE:
                    is_read.set()
                await may_end.wait()

        async with asyncio.TaskGroup() as tasks:
            for url, _ in served:
                tasks.create_task(read(url))
            await is_read.wait()
            # Longer than the deadline.
            await asyncio.sleep(0.7)
            assert len(sizes) == MOST_LARGE
            may_end.set()
        assert sizes == [most] * (MOST_LARGE + 2)
