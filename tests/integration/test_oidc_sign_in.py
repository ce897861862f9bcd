"""Signing in with a real OpenID Connect provider."""

from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import OidcClient, Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.app_client import AppClient
from tests.integration.apps import create_app
from tests.integration.credentials import RUNTIME, invited
from tests.integration.records import Client, problem_code

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "http://testserver.local"
CALLBACK = f"{PUBLIC_URL}/sign-in/oidc/callback"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A certified provider in a process of its own."""
    command = ["node", str(ROOT / "tests" / "oidc_peer.mjs"), CALLBACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


@pytest.fixture
async def with_provider(
    issuer: str, database: Database, shared_settings: Settings, workspace: Workspace
) -> AsyncIterator[AppClient]:
    oidc = OidcClient(issuer=issuer, client_id="keepwell", client_secret="a secret of the test")  # noqa: S106
    settings = msgspec.structs.replace(shared_settings, oidc=oidc, public_url=PUBLIC_URL)
    # The provider's clock is the machine's.
    app = create_app(database, settings=settings, runtime=system_runtime())
    async with AppClient(app, raise_server_exceptions=False) as client:
        yield client


async def consented(address: str, name: str) -> str:
    """Sign in at the provider as `name`, as a browser does: where it sends the browser back to."""
    async with httpx.AsyncClient() as browser:
        page = await browser.get(address)
        form: dict[str, str] = {"prompt": "login", "login": name, "password": "any"}
        for _ in range(10):
            if page.has_redirect_location:
                address = urljoin(str(page.url), page.headers["location"])
                if address.startswith(CALLBACK):
                    return address
                page = await browser.get(address)
            else:
                action = re.search(r'action="([^"]+)"', page.text)
                assert action, page.text
                page = await browser.post(urljoin(str(page.url), action[1]), data=form)
                form = {"prompt": "consent"}
    raise AssertionError("the provider sent nobody back")


async def came_back(client: AppClient, name: str) -> httpx.Response:
    begun = await client.get("/sign-in/oidc", follow_redirects=False)
    assert begun.status_code == 303, begun.text
    address = await consented(begun.headers["location"], name)
    return await client.get(address, follow_redirects=False)


async def test_a_member_signs_in_with_the_provider_and_is_linked_to_it(
    with_provider: AppClient, client: Client, workspace: Workspace
) -> None:
    name = f"ada-{workspace.slug}"
    member = await invited(client, "ada", workspace)
    for _ in range(2):
        answer = await came_back(with_provider, name)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await with_provider.get("/v1/session")).json()["member"]["name"] == "ada"
        with_provider.cookies.clear()
    found = await client.get("/v1/audit-entries", params={"action": "member.provider-linked"})
    assert [entry["subject"] for entry in found.json()["items"]] == [f"member:{member['id']}"]


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/accounts?status=active#top", "/accounts?status=active#top"),
        ("/accounts?search=a%2F/../b", "/accounts?search=a%2F/../b"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/sign-in?token=of-somebody-else", "/"),
        ("/v1/session", "/"),
        ("/./sign-in?token=of-somebody-else", "/"),
        ("/x/../sign-in?token=of-somebody-else", "/"),
        ("/%73ign-in?token=of-somebody-else", "/"),
        ("/%2e/sign-in?token=of-somebody-else", "/"),
        ("/.//evil.example", "/"),
    ],
)
async def test_a_visitor_returns_to_the_page_they_came_for_and_to_no_other_address(
    with_provider: AppClient, client: Client, workspace: Workspace, asked: str, reached: str
) -> None:
    await invited(client, "ada", workspace)
    begun = await with_provider.get("/sign-in/oidc", params={"return_to": asked}, follow_redirects=False)
    address = await consented(begun.headers["location"], f"ada-{workspace.slug}")
    answer = await with_provider.get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, reached)


async def test_a_sign_in_cancelled_at_the_provider_is_said_to_be_that(
    with_provider: AppClient,
) -> None:
    begun = await with_provider.get("/sign-in/oidc", follow_redirects=False)
    state = httpx.URL(begun.headers["location"]).params["state"]
    query = {"state": state, "error": "access_denied", "error_description": "<b>no</b>"}
    answer = await with_provider.get("/sign-in/oidc/callback", params=query)
    assert (answer.status_code, problem_code(answer)) == (401, "oidc-refused")
    assert answer.json()["detail"] == "The sign-in was cancelled at the provider."
    query["error"] = "<b>odd</b>"
    assert "<b>" not in (await with_provider.get("/sign-in/oidc/callback", params=query)).text


async def test_a_removed_member_cannot_sign_in_with_the_provider(
    with_provider: AppClient, client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "ada", workspace)
    assert (await came_back(with_provider, f"ada-{workspace.slug}")).status_code == 303
    with_provider.cookies.clear()
    gone = await client.delete(f"/v1/members/{member['id']}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    answer = await came_back(with_provider, f"ada-{workspace.slug}")
    assert (answer.status_code, problem_code(answer)) == (401, "oidc-refused")


@pytest.mark.parametrize("name", ["stranger", "unverified"])
async def test_strangers_and_unverified_emails_are_refused(
    with_provider: AppClient, client: Client, workspace: Workspace, name: str
) -> None:
    if name == "unverified":
        await invited(client, name, workspace)
    answer = await came_back(with_provider, f"{name}-{workspace.slug}")
    assert (answer.status_code, problem_code(answer)) == (401, "oidc-refused")
    assert "keepwell_session" not in answer.cookies


async def test_a_callback_of_another_sign_in_is_refused(with_provider: AppClient) -> None:
    begun = await with_provider.get("/sign-in/oidc", follow_redirects=False)
    address = await consented(begun.headers["location"], "mallory")
    await with_provider.get("/sign-in/oidc", follow_redirects=False)
    answer = await with_provider.get(address, follow_redirects=False)
    assert problem_code(answer) == "oidc-refused"
    with_provider.cookies.clear()
    assert problem_code(await with_provider.get(address, follow_redirects=False)) == "oidc-refused"


@pytest.mark.parametrize("host", ["evil.example", "testserver.local:81", "127.0.0.1", "localhost"])
async def test_the_redirect_uri_begins_with_the_public_url_whatever_the_host_header_says(
    with_provider: AppClient, host: str
) -> None:
    begun = await with_provider.get("/sign-in/oidc", headers={"Host": host}, follow_redirects=False)
    assert httpx.URL(begun.headers["location"]).params["redirect_uri"] == CALLBACK


async def test_without_a_public_url_only_this_machine_is_believed_to_be_the_host(
    issuer: str, database: Database, shared_settings: Settings
) -> None:
    oidc = OidcClient(issuer=issuer, client_id="keepwell", client_secret="a secret of the test")  # noqa: S106
    settings = msgspec.structs.replace(shared_settings, oidc=oidc)
    app = create_app(database, settings=settings, runtime=RUNTIME)
    async with AppClient(app, raise_server_exceptions=False) as client:
        for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.7"):
            refused = await client.get("/sign-in/oidc", headers={"Host": host}, follow_redirects=False)
            assert (refused.status_code, problem_code(refused)) == (409, "conflict")
            assert "KEEPWELL_PUBLIC_URL" in refused.json()["hint"]
        for host in ("127.0.0.1:8765", "localhost:8765", "[::1]:8765"):
            begun = await client.get("/sign-in/oidc", headers={"Host": host}, follow_redirects=False)
            sent = httpx.URL(begun.headers["location"]).params["redirect_uri"]
            assert sent == f"http://{host}/sign-in/oidc/callback"


async def test_without_a_provider_its_routes_answer_404(client: Client) -> None:
    assert (await client.get("/sign-in/oidc", follow_redirects=False)).status_code == 404
