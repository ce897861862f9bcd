"""What an OpenID provider may answer, from a small one on loopback that answers as each test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from keepwell.identity.oidc.model import OidcRefused, PendingSignIn, ProviderIdentity
from keepwell.identity.oidc.provider import OidcProvider
from keepwell.platform.config import OidcClient
from keepwell.platform.errors import KeepwellError
from tests.clocks import FixedClock

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
PENDING = PendingSignIn("state", "nonce", "verifier")
KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
Documents = dict[str, Any]


class _Handler(BaseHTTPRequestHandler):
    documents: Documents

    def do_GET(self) -> None:
        body = json.dumps(self.documents[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def documents() -> Iterator[Documents]:
    """The answers of a running provider, by path; `issuer` is its address."""
    answers: Documents = {}
    handler = type("Handler", (_Handler,), {"documents": answers})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        answers["issuer"] = issuer
        answers["/.well-known/openid-configuration"] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/auth",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
        }
        answers["/jwks"] = {"keys": [KEY.as_dict(private=False)]}
        answers["/token"] = {"id_token": id_token(answers)}
        yield answers
        server.shutdown()
        serving.join()


def id_token(documents: Documents, **claims: Any) -> str:
    seconds = int(NOW.timestamp())
    standard = {
        "iss": documents["issuer"],
        "aud": "keepwell",
        "sub": "ada",
        "nonce": "nonce",
        "exp": seconds + 60,
    }
    given = {**standard, **claims}
    return jwt.encode({"alg": "RS256", "kid": KEY.kid}, given, KEY)


async def signed_in(documents: Documents) -> ProviderIdentity:
    client = OidcClient(issuer=documents["issuer"], client_id="keepwell", client_secret="a secret")  # noqa: S106  of the test
    provider = OidcProvider(client, clock=FixedClock(NOW))
    return await provider.finish("code", pending=PENDING, redirect_uri="http://here/callback")


async def test_a_valid_answer_names_the_subject(documents: Documents) -> None:
    assert (await signed_in(documents)).subject == "ada"


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/jwks", []),
        ("/jwks", 5),
        ("/jwks", {}),
        ("/jwks", {"keys": 5}),
        ("/jwks", {"keys": []}),
        ("/jwks", {"keys": [5, None, []]}),
        ("/jwks", {"keys": [{}]}),
        ("/jwks", {"keys": [{"kty": 5}]}),
        ("/jwks", {"keys": [{"kty": "RSA"}]}),
        ("/jwks", {"keys": [{"kty": "RSA", "n": 5, "e": []}]}),
        ("/jwks", {"keys": [{"kty": "EC", "crv": "P-256", "x": "?", "y": "?"}]}),
        ("/token", []),
        ("/token", [["a", "b"]]),
        ("/token", None),
        ("/token", {}),
        ("/token", {"id_token": 5}),
        ("/token", {"id_token": {"a": []}}),
        ("/token", {"id_token": "a.b.c"}),
        ("/token", {"id_token": "eyJhbGciOjV9.e30.AA"}),
        ("/token", {"id_token": "W10.W10.AA"}),
        ("/token", {"id_token": "\ud800.\ud800.\ud800"}),
    ],
)
async def test_an_answer_of_an_odd_shape_signs_nobody_in(
    documents: Documents, path: str, answer: object
) -> None:
    documents[path] = answer
    with pytest.raises(OidcRefused):
        await signed_in(documents)


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": "soon"},
        {"exp": []},
        {"aud": 5},
        {"aud": {"keepwell": 1}},
        {"aud": [["keepwell"]]},
        {"sub": 5},
        {"nonce": []},
        {"email": {"a": 1}},
        {"iss": ["a"]},
    ],
)
async def test_claims_of_an_odd_shape_sign_nobody_in(documents: Documents, claims: dict[str, Any]) -> None:
    documents["/token"] = {"id_token": id_token(documents, **claims)}
    with pytest.raises(OidcRefused):
        await signed_in(documents)


@pytest.mark.parametrize("answer", [[], 5, {}, {"issuer": 5}])
async def test_a_configuration_of_an_odd_shape_is_reported(documents: Documents, answer: object) -> None:
    documents["/.well-known/openid-configuration"] = answer
    with pytest.raises(KeepwellError):
        await signed_in(documents)


async def test_an_authorization_endpoint_that_is_not_a_url_is_reported(documents: Documents) -> None:
    documents["/.well-known/openid-configuration"]["authorization_endpoint"] = "http://[::1"
    client = OidcClient(issuer=documents["issuer"], client_id="keepwell", client_secret="a secret")  # noqa: S106  of the test
    with pytest.raises(KeepwellError):
        await OidcProvider(client, clock=FixedClock(NOW)).begin("http://here/callback")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["keepwell", "another"]},
        {"aud": ["keepwell", "another"], "azp": "another"},
        {"aud": "keepwell", "azp": "another"},
        {"aud": ["keepwell"], "azp": ""},
    ],
)
async def test_a_token_that_was_issued_to_another_client_signs_nobody_in(
    documents: Documents, claims: dict[str, Any]
) -> None:
    documents["/token"] = {"id_token": id_token(documents, **claims)}
    with pytest.raises(OidcRefused):
        await signed_in(documents)


@pytest.mark.parametrize(
    "claims",
    [{"aud": ["keepwell"]}, {"azp": "keepwell"}, {"aud": ["keepwell", "another"], "azp": "keepwell"}],
)
async def test_a_token_that_names_us_as_its_party_signs_in(
    documents: Documents, claims: dict[str, Any]
) -> None:
    documents["/token"] = {"id_token": id_token(documents, **claims)}
    assert (await signed_in(documents)).subject == "ada"
