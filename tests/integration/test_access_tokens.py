"""Access tokens: until when, with which keys and for which scopes they are accepted, and no forged one."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import (
    NOW,
    RUNTIME,
    asked_with,
    later,
    pair,
    refreshed,
)
from tests.integration.records import Client, client_of, made, problem_code

pytestmark = pytest.mark.anyio


async def test_an_access_token_is_accepted_until_it_expires(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    token = (await pair(client))["access_token"]
    assert (await asked_with(client, token)).json()["workspace"]["slug"] == workspace.slug
    runtime = later(timedelta(minutes=11))
    async with client_of(database, workspace, settings=shared_settings, runtime=runtime) as afterwards:
        assert problem_code(await asked_with(afterwards, token)) == "invalid-access-token"


async def test_published_keys_verify_access_tokens_and_contain_nothing_private(client: Client) -> None:
    token = (await pair(client))["access_token"]
    published = (await client.get("/.well-known/jwks.json")).json()
    assert {"d", "p", "q"}.isdisjoint(published["keys"][0])
    decoded = jwt.decode(token, RSAKey.import_key(published["keys"][0]), algorithms=["RS256"])
    assert decoded.header["kid"] == published["keys"][0]["kid"]
    assert decoded.claims["aud"] == "urn:keepwell:api"


async def test_a_token_signed_with_the_previous_key_is_accepted_after_a_rotation(
    client: Client, shared_settings: Settings
) -> None:
    before = (await pair(client))["access_token"]
    SigningKeys(shared_settings.signing_keys, clock=RUNTIME.clock).rotate()
    after = (await pair(client))["access_token"]
    assert [(await asked_with(client, token)).status_code for token in (before, after)] == [200, 200]
    kids = [
        json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"] for token in (before, after)
    ]
    assert kids[0] != kids[1]


async def test_signing_key_files_are_readable_by_their_owner_only(
    client: Client, shared_settings: Settings
) -> None:
    await pair(client)
    assert {file.stat().st_mode & 0o777 for file in shared_settings.signing_keys.iterdir()} == {0o600}


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
    client: Client, shared_settings: Settings
) -> None:
    token = (await pair(client))["access_token"]
    key = SigningKeys(shared_settings.signing_keys, clock=RUNTIME.clock).newest()
    decoded = jwt.decode(token, key, algorithms=["RS256"])
    for scope, status in (("read of-a-newer-release", 200), ("of-a-newer-release", 403)):
        signed = jwt.encode(decoded.header, {**decoded.claims, "scope": scope}, key)
        assert (await asked_with(client, signed)).status_code == status


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_access_token_is_refused(
    client: Client, shared_settings: Settings, forgery: str
) -> None:
    token = (await pair(client))["access_token"]
    key = SigningKeys(shared_settings.signing_keys, clock=RUNTIME.clock).newest()
    decoded = jwt.decode(token, key, algorithms=["RS256"])
    assert (await asked_with(client, jwt.encode(decoded.header, decoded.claims, key))).status_code == 200
    forged = FORGERIES[forgery](dict(decoded.header), dict(decoded.claims), key)
    answer = await asked_with(client, forged)
    assert (answer.status_code, problem_code(answer)) == (401, "invalid-access-token")


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


async def test_wrong_tokens_of_an_address_are_limited_and_known_ones_go_on(
    database: Database, workspace: Workspace, shared_settings: Settings
) -> None:
    settings = msgspec.structs.replace(shared_settings, sign_ins_per_minute=1)
    async with client_of(database, workspace, settings=settings, runtime=RUNTIME) as limited:
        assert (await limited.get("/v1/session")).status_code == 200
        wrong = [await asked_with(limited, f"kw_wrong-{number}") for number in range(8)]
        assert [answer.status_code for answer in wrong] == [401] * 6 + [429] * 2
        assert int(wrong[-1].headers["retry-after"]) >= 1
        assert (await limited.get("/v1/session")).status_code == 200
