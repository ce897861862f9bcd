"""A client of one OpenID Connect provider: authorization code with PKCE, and verification of the ID token."""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet
from joserfc.jwt import JWTClaimsRegistry

from keepwell.identity.oidc.model import OidcRefused, PendingSignIn, ProviderIdentity
from keepwell.platform.clock import Clock
from keepwell.platform.config import OidcClient
from keepwell.platform.errors import ExternalServiceError, Unavailable
from keepwell.platform.trace.outgoing import TracedClient

_TIMEOUT_SECONDS = 10.0
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_LEEWAY_SECONDS = 60


class _Metadata(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    nonce: str
    email: str | None = None
    email_verified: bool = False


class OidcProvider:
    """The sign-in flow with one provider; its endpoints and keys are fetched when they are needed."""

    def __init__(self, client: OidcClient, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def begin(self, redirect_uri: str) -> tuple[str, PendingSignIn]:
        """The address to send the browser to, and what to keep until it comes back."""
        provider = await self._metadata()
        pending = PendingSignIn(*(secrets.token_urlsafe(48) for _ in range(3)))
        digest = hashlib.sha256(pending.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        try:
            return str(httpx.URL(provider.authorization_endpoint).copy_merge_params(query)), pending
        except httpx.InvalidURL as error:
            raise _odd_answer(f"its authorization endpoint is not a URL: {error}") from error

    async def finish(self, code: str, *, pending: PendingSignIn, redirect_uri: str) -> ProviderIdentity:
        """The identity for the authorization `code`; raises OidcRefused if the code is not valid."""
        provider = await self._metadata()
        tokens = await self._exchange(code, provider=provider, pending=pending, redirect_uri=redirect_uri)
        claims = await self._claims(str(tokens.get("id_token", "")), provider=provider, nonce=pending.nonce)
        return ProviderIdentity(provider.issuer, claims.sub, claims.email if claims.email_verified else None)

    async def _exchange(
        self, code: str, *, provider: _Metadata, pending: PendingSignIn, redirect_uri: str
    ) -> dict[str, Any]:
        """The token request of RFC 6749, section 4.1.3, with the verifier of RFC 7636."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": pending.verifier,
        }
        # URL-encoded first, as section 2.3.1 requires: a secret may contain the colon that Basic splits at.
        credentials = (quote(self._client.client_id, safe=""), quote(self._client.client_secret, safe=""))
        try:
            async with TracedClient(timeout=_TIMEOUT_SECONDS, verify=_trusted_roots()) as client:
                answer = await client.post(provider.token_endpoint, data=form, auth=credentials)
            if answer.status_code == httpx.codes.BAD_REQUEST:
                raise OidcRefused(hint="Start again at /sign-in/oidc.")
            answer.raise_for_status()
            return _object_in(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_answer(error) from error

    async def _claims(self, id_token: str, *, provider: _Metadata, nonce: str) -> _Claims:
        keys = _keys_in(await self._get(provider.jwks_uri))
        try:
            decoded = jwt.decode(id_token, keys, algorithms=_ALGORITHMS)
            JWTClaimsRegistry(
                now=int(self._clock.now().timestamp()),
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": provider.issuer},
                aud={"essential": True, "value": self._client.client_id},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(decoded.claims)
            self._require_issued_to_us(decoded.claims)
            return msgspec.convert(decoded.claims, type=_Claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            # joserfc raises the last three for headers and claims of a shape that it does not expect.
            raise OidcRefused(
                "The provider's ID token is not valid.", hint="Start again at /sign-in/oidc."
            ) from error

    def _require_issued_to_us(self, claims: dict[str, Any]) -> None:
        """OpenID Connect Core 3.1.3.7, steps 3 to 5: a token for several clients must name us as the one that asked."""
        audience, party = claims["aud"], claims.get("azp")
        is_for_others = isinstance(audience, list) and set(audience) != {self._client.client_id}
        if party != self._client.client_id and (party is not None or is_for_others):
            raise OidcRefused(
                "The provider's ID token was issued to another client.", hint="Start again at /sign-in/oidc."
            )

    async def _metadata(self) -> _Metadata:
        found = await self._get(f"{self._client.issuer}/.well-known/openid-configuration")
        try:
            provider = msgspec.convert(found, type=_Metadata)
        except msgspec.ValidationError as error:
            raise ExternalServiceError(
                f"The provider's OpenID configuration is incomplete: {error}",
                hint="Check KEEPWELL_OIDC_ISSUER.",
            ) from error
        if provider.issuer.rstrip("/") != self._client.issuer:
            raise ExternalServiceError(
                f"The provider calls itself {provider.issuer}.", hint="Set KEEPWELL_OIDC_ISSUER to the same."
            )
        return provider

    async def _get(self, address: str) -> dict[str, Any]:
        try:
            async with TracedClient(timeout=_TIMEOUT_SECONDS, verify=_trusted_roots()) as client:
                answer = await client.get(address)
                answer.raise_for_status()
                return _object_in(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_answer(error) from error


@cache
def _trusted_roots() -> ssl.SSLContext:
    """The machine's certificate authorities, read once: reading them takes long enough to hold up other requests."""
    return ssl.create_default_context()


def _keys_in(document: dict[str, Any]) -> KeySet:
    """The keys of a JWK set that can verify a signature; RFC 7517 says to ignore the others."""
    listed = document.get("keys")
    keys = []
    for each in listed if isinstance(listed, list) else []:
        try:
            keys.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue
    if not keys:
        raise _odd_answer("its JWK set has no key that we can use")
    return KeySet(keys)


def _object_in(answer: httpx.Response) -> dict[str, Any]:
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        raise _odd_answer(f"{answer.url.path} is not a JSON object") from error


def _odd_answer(what: str) -> OidcRefused:
    return OidcRefused(
        f"The OpenID provider gave an unusable answer: {what}.", hint="Check KEEPWELL_OIDC_ISSUER."
    )


def _no_answer(error: Exception) -> Unavailable:
    return Unavailable(
        f"The OpenID provider does not answer: {type(error).__name__}.",
        hint="Try again, or sign in by a link.",
    )
