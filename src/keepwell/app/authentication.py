"""Who is asking: an API token in the Authorization header, or a session in the cookie."""

from __future__ import annotations

from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult

from keepwell.identity import service
from keepwell.identity.access_tokens import AccessTokens
from keepwell.identity.model import Principal
from keepwell.platform.clock import Clock
from keepwell.platform.database import Database
from keepwell.platform.errors import NotAuthenticated
from keepwell.platform.http import SESSION_COOKIE

_DOTS_OF_A_JWT = 2
_HINT = "`./keepwell sign-in` prints a link for a browser, `./keepwell token create` a token for a script."


class Authentication(AbstractAuthenticationMiddleware):
    """Puts the `Principal` of each request into its scope; routes marked PUBLIC are let through."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """The principal; raises NotAuthenticated where there is none."""
        principal, proof = await _principal(connection)
        if principal is None:
            raise NotAuthenticated(hint=_HINT)
        return AuthenticationResult(user=principal, auth=proof)


async def _principal(
    connection: ASGIConnection[Any, Any, Any, Any],
) -> tuple[Principal | None, Literal["token", "session"]]:
    database: Database = connection.app.state.database
    clock: Clock = connection.app.state.clock
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    session = connection.cookies.get(SESSION_COOKIE)
    if scheme.lower() == "bearer" and token.count(".") == _DOTS_OF_A_JWT:
        access_tokens: AccessTokens = connection.app.state.access_tokens
        return access_tokens.principal_of(token), "token"
    if scheme.lower() == "bearer" and token:
        async with database.transaction() as transaction:
            return await service.principal_of_token(transaction, token, clock=clock), "token"
    if session:
        async with database.transaction() as transaction:
            return await service.principal_of_session(transaction, session, clock=clock), "session"
    return None, "token"
