"""A webhook goes to the address that was checked, and its certificate must be for the name."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from keepwell.platform.clock import SystemClock
from keepwell.webhooks.model import Attempt
from keepwell.webhooks.sender import Sender
from tests.certificates import certificate
from tests.integration.receiver import Receiver, receiver

pytestmark = pytest.mark.anyio


@pytest.fixture
def shop_certificate(tmp_path: Path) -> Path:
    return certificate(tmp_path, name="localhost")


@pytest.fixture
def shop(shop_certificate: Path) -> Iterator[Receiver]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(shop_certificate)
    with receiver(server) as opened:
        yield opened


async def sent(url: str, *, trusting: Path) -> Attempt:
    context = ssl.create_default_context(cafile=str(trusting))
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        sender = Sender(client, allow_private=True, clock=SystemClock(), timeout_seconds=5)
        return await sender.send(url, "{}", headers={"webhook-id": "msg_1"})


async def test_a_certificate_for_the_name_is_accepted_when_connecting_by_address(
    shop: Receiver, shop_certificate: Path
) -> None:
    attempt = await sent(shop.url.replace("127.0.0.1", "localhost"), trusting=shop_certificate)
    assert attempt == Attempt(200)
    assert shop.received[0].headers["host"].startswith("localhost:")


async def test_a_certificate_for_another_name_is_refused(shop: Receiver, shop_certificate: Path) -> None:
    attempt = await sent(shop.url, trusting=shop_certificate)
    assert "certificate verify failed" in (attempt.error or "")
    assert shop.received == []


async def test_an_untrusted_certificate_is_refused(shop: Receiver, tmp_path: Path) -> None:
    other = certificate(tmp_path, name="other.example")
    attempt = await sent(shop.url.replace("127.0.0.1", "localhost"), trusting=other)
    assert "certificate verify failed" in (attempt.error or "")
    assert shop.received == []
