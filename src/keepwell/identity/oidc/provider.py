"""Signing in by a provider of OpenID Connect: authorization code with PKCE, and a proof of the ID token.

A provider can only let in who is a member already: by the subject that was linked before, or, the first
time, by an e-mail that the provider has verified.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from keepwell.identity import store
from keepwell.identity.audit import service as audit
from keepwell.identity.model import Actor, Principal
from keepwell.platform.clock import Clock
from keepwell.platform.config import OidcClient
from keepwell.platform.database import Connection, enter_workspace, name_email, present_credential
from keepwell.platform.errors import ExternalServiceError, NotAuthenticated, Unavailable

_SECONDS = 10.0
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_LEEWAY_SECONDS = 60


class OidcRefused(NotAuthenticated):
    """The provider's answer does not let anybody in."""

    code = "oidc-refused"


class Pending(msgspec.Struct, frozen=True):
    """What must be known when the browser comes back; it waits in the browser's own cookie, encrypted."""

    state: str
    nonce: str
    verifier: str


class Identity(msgspec.Struct, frozen=True):
    """Who the provider says that somebody is."""

    issuer: str
    subject: str
    email: str | None


class _Provider(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Claims(msgspec.Struct, frozen=True):
    sub: str
    nonce: str
    email: str | None = None
    email_verified: bool = False


class Oidc:
    """The flow with one provider; its endpoints and keys are asked for when they are needed."""

    def __init__(self, client: OidcClient, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def begin(self, redirect_uri: str) -> tuple[str, Pending]:
        """Where to send the browser, and what to keep meanwhile."""
        provider = await self._provider()
        pending = Pending(*(secrets.token_urlsafe(48) for _ in range(3)))
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
        return str(httpx.URL(provider.authorization_endpoint).copy_merge_params(query)), pending

    async def finish(self, code: str, *, pending: Pending, redirect_uri: str) -> Identity:
        """Who came back with `code`; raises OidcRefused for one that proves nothing."""
        provider = await self._provider()
        tokens = await self._exchange(code, provider=provider, pending=pending, redirect_uri=redirect_uri)
        claims = await self._claims(str(tokens.get("id_token", "")), provider=provider, nonce=pending.nonce)
        return Identity(provider.issuer, claims.sub, claims.email if claims.email_verified else None)

    async def _exchange(
        self, code: str, *, provider: _Provider, pending: Pending, redirect_uri: str
    ) -> dict[str, Any]:
        """RFC 6749, section 4.1.3, with the verifier of RFC 7636."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": pending.verifier,
        }
        # Encoded first, as section 2.3.1 has it: a secret may hold what Basic parts by.
        credentials = (quote(self._client.client_id, safe=""), quote(self._client.client_secret, safe=""))
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as client:
                answer = await client.post(provider.token_endpoint, data=form, auth=credentials)
            if answer.status_code == httpx.codes.BAD_REQUEST:
                raise OidcRefused(hint="Begin again at /sign-in/oidc.")
            answer.raise_for_status()
            return dict(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise _no_answer(error) from error

    async def _claims(self, id_token: str, *, provider: _Provider, nonce: str) -> _Claims:
        keys = await self._ask(provider.jwks_uri)
        try:
            decoded = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]  # a JWK set
            JWTClaimsRegistry(
                now=int(self._clock.now().timestamp()),
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": provider.issuer},
                aud={"essential": True, "value": self._client.client_id},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(decoded.claims)
            return msgspec.convert(decoded.claims, type=_Claims)
        except (JoseError, ValueError) as error:
            raise OidcRefused(
                "The provider's ID token proves nothing.", hint="Begin again at /sign-in/oidc."
            ) from error

    async def _provider(self) -> _Provider:
        found = await self._ask(f"{self._client.issuer}/.well-known/openid-configuration")
        try:
            provider = msgspec.convert(found, type=_Provider)
        except msgspec.ValidationError as error:
            raise ExternalServiceError(
                f"The OpenID configuration is not complete: {error}", hint="Check KEEPWELL_OIDC_ISSUER."
            ) from error
        if provider.issuer.rstrip("/") != self._client.issuer:
            raise ExternalServiceError(
                f"The provider calls itself {provider.issuer}.", hint="Let KEEPWELL_OIDC_ISSUER be the same."
            )
        return provider

    async def _ask(self, address: str) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=_SECONDS) as client:
                answer = await client.get(address)
                answer.raise_for_status()
                return dict(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise _no_answer(error) from error


async def principal_of_identity(
    connection: Connection, identity: Identity, *, request_id: str, clock: Clock
) -> Principal:
    """The member whom the provider named, linked to its subject from now on; raises OidcRefused for a stranger.

    The first sign-in, which links them, is in the audit log.
    """
    await present_credential(connection, f"{identity.issuer} {identity.subject}")
    found = await store.MEMBER_BY_OIDC.maybe_one(connection)
    if found is not None:
        return Principal(found.workspace_id, found.member_id)
    linked = await _link(connection, identity)
    if linked is None:
        raise OidcRefused(
            "The provider knows you, but you are no member.", hint="Ask an owner to invite you."
        )
    await audit.record(
        connection,
        Actor(linked, request_id),
        action="member.provider-linked",
        subject=f"member:{linked.member_id}",
        clock=clock,
    )
    return linked


async def _link(connection: Connection, identity: Identity) -> Principal | None:
    """Link the member with the verified e-mail; None if there is none, or they are linked to another subject."""
    if identity.email is None:
        return None
    await name_email(connection, identity.email)
    found = await store.MEMBER_BY_EMAIL.maybe_one(connection)
    if found is None:
        return None
    await enter_workspace(connection, found.workspace_id)
    linked = await store.LINK_OIDC.run(
        connection,
        workspace_id=found.workspace_id,
        member_id=found.member_id,
        issuer=identity.issuer,
        subject=identity.subject,
    )
    return Principal(found.workspace_id, found.member_id) if linked else None


def _no_answer(error: Exception) -> Unavailable:
    return Unavailable(
        f"The OpenID provider does not answer: {type(error).__name__}.",
        hint="Try again, or sign in by a link.",
    )
