"""Where the server listens, and whether its links can be opened from elsewhere."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import click
import msgspec
import pytest

from keepwell.app.serve.listen_address import (
    ListenHost,
    free_port,
    local_url,
    missing_proxy,
    missing_public_url,
)
from keepwell.platform.config import OidcClient, Settings, read_settings
from keepwell.platform.errors import Conflict

LOCAL = read_settings({})
OIDC = OidcClient(issuer="https://login.example", client_id="keepwell", client_secret="any")  # noqa: S106


@pytest.mark.parametrize("given", ["keepwell.example", "127.0.0.1:80", "256.0.0.1", "", "0"])
def test_a_host_that_is_not_an_address_is_refused(given: str) -> None:
    with pytest.raises(click.BadParameter, match="is not an IP address"):
        ListenHost().convert(given, None, None)


def test_a_taken_port_and_an_address_of_another_machine_are_different_errors() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Conflict, match="in use"):
        free_port(taken.getsockname()[1], host="127.0.0.1")
    with pytest.raises(Conflict, match=r"no address 192\.0\.2\.1"):
        free_port(0, host="192.0.2.1")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104  what is tested
        ("::", "http://[::1]:80"),
        ("10.0.0.7", "http://10.0.0.7:80"),
    ],
)
def test_the_local_url_can_be_opened_whatever_the_server_listens_on(host: str, url: str) -> None:
    assert local_url(host, 80) == url


@pytest.mark.parametrize(
    ("settings", "host", "reason"),
    [
        (LOCAL, "0.0.0.0", "listens on 0.0.0.0"),  # noqa: S104  what is tested
        (LOCAL, "10.0.0.7", "listens on 10.0.0.7"),
        (
            msgspec.structs.replace(LOCAL, trusted_proxies=(ip_network("127.0.0.1"),)),
            "127.0.0.1",
            "proxy is trusted",
        ),
        (msgspec.structs.replace(LOCAL, oidc=OIDC), "::1", "OpenID provider"),
    ],
)
def test_a_server_that_others_reach_is_warned_about_unless_it_has_a_public_url(
    settings: Settings, host: str, reason: str
) -> None:
    warning = missing_public_url(settings, host)
    assert warning is not None
    assert reason in warning
    assert "KEEPWELL_PUBLIC_URL" in warning
    reached = msgspec.structs.replace(settings, public_url="https://keepwell.example.org")
    assert missing_public_url(reached, host) is None


def test_a_server_for_this_machine_only_needs_no_public_url() -> None:
    assert missing_public_url(LOCAL, "127.0.0.1") is None
    assert missing_public_url(LOCAL, "::1") is None


def test_a_public_address_with_tls_whose_proxy_is_not_trusted_is_warned_of() -> None:
    public = read_settings({"KEEPWELL_PUBLIC_URL": "https://keepwell.example.org"})
    assert "KEEPWELL_TRUSTED_PROXIES" in (missing_proxy(public) or "")
    for environment in (
        {},
        {"KEEPWELL_PUBLIC_URL": "http://keepwell.lan"},
        {"KEEPWELL_PUBLIC_URL": "https://keepwell.example.org", "KEEPWELL_TRUSTED_PROXIES": "127.0.0.1"},
    ):
        assert missing_proxy(read_settings(environment)) is None
