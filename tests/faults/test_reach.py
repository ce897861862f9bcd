"""`up` behind a proxy with TLS: its links, its cookies, and what is sent through."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from keepwell.app.assets.static_files import STATIC
from tests.certificates import certificate
from tests.running import RunningServer, keepwell
from tests.tls_proxies import PROXIES, Route

# Of its own: other tests of this worker keep the default one in the same database.
WORKSPACE = ("--workspace", "reach")


@pytest.fixture(scope="module")
def public_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, conninfo: str, public_port: int) -> Iterator[RunningServer]:
    home = tmp_path_factory.mktemp("reach") / "home"
    with ExitStack() as running:
        # Other commands of this home do not have the settings.
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("KEEPWELL_PUBLIC_URL", f"https://localhost:{public_port}")
            patched.setenv("KEEPWELL_TRUSTED_PROXIES", "127.0.0.1")
            up = RunningServer(home, "up", *WORKSPACE, database_url=conninfo)
            server = running.enter_context(up)
        yield server


@pytest.fixture(params=PROXIES)
def browser(
    request: pytest.FixtureRequest, up: RunningServer, public_port: int, tmp_path: Path
) -> Iterator[httpx.Client]:
    """A client of the public address, by each of the proxies."""
    own = certificate(tmp_path, name="localhost")
    route = Route(public_port, up.url.removeprefix("http://"), own, tmp_path)
    trusting = ssl.create_default_context(cafile=str(own))
    with (
        PROXIES[request.param](route),
        httpx.Client(base_url=f"https://localhost:{public_port}", verify=trusting, trust_env=False) as client,
    ):
        yield client


def sign_in_link(up: RunningServer) -> str:
    return str(
        json.loads(keepwell(up.home, "sign-in", "--json", *WORKSPACE, database_url=up.database_url))["link"]
    )


def test_links_that_the_server_and_its_commands_print_begin_with_the_public_url(
    up: RunningServer, public_port: int
) -> None:
    begins = f"https://localhost:{public_port}/sign-in?token="
    assert up.sign_in_link.startswith(begins)
    assert sign_in_link(up).startswith(begins)
    invited = keepwell(up.home, "member", "add", "Front desk", *WORKSPACE, database_url=up.database_url)
    assert invited.startswith(begins)
    assert "KEEPWELL_PUBLIC_URL" not in up.output.read_text()


def test_a_member_signs_in_by_the_printed_link_and_is_recognised_over_https_only(
    up: RunningServer, browser: httpx.Client
) -> None:
    signed_in = browser.get(
        sign_in_link(up), headers={"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}
    )
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")
    assert signed_in.headers["strict-transport-security"].startswith("max-age=")
    cookies = [each for each in signed_in.headers.get_list("set-cookie") if "keepwell_session" in each]
    assert cookies
    assert all(each.startswith("__Host-") and "; Secure" in each for each in cookies)
    assert browser.get("/v1/session").status_code == 200
    # Browsers from before 2020 send an Origin alone, which is compared with the host that the proxy has passed on.
    other = browser.post(
        "/v1/session/end", headers={"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}
    )
    assert (other.status_code, other.json()["code"]) == (403, "cross-site")
    own = str(browser.base_url).rstrip("/")
    assert browser.post("/v1/session/end", headers={"Origin": own}).status_code == 204


def test_assets_and_the_description_pass_a_proxy_as_they_were_sent(browser: httpx.Client) -> None:
    description = browser.get("/openapi.json").json()
    assert description["servers"] == [{"url": str(browser.base_url).rstrip("/")}]
    script = max((STATIC / "assets").glob("*.js"), key=lambda file: file.stat().st_size)
    request = browser.build_request("GET", f"/assets/{script.name}", headers={"Accept-Encoding": "br"})
    answer = browser.send(request, stream=True)
    assert b"".join(answer.iter_raw()) == script.with_name(f"{script.name}.br").read_bytes()
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("br", "Accept-Encoding")
    kept = {"Accept-Encoding": "br", "If-None-Match": answer.headers["etag"]}
    assert browser.get(f"/assets/{script.name}", headers=kept).status_code == 304


def test_a_server_on_every_address_without_a_public_url_says_what_is_missing(
    tmp_path: Path, conninfo: str
) -> None:
    verb = ("up", "--host", "0.0.0.0", *WORKSPACE)  # noqa: S104  what is tested
    with RunningServer(tmp_path / "home", *verb, database_url=conninfo) as server:
        assert "listens on 0.0.0.0" in server.output.read_text()
        assert "KEEPWELL_PUBLIC_URL is not set" in server.output.read_text()
        assert httpx.get(f"{server.url}/health/live").status_code == 200
