"""Access and refresh tokens over HTTP, and the public keys that verify them."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from keepwell.identity.access_tokens.model import RefreshGrant, Revocation, TokenPair
from keepwell.identity.access_tokens.service import LIFETIME, AccessTokens
from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.identity.model import Principal, require_lasting_credential
from keepwell.identity.refresh_tokens import service as refresh_tokens
from keepwell.identity.refresh_tokens.service import InvalidGrant
from keepwell.platform.database import Database
from keepwell.platform.http.routes import COUNTED_AS_SIGN_IN, PUBLIC, TheClock, TheRuntime, problems, requires
from keepwell.platform.http.writes import IdempotencyKey, TheWrite
from keepwell.platform.idempotency.service import replay_headers

TheAccessTokens = SkipValidation[NamedDependency[AccessTokens]]


@post(
    "/v1/access-tokens",
    opt=requires("read"),
    tags=["session"],
    summary="Tokens for an app",
    operation_id="createAccessToken",
    responses=problems(),
)
async def create_access_token(
    principal: NamedDependency[Principal],
    write: TheWrite,
    runtime: TheRuntime,
    access_tokens: TheAccessTokens,
) -> Response[TokenPair]:
    """A short-lived access token of your own, and a refresh token for the next one; not possible with an access token."""
    # Before `write`, which would replay the response of an earlier request.
    require_lasting_credential(principal)

    async def work() -> TokenPair:
        begun = await refresh_tokens.begin_family(write.connection, principal, runtime=runtime)
        return _pair(access_tokens.issue(begun.principal), begun.refresh_token)

    return await write.create(work)


@post(
    "/v1/oauth/token",
    opt=PUBLIC | COUNTED_AS_SIGN_IN,
    tags=["session"],
    summary="Refresh an access token",
    operation_id="refreshAccessToken",
    status_code=200,
    security=[],
    responses=problems(),
)
async def refresh_access_token(
    data: URLEncodedBody[RefreshGrant],
    state: State,
    runtime: TheRuntime,
    access_tokens: TheAccessTokens,
    idempotency_key: IdempotencyKey = None,
) -> Response[TokenPair]:
    """Exchange a refresh token for the next pair; using one twice ends every token that came from the same sign-in.

    A request whose reply was lost can be sent again with its Idempotency-Key: it gets the same pair.
    """
    database: Database = state.database
    # Committed before answering, even with a refusal: a reused token must end its family.
    async with database.transaction() as connection:
        pair = await refresh_tokens.refresh(
            connection, data.refresh_token, key=idempotency_key, issue=access_tokens.issue, runtime=runtime
        )
    if pair is None:
        raise InvalidGrant(hint="Sign in again.")
    headers = replay_headers(is_repeated=pair.is_repeated)
    return Response(_pair(pair.access_token, pair.refresh_token), headers=headers)


@post(
    "/v1/oauth/revoke",
    opt=PUBLIC | COUNTED_AS_SIGN_IN,
    tags=["session"],
    summary="Revoke a refresh or access token",
    operation_id="revokeAccessToken",
    status_code=200,
    security=[],
    responses=problems(),
)
async def revoke_access_token(
    data: URLEncodedBody[Revocation], state: State, clock: TheClock, access_tokens: TheAccessTokens
) -> Response[None]:
    """End every token that came from the same sign-in as this one; the answer is the same for an unknown token."""
    database: Database = state.database
    named = access_tokens.named_family(data.token)
    if named is not None:
        workspace_id, family_id = named
        async with database.workspace(workspace_id) as connection:
            await refresh_tokens.end_family(connection, workspace_id, family_id=family_id, clock=clock)
        return Response(None)
    async with database.transaction() as connection:
        await refresh_tokens.revoke(connection, data.token, clock=clock)
    return Response(None)


@get("/.well-known/jwks.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_jwks(signing_keys: SkipValidation[NamedDependency[SigningKeys]]) -> Response[dict[str, Any]]:
    """The public keys that verify our access tokens, RFC 7517."""
    return Response(signing_keys.public(), headers={"Cache-Control": "public, max-age=300"})


def _pair(access_token: str, refresh_token: str) -> TokenPair:
    return TokenPair(access_token, "Bearer", int(LIFETIME.total_seconds()), refresh_token)


ROUTES = [create_access_token, refresh_access_token, revoke_access_token, get_jwks]
