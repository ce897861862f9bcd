"""Access tokens: short-lived JWTs (RFC 9068) that identify the caller without a database query."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from cachetools import TLRUCache
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, RSAKey
from joserfc.jwt import JWTClaimsRegistry

from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.model import Principal
from keepwell.identity.permissions import Role, known_permissions
from keepwell.platform.clock import Clock
from keepwell.platform.errors import NotAuthenticated
from keepwell.platform.ids import Ids

LIFETIME = timedelta(minutes=10)
ISSUER = "urn:keepwell"
AUDIENCE = "urn:keepwell:api"
_TYPE = "at+jwt"
_ALGORITHMS = ["RS256"]
_LONGEST = 4_000
_MOST_REMEMBERED = 10_000
_HINT = "Get another one at POST /v1/oauth/token with the refresh token."


class InvalidAccessToken(NotAuthenticated):
    """This access token is not valid, or has expired."""

    code = "invalid-access-token"


class _Claims(msgspec.Struct, frozen=True):
    sub: UUID
    workspace: UUID
    role: Role
    exp: int
    family: UUID
    scope: str | None = None
    token: UUID | None = None

    def principal(self) -> Principal:
        scopes = None if self.scope is None else known_permissions(self.scope.split())
        return Principal(self.workspace, self.sub, self.role, scopes, self.token, self.family)


class AccessTokens:
    """Issues and verifies access tokens; a verified token is remembered until it expires."""

    def __init__(self, signing_keys: SigningKeys, *, clock: Clock, ids: Ids) -> None:
        self.signing_keys = signing_keys
        self._clock = clock
        self._ids = ids
        self._verified: TLRUCache[str, _Claims, float] = TLRUCache(
            _MOST_REMEMBERED,
            ttu=lambda _token, claims, _now: claims.exp,
            timer=lambda: clock.now().timestamp(),
        )

    def issue(self, principal: Principal) -> str:
        """A token for ten minutes; `principal` must have just been read from the database."""
        key, now = self.signing_keys.newest(), self._clock.now()
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(principal.member_id),
            "workspace": str(principal.workspace_id),
            "role": str(principal.role),
            "family": str(principal.family_id),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "jti": str(self._ids.new()),
        }
        if principal.scopes is not None:
            claims["scope"] = " ".join(sorted(principal.permissions))
        # The audit log names the API token that an access token was issued to.
        if principal.token_id is not None:
            claims["token"] = str(principal.token_id)
        return jwt.encode({"alg": "RS256", "kid": str(key.kid), "typ": _TYPE}, claims, key)

    def principal_of(self, token: str) -> Principal:
        """The principal that `token` names; raises InvalidAccessToken if we did not sign it or it has expired."""
        claims = self._verified.get(token)
        if claims is None:
            claims = self._verify(token, now=self._clock.now())
            self._verified[token] = claims
        return claims.principal()

    def named_family(self, token: str) -> tuple[UUID, UUID] | None:
        """The workspace and family of an access token of ours; None for anything else, and after it has expired."""
        try:
            principal = self.principal_of(token)
        except InvalidAccessToken:
            return None
        return None if principal.family_id is None else (principal.workspace_id, principal.family_id)

    def _verify(self, token: str, *, now: datetime) -> _Claims:
        if len(token) > _LONGEST:
            raise InvalidAccessToken(hint=_HINT)
        try:
            decoded = jwt.decode(token, self._key_of, algorithms=_ALGORITHMS)
            if decoded.header.get("typ") != _TYPE:
                raise InvalidAccessToken(hint=_HINT)
            _registry(now).validate(decoded.claims)
            return msgspec.convert(decoded.claims, type=_Claims)
        except (JoseError, ValueError) as error:
            # The reason would only help somebody who forges tokens.
            raise InvalidAccessToken(hint=_HINT) from error

    def _key_of(self, token: GuestProtocol) -> RSAKey:
        # Only our own keys count: a key that comes with the token proves nothing.
        key = self.signing_keys.find(str(token.headers().get("kid", "")))
        if key is None:
            raise InvalidAccessToken(hint=_HINT)
        return key


def _registry(now: datetime) -> JWTClaimsRegistry:
    return JWTClaimsRegistry(
        now=int(now.timestamp()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
