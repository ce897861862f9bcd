"""The ways in besides a link: a password, a provider, and the tokens of apps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from litestar import Request, Response, get, post, put
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from keepwell.identity import oidc, passwords, refreshing, service
from keepwell.identity.access_tokens import LIFETIME, AccessTokens
from keepwell.identity.api import session_cookie
from keepwell.identity.model import SESSION_LIFETIME, Actor, Email, Principal
from keepwell.identity.oidc import Oidc, OidcRefused, Pending
from keepwell.identity.refreshing import Refreshed
from keepwell.identity.signing_keys import SigningKeys
from keepwell.platform.database import Database
from keepwell.platform.errors import NotAuthenticated, NotFound
from keepwell.platform.http import PUBLIC, InTransaction, problems, requires
from keepwell.platform.idempotency.service import Answer
from keepwell.platform.rate_limits.service import take_shared
from keepwell.platform.runtime import Runtime
from keepwell.platform.writes import IdempotencyKey, TheWrite

TheRuntime = SkipValidation[NamedDependency[Runtime]]
TheAccessTokens = SkipValidation[NamedDependency[AccessTokens]]
_COUNTED = {"rate_limit": "sign-in"}
_PENDING_COOKIE = "keepwell_oidc"
_PENDING_SECONDS = 600


class InvalidGrant(NotAuthenticated):
    """This refresh token is not valid, or not any more."""

    code = "invalid-grant"


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An e-mail with its password."""

    email: Email
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A password of one's own; `current` is needed where there is one already."""

    password: Annotated[str, msgspec.Meta(min_length=passwords.SHORTEST, max_length=passwords.LONGEST)]
    current: Annotated[str, msgspec.Meta(max_length=passwords.LONGEST)] | None = None


class RefreshGrant(msgspec.Struct, frozen=True):
    """RFC 6749, section 6."""

    grant_type: Literal["refresh_token"]
    refresh_token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class TokenPair(msgspec.Struct, frozen=True):
    """RFC 6749, section 5.1; the refresh token is good once."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str


@post(
    "/v1/sign-in",
    opt=PUBLIC | _COUNTED,
    tags=["session"],
    summary="Sign in by a password",
    operation_id="signIn",
    status_code=204,
    security=[],
    responses=problems(),
)
async def sign_in_by_password(
    request: Request[Any, Any, Any],
    data: JSONBody[Credentials],
    state: State,
    runtime: TheRuntime,
    idempotency_key: IdempotencyKey = None,
) -> Response[None]:
    """Begin a session of this browser."""
    database: Database = state.database
    await take_shared(database, passwords.PER_EMAIL, key=data.email.lower())
    principal = await passwords.principal_of_password(database, data.email, password=data.password)
    async with database.workspace(principal.workspace_id) as connection:
        begun = await service.begin_session_once(connection, principal, key=idempotency_key, runtime=runtime)
    cookie = _cookie(request, begun.body.decode())
    return Response(None, status_code=204, cookies=[cookie], headers=begun.replayed)


@put(
    "/v1/session/password",
    opt=requires("read"),
    tags=["session"],
    summary="Set your password",
    operation_id="setPassword",
    status_code=204,
    responses=problems(),
)
async def set_password(
    data: JSONBody[NewPassword], actor: NamedDependency[Actor], connection: InTransaction, runtime: TheRuntime
) -> None:
    """Sign in by this password from now on.

    A session only, never a token: with the `current` password if there is one, else within five minutes of signing in.
    """
    await passwords.set_password(
        connection, actor, password=data.password, current=data.current, clock=runtime.clock
    )


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
    """A short access token of your own, and a refresh token for the next ones; not by an access token itself."""

    async def work() -> TokenPair:
        begun = await refreshing.begin_family(write.connection, principal, runtime=runtime)
        return _pair(access_tokens.issue(begun.principal), begun.refresh_token)

    return await write.create(work)


@post(
    "/v1/oauth/token",
    opt=PUBLIC | _COUNTED,
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
    """Spend a refresh token for the next pair; one that is shown twice ends all that came of it.

    With its Idempotency-Key, a request whose reply was lost can be sent again: it gets the same pair.
    """

    def paired(refreshed: Refreshed) -> Answer:
        pair = _pair(access_tokens.issue(refreshed.principal), refreshed.refresh_token)
        return Answer(200, {}, msgspec.json.encode(pair))

    database: Database = state.database
    # Committed before it is answered, also where the answer is no.
    async with database.transaction() as connection:
        answer = await refreshing.refresh(
            connection, data.refresh_token, key=idempotency_key, answer=paired, runtime=runtime
        )
    if answer is None:
        raise InvalidGrant(hint="Sign in again.")
    return Response(msgspec.json.decode(answer.body, type=TokenPair), headers=answer.replayed)


@get("/.well-known/jwks.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=False)
def get_jwks(signing_keys: SkipValidation[NamedDependency[SigningKeys]]) -> Response[dict[str, Any]]:
    """The public keys that prove our access tokens, RFC 7517."""
    return Response(signing_keys.public(), headers={"Cache-Control": "public, max-age=300"})


@get("/sign-in/oidc", opt=PUBLIC | _COUNTED, include_in_schema=False)
async def begin_oidc(
    request: Request[Any, Any, Any],
    provider: SkipValidation[NamedDependency[Oidc | None]],
    cipher: SkipValidation[NamedDependency[Fernet]],
) -> Redirect:
    """Send the browser to the provider."""
    address, pending = await _known(provider).begin(_callback(request))
    kept = cipher.encrypt(msgspec.json.encode(pending)).decode()
    return Redirect(address, status_code=303, cookies=[_pending_cookie(request, kept)])


@get("/sign-in/oidc/callback", opt=PUBLIC | _COUNTED, include_in_schema=False)
async def finish_oidc(
    request: Request[Any, Any, Any],
    state: State,
    runtime: TheRuntime,
    provider: SkipValidation[NamedDependency[Oidc | None]],
    cipher: SkipValidation[NamedDependency[Fernet]],
    request_id: NamedDependency[str],
) -> Redirect:
    """Prove what the provider says, and begin a session."""
    pending = _pending(request, cipher)
    identity = await _known(provider).finish(
        request.query_params.get("code", ""), pending=pending, redirect_uri=_callback(request)
    )
    database: Database = state.database
    async with database.transaction() as connection:
        principal = await oidc.principal_of_identity(
            connection, identity, request_id=request_id, clock=runtime.clock
        )
    async with database.workspace(principal.workspace_id) as connection:
        secret = await service.begin_session(connection, principal, runtime=runtime)
    cookie = _cookie(request, secret)
    return Redirect("/", status_code=303, cookies=[cookie, _pending_cookie(request, "")])


def _cookie(request: Request[Any, Any, Any], secret: str) -> Cookie:
    lifetime = int(SESSION_LIFETIME.total_seconds())
    return session_cookie(secret, secure=request.url.scheme == "https", max_age=lifetime)


def _pair(access_token: str, refresh_token: str) -> TokenPair:
    return TokenPair(access_token, "Bearer", int(LIFETIME.total_seconds()), refresh_token)


def _known(provider: Oidc | None) -> Oidc:
    if provider is None:
        raise NotFound("No OpenID provider is set up.", hint="Set KEEPWELL_OIDC_ISSUER and its client.")
    return provider


def _callback(request: Request[Any, Any, Any]) -> str:
    return str(request.base_url).rstrip("/") + "/sign-in/oidc/callback"


def _pending_cookie(request: Request[Any, Any, Any], value: str) -> Cookie:
    return Cookie(
        key=_PENDING_COOKIE,
        value=value,
        max_age=_PENDING_SECONDS if value else 0,
        path="/sign-in/oidc",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )


def _pending(request: Request[Any, Any, Any], cipher: Fernet) -> Pending:
    kept = request.cookies.get(_PENDING_COOKIE, "")
    try:
        pending = msgspec.json.decode(cipher.decrypt(kept.encode(), ttl=_PENDING_SECONDS), type=Pending)
    except (InvalidToken, msgspec.MsgspecError) as error:
        raise OidcRefused("This sign-in was not begun here.", hint="Begin again at /sign-in/oidc.") from error
    if request.query_params.get("state") != pending.state:
        raise OidcRefused("The answer is to another sign-in.", hint="Begin again at /sign-in/oidc.")
    return pending


ROUTES = [
    sign_in_by_password,
    set_password,
    create_access_token,
    refresh_access_token,
    get_jwks,
    begin_oidc,
    finish_oidc,
]
