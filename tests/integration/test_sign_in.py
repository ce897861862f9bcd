"""Signing in: passwords, access and refresh tokens, and a real OpenID Connect provider."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from litestar import Litestar
from litestar.testing import AsyncTestClient
from pwdlib.hashers.argon2 import Argon2Hasher
from structlog.testing import capture_logs

from keepwell.identity import service as identity
from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.members import service as members
from keepwell.identity.members.model import NewMember
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.config import OidcClient, Settings
from keepwell.platform.database import Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from tests.clocks import FixedClock
from tests.integration.apps import create_app
from tests.integration.records import Client, client_of, made, problem_code

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
RUNTIME = Runtime(FixedClock(NOW), Uuid7(FixedClock(NOW)))
PASSWORD = "correct horse battery"  # noqa: S105  of a member of the test
ROOT = Path(__file__).parents[2]
CALLBACK = "http://testserver.local/sign-in/oidc/callback"


def later(by: timedelta) -> Runtime:
    return Runtime(FixedClock(NOW + by), RUNTIME.ids)


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    """No test here needs a home of its own."""
    return shared_settings


@pytest.fixture
async def client(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> AsyncIterator[Client]:
    async with client_of(database, workspace, settings=settings_of_test, runtime=RUNTIME) as opened:
        yield opened


async def invited(
    client: Client, name: str, workspace: Workspace, *, role: str = "analyst"
) -> dict[str, Any]:
    email = f"{name}-{workspace.slug}@example.org"
    return await made(client, "/v1/members", {"name": name, "role": role, "email": email})


async def pair(client: Client) -> dict[str, Any]:
    return await made(client, "/v1/access-tokens", {})


async def asked_with(client: Client, token: str) -> httpx.Response:
    return await client.get("/v1/session", headers={"Authorization": f"Bearer {token}"})


async def refreshed(client: Client, token: str, *, key: str | None = None) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post("/v1/oauth/token", data=form, headers=headers)


async def test_a_member_signs_in_with_their_own_password(client: Client, workspace: Workspace) -> None:
    member = await invited(client, "ada", workspace)
    client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    assert (await client.put("/v1/session/password", json={"password": PASSWORD})).status_code == 204
    await client.post("/v1/session/end")
    client.cookies.clear()
    credentials = {"email": member["email"].upper(), "password": PASSWORD}
    assert (await client.post("/v1/sign-in", json=credentials)).status_code == 204
    assert (await client.get("/v1/session")).json()["member"]["name"] == "ada"


async def test_wrong_password_and_unknown_email_get_the_same_answer(
    client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "ada", workspace)
    answers = [
        await client.post("/v1/sign-in", json={"email": email, "password": "wrong password"})
        for email in (member["email"], f"nobody-{workspace.slug}@example.org")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    bodies = [answer.json() for answer in answers]
    assert bodies[0] == bodies[1]


async def test_changing_a_password_requires_the_current_one(client: Client, workspace: Workspace) -> None:
    member = await invited(client, "ada", workspace)
    client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    assert (await client.put("/v1/session/password", json={"password": PASSWORD})).status_code == 204
    other = {"password": "another password"}
    assert problem_code(await client.put("/v1/session/password", json=other)) == "wrong-password"
    both = {**other, "current": PASSWORD}
    assert (await client.put("/v1/session/password", json=both)).status_code == 204


async def test_password_attempts_are_limited_across_processes(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    body = {"email": f"x-{workspace.slug}@example.org", "password": "wrong password"}
    few = msgspec.structs.replace(settings_of_test, sign_ins_per_minute=10)
    statuses = []
    for _ in range(2):
        app = create_app(database, settings=few, runtime=RUNTIME)
        async with AsyncTestClient(app) as client:
            statuses += [(await client.post("/v1/sign-in", json=body)).status_code for _ in range(6)]
    assert statuses == [401] * 10 + [429] * 2


async def test_an_access_token_is_accepted_until_it_expires(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    token = (await pair(client))["access_token"]
    assert (await asked_with(client, token)).json()["workspace"]["slug"] == workspace.slug
    runtime = later(timedelta(minutes=11))
    async with client_of(database, workspace, settings=settings_of_test, runtime=runtime) as afterwards:
        assert problem_code(await asked_with(afterwards, token)) == "invalid-access-token"


async def test_published_keys_verify_access_tokens_and_contain_nothing_private(client: Client) -> None:
    token = (await pair(client))["access_token"]
    published = (await client.get("/.well-known/jwks.json")).json()
    assert {"d", "p", "q"}.isdisjoint(published["keys"][0])
    decoded = jwt.decode(token, RSAKey.import_key(published["keys"][0]), algorithms=["RS256"])
    assert decoded.header["kid"] == published["keys"][0]["kid"]
    assert decoded.claims["aud"] == "urn:keepwell:api"


async def test_a_token_signed_with_the_previous_key_is_accepted_after_a_rotation(
    client: Client, settings_of_test: Settings
) -> None:
    before = (await pair(client))["access_token"]
    SigningKeys(settings_of_test.signing_keys, clock=RUNTIME.clock).rotate()
    after = (await pair(client))["access_token"]
    assert [(await asked_with(client, token)).status_code for token in (before, after)] == [200, 200]
    kids = [
        json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"] for token in (before, after)
    ]
    assert kids[0] != kids[1]


async def test_signing_key_files_are_readable_by_their_owner_only(
    client: Client, settings_of_test: Settings
) -> None:
    await pair(client)
    assert {file.stat().st_mode & 0o777 for file in settings_of_test.signing_keys.iterdir()} == {0o600}


def unsigned(*parts: dict[str, Any]) -> str:
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


def signed_by_public_key(header: dict[str, Any], claims: dict[str, Any], key: RSAKey) -> str:
    """A MAC whose secret is the public key: what a verifier that believes the header accepts."""
    text = unsigned({**header, "alg": "HS256"}, claims)
    mac = hmac.digest(key.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


Forgery = Callable[[dict[str, Any], dict[str, Any], RSAKey], str]
STRANGER = RSAKey.generate_key(2048)
FORGERIES: dict[str, Forgery] = {
    "alg none": lambda header, claims, _: unsigned({**header, "alg": "none"}, claims) + ".",
    "HS256 by the public key": signed_by_public_key,
    "another key": lambda header, claims, _: jwt.encode(header, claims, STRANGER),
    "a key of its own": lambda header, claims, _: jwt.encode(
        {**header, "jwk": STRANGER.as_dict(private=False)}, claims, STRANGER
    ),
    "another audience": lambda header, claims, key: jwt.encode(header, {**claims, "aud": "urn:other"}, key),
    "another issuer": lambda header, claims, key: jwt.encode(header, {**claims, "iss": "urn:other"}, key),
    "no end": lambda header, claims, key: jwt.encode(
        header, {name: value for name, value in claims.items() if name != "exp"}, key
    ),
    "an unknown kid": lambda header, claims, key: jwt.encode({**header, "kid": "unknown"}, claims, key),
    "another type": lambda header, claims, key: jwt.encode({**header, "typ": "JWT"}, claims, key),
    "over": lambda header, claims, key: jwt.encode(header, {**claims, "exp": int(NOW.timestamp()) - 1}, key),
    "cut off": lambda header, claims, key: jwt.encode(header, claims, key)[:-8],
    "too long": lambda header, claims, key: jwt.encode(header, {**claims, "more": "x" * 5_000}, key),
}


async def test_a_scope_that_this_release_does_not_know_allows_nothing(
    client: Client, settings_of_test: Settings
) -> None:
    token = (await pair(client))["access_token"]
    key = SigningKeys(settings_of_test.signing_keys, clock=RUNTIME.clock).newest()
    decoded = jwt.decode(token, key, algorithms=["RS256"])
    for scope, status in (("read of-a-newer-release", 200), ("of-a-newer-release", 403)):
        signed = jwt.encode(decoded.header, {**decoded.claims, "scope": scope}, key)
        assert (await asked_with(client, signed)).status_code == status


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_access_token_is_refused(
    client: Client, settings_of_test: Settings, forgery: str
) -> None:
    token = (await pair(client))["access_token"]
    key = SigningKeys(settings_of_test.signing_keys, clock=RUNTIME.clock).newest()
    decoded = jwt.decode(token, key, algorithms=["RS256"])
    assert (await asked_with(client, jwt.encode(decoded.header, decoded.claims, key))).status_code == 200
    forged = FORGERIES[forgery](dict(decoded.header), dict(decoded.claims), key)
    answer = await asked_with(client, forged)
    assert (answer.status_code, problem_code(answer)) == (401, "invalid-access-token")


async def test_a_refresh_token_gives_the_next_one(client: Client) -> None:
    first = await pair(client)
    answer = await refreshed(client, first["refresh_token"])
    assert answer.status_code == 200
    second = answer.json()
    assert (await asked_with(client, second["access_token"])).status_code == 200
    assert (await refreshed(client, second["refresh_token"])).status_code == 200


async def test_reusing_a_refresh_token_ends_its_family(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    first = await pair(client)
    second = (await refreshed(client, first["refresh_token"])).json()
    runtime = later(timedelta(minutes=1))
    async with client_of(database, workspace, settings=settings_of_test, runtime=runtime) as afterwards:
        assert problem_code(await refreshed(afterwards, first["refresh_token"])) == "invalid-grant"
        assert (await refreshed(afterwards, second["refresh_token"])).status_code == 401


async def test_concurrent_second_refresh_is_rejected_and_the_family_continues(client: Client) -> None:
    first = await pair(client)
    answers = await asyncio.gather(*(refreshed(client, first["refresh_token"]) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    winner = next(answer for answer in answers if answer.status_code == 200).json()
    assert (await refreshed(client, winner["refresh_token"])).status_code == 200


async def test_a_repeated_refresh_with_the_same_key_gets_the_same_pair(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    first = await pair(client)
    answer = await refreshed(client, first["refresh_token"], key="try 1")
    runtime = later(timedelta(minutes=1))
    async with client_of(database, workspace, settings=settings_of_test, runtime=runtime) as afterwards:
        again = await refreshed(afterwards, first["refresh_token"], key="try 1")
        assert (again.json(), again.headers["idempotent-replayed"]) == (answer.json(), "true")
        following = await refreshed(afterwards, again.json()["refresh_token"], key="try 2")
        assert following.status_code == 200
        reused = await refreshed(afterwards, following.json()["refresh_token"], key="try 1")
        assert problem_code(reused) == "idempotency-key-reused"
        # Whoever has the token but not the key is a thief.
        assert (await refreshed(afterwards, first["refresh_token"], key="a guess")).status_code == 401
        assert (await refreshed(afterwards, following.json()["refresh_token"])).status_code == 401


async def test_concurrent_refreshes_with_the_same_key_get_the_same_pair(client: Client) -> None:
    first = await pair(client)
    answers = await asyncio.gather(*(refreshed(client, first["refresh_token"], key="one") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


async def test_repeating_a_sign_in_with_the_same_key_creates_one_session(
    client: Client, database: Database, workspace: Workspace
) -> None:
    member = await invited(client, "ada", workspace)
    client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    assert (await client.put("/v1/session/password", json={"password": PASSWORD})).status_code == 204
    await client.post("/v1/session/end")
    credentials = {"email": member["email"], "password": PASSWORD}
    cookies = []
    for _ in range(2):
        answer = await client.post("/v1/sign-in", json=credentials, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 204
        cookies.append(answer.cookies["keepwell_session"])
    assert cookies[0] == cookies[1]
    async with database.workspace(workspace.id) as connection:
        counted = await (await connection.execute("select count(*) from sessions")).fetchone()
    assert counted == (1,)


async def test_revoking_an_api_token_ends_the_families_it_began(client: Client) -> None:
    token = await made(client, "/v1/tokens", {"name": "app", "scopes": ["read"]})
    own = {"Authorization": f"Bearer {token['token']}"}
    pair_of_token = (await client.post("/v1/access-tokens", headers=own)).json()
    assert (await client.delete(f"/v1/tokens/{token['id']}")).status_code == 204
    answer = await refreshed(client, pair_of_token["refresh_token"])
    assert problem_code(answer) == "invalid-grant"


async def test_expired_refresh_tokens_are_deleted_with_their_families(
    client: Client, database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    first = await pair(client)
    await refreshed(client, first["refresh_token"])
    runtime = later(timedelta(days=61))
    async with client_of(database, workspace, settings=settings_of_test, runtime=runtime) as afterwards:
        await pair(afterwards)
    async with database.workspace(workspace.id) as connection:
        left = await (
            await connection.execute(
                "select (select count(*) from refresh_tokens), (select count(*) from refresh_families)"
            )
        ).fetchone()
    assert left == (1, 1)


async def test_a_removed_member_cannot_refresh(client: Client, workspace: Workspace) -> None:
    member = await invited(client, "ada", workspace)
    owner = client.headers.pop("Authorization")
    await client.get(member["sign_in_path"], follow_redirects=False)
    own = await pair(client)
    client.cookies.clear()
    gone = {"Authorization": owner, "If-Match": "*"}
    assert (await client.delete(f"/v1/members/{member['id']}", headers=gone)).status_code == 204
    assert (await refreshed(client, own["refresh_token"])).status_code == 401


async def test_access_tokens_keep_the_scopes_of_the_api_token(client: Client) -> None:
    narrow = await made(client, "/v1/tokens", {"name": "narrow", "scopes": ["read"]})
    headers = {"Authorization": f"Bearer {narrow['token']}"}
    given = (await client.post("/v1/access-tokens", headers=headers)).json()
    for token in (
        given["access_token"],
        (await refreshed(client, given["refresh_token"])).json()["access_token"],
    ):
        answer = await client.post(
            "/v1/accounts",
            json={"external_id": "A", "name": "A"},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 403


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
    issuer: str, database: Database, settings_of_test: Settings, workspace: Workspace
) -> AsyncIterator[AsyncTestClient[Litestar]]:
    oidc = OidcClient(issuer=issuer, client_id="keepwell", client_secret="a secret of the test")  # noqa: S106
    settings = msgspec.structs.replace(settings_of_test, oidc=oidc)
    # The provider's clock is the machine's.
    clock = FixedClock(datetime.now(UTC))
    app = create_app(database, settings=settings, runtime=Runtime(clock, Uuid7(clock)))
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
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


async def came_back(client: AsyncTestClient[Litestar], name: str) -> httpx.Response:
    begun = await client.get("/sign-in/oidc", follow_redirects=False)
    assert begun.status_code == 303, begun.text
    address = await consented(begun.headers["location"], name)
    return await client.get(address, follow_redirects=False)


async def test_a_member_signs_in_with_the_provider_and_is_linked_to_it(
    with_provider: AsyncTestClient[Litestar], client: Client, workspace: Workspace
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


async def test_a_removed_member_cannot_sign_in_with_the_provider(
    with_provider: AsyncTestClient[Litestar], client: Client, workspace: Workspace
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
    with_provider: AsyncTestClient[Litestar], client: Client, workspace: Workspace, name: str
) -> None:
    if name == "unverified":
        await invited(client, name, workspace)
    answer = await came_back(with_provider, f"{name}-{workspace.slug}")
    assert (answer.status_code, problem_code(answer)) == (401, "oidc-refused")
    assert "keepwell_session" not in answer.cookies


async def test_a_callback_of_another_sign_in_is_refused(with_provider: AsyncTestClient[Litestar]) -> None:
    begun = await with_provider.get("/sign-in/oidc", follow_redirects=False)
    address = await consented(begun.headers["location"], "mallory")
    await with_provider.get("/sign-in/oidc", follow_redirects=False)
    answer = await with_provider.get(address, follow_redirects=False)
    assert problem_code(answer) == "oidc-refused"
    with_provider.cookies.clear()
    assert problem_code(await with_provider.get(address, follow_redirects=False)) == "oidc-refused"


async def test_without_a_provider_its_routes_answer_404(client: Client) -> None:
    assert (await client.get("/sign-in/oidc", follow_redirects=False)).status_code == 404


async def test_secrets_appear_in_no_log_and_no_answer(client: Client, workspace: Workspace) -> None:
    canary = "kw_canary-4711"
    with capture_logs() as lines:
        answers = [
            await client.get("/v1/session", headers={"Authorization": f"Bearer {canary}"}),
            await client.get("/v1/session", headers={"Authorization": f"Bearer {canary}.{canary}.{canary}"}),
            await client.get(
                "/v1/session", headers={"Cookie": f"keepwell_session={canary}", "Authorization": ""}
            ),
            await client.get("/sign-in", params={"token": canary}, headers={"Authorization": ""}),
            await client.post("/v1/sign-in", json={"email": f"{workspace.slug}@x.y", "password": canary}),
            await client.put(
                "/v1/session/password", json={"password": PASSWORD, "current": canary, "x": canary}
            ),
            await refreshed(client, canary),
        ]
    assert len(lines) >= len(answers)
    assert all(answer.status_code in {400, 401} for answer in answers)
    for answer in answers:
        assert canary not in answer.text
        assert canary not in str(answer.headers)
    assert canary not in str(lines)


async def test_every_way_to_write_an_email_has_the_same_limit_and_owner(
    client: Client, workspace: Workspace
) -> None:
    member = await invited(client, "kim", workspace)
    client.headers.pop("Authorization")
    spellings = [member["email"], member["email"].upper(), member["email"].replace("k", "\u212a", 1)]
    codes = [
        problem_code(await client.post("/v1/sign-in", json={"email": spellings[number % 3], "password": "x"}))
        for number in range(11)
    ]
    assert codes == ["wrong-password"] * 10 + ["rate-limited"]


async def test_the_second_way_to_write_an_email_is_a_conflict(client: Client, workspace: Workspace) -> None:
    email = (await invited(client, "kim", workspace))["email"]
    again = {"name": "Other", "role": "agent", "email": email.replace("k", "\u212a", 1)}
    assert (await client.post("/v1/members", json=again)).status_code == 409


async def test_wrong_tokens_of_an_address_are_limited_and_known_ones_go_on(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    settings = msgspec.structs.replace(settings_of_test, sign_ins_per_minute=1)
    async with client_of(database, workspace, settings=settings, runtime=RUNTIME) as limited:
        assert (await limited.get("/v1/session")).status_code == 200
        wrong = [await asked_with(limited, f"kw_wrong-{number}") for number in range(8)]
        assert [answer.status_code for answer in wrong] == [401] * 6 + [429] * 2
        assert int(wrong[-1].headers["retry-after"]) >= 1
        assert (await limited.get("/v1/session")).status_code == 200


async def known_in_two_workspaces(
    client: Client, database: Database, workspace: Workspace
) -> tuple[str, dict[str, str]]:
    """An e-mail, and the id of its member in each of two workspaces by their password."""
    email = f"kim-{workspace.slug}@example.org"
    async with database.transaction() as connection:
        other = await identity.ensure_workspace(connection, f"other-{uuid4().hex[:12]}", runtime=RUNTIME)
        actor = await identity.operator(connection, other.id)
        new = NewMember(name="Kim", role=Role.AGENT, email=email)
        there = await members.invite(connection, actor, new, runtime=RUNTIME)
    here = await made(client, "/v1/members", {"name": "Kim", "role": "agent", "email": email})
    invitations = {PASSWORD: (here["id"], here["sign_in_path"])}
    invitations["another password"] = (str(there.id), there.sign_in_path)
    client.headers.pop("Authorization")
    for password, (_, path) in invitations.items():
        await client.get(path, follow_redirects=False)
        assert (await client.put("/v1/session/password", json={"password": password})).status_code == 204
        client.cookies.clear()
    return email, {password: member_id for password, (member_id, _) in invitations.items()}


async def test_an_invitation_does_not_tell_that_another_workspace_knows_the_email(
    client: Client, database: Database, workspace: Workspace
) -> None:
    email, members_by_password = await known_in_two_workspaces(client, database, workspace)
    for password, member_id in members_by_password.items():
        answer = await client.post("/v1/sign-in", json={"email": email, "password": password})
        assert answer.status_code == 204
        assert (await client.get("/v1/session")).json()["member"]["id"] == member_id
        client.cookies.clear()


async def test_a_sign_in_computes_one_hash_however_many_workspaces_know_the_email(
    client: Client, database: Database, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    email, _ = await known_in_two_workspaces(client, database, workspace)
    computed = list[str]()
    for name in ("hash", "verify"):
        monkeypatch.setattr(Argon2Hasher, name, counted(getattr(Argon2Hasher, name), computed))
    for each in (email, f"nobody-{workspace.slug}@example.org"):
        computed.clear()
        answer = await client.post("/v1/sign-in", json={"email": each, "password": "wrong password"})
        assert (answer.status_code, len(computed)) == (401, 1), each


def counted(hashing: Callable[..., Any], computed: list[str]) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        computed.append(hashing.__name__)
        return hashing(*arguments, **named)

    return wrapped
