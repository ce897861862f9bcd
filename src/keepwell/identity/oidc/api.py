"""Signing in with an OpenID Connect provider over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from litestar import Request, get
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Redirect

from keepwell.identity.oidc import service
from keepwell.identity.oidc.model import OidcRefused, PendingSignIn
from keepwell.identity.oidc.provider import OidcProvider
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import session_cookie, session_secret
from keepwell.identity.sessions.model import SignIn
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import Conflict, NotFound
from keepwell.platform.http.routes import COUNTED_AS_SIGN_IN, PUBLIC, TheRuntime, TheSettings
from keepwell.platform.smtp_settings import is_loopback

TheProvider = SkipValidation[NamedDependency[OidcProvider | None]]
TheCipher = SkipValidation[NamedDependency[Fernet]]
_PENDING_COOKIE = "keepwell_oidc"
_PENDING_SECONDS = 600
_CALLBACK = "/sign-in/oidc/callback"


@get("/sign-in/oidc", opt=PUBLIC | COUNTED_AS_SIGN_IN, include_in_schema=False)
async def begin_oidc(
    request: Request[Any, Any, Any],
    provider: TheProvider,
    cipher: TheCipher,
    settings: TheSettings,
) -> Redirect:
    """Send the browser to the provider."""
    address, pending = await _configured(provider).begin(_callback(request, settings))
    kept = cipher.encrypt(msgspec.json.encode(pending)).decode()
    return Redirect(address, status_code=303, cookies=[_pending_cookie(request, kept)])


@get(_CALLBACK, opt=PUBLIC | COUNTED_AS_SIGN_IN, include_in_schema=False)
async def finish_oidc(
    request: Request[Any, Any, Any],
    state: State,
    runtime: TheRuntime,
    provider: TheProvider,
    cipher: TheCipher,
    settings: TheSettings,
    request_id: NamedDependency[str],
) -> Redirect:
    """Verify the provider's answer, and begin a session."""
    pending = _pending(request, cipher)
    identity = await _configured(provider).finish(
        request.query_params.get("code", ""), pending=pending, redirect_uri=_callback(request, settings)
    )
    database: Database = state.database
    async with database.transaction() as connection:
        principal = await service.principal_of_identity(
            connection, identity, request_id=request_id, clock=runtime.clock
        )
    async with database.workspace(principal.workspace_id) as connection:
        begins = SignIn("provider", request_id, replacing=session_secret(request))
        secret = await sessions.begin_session(connection, principal, sign_in=begins, runtime=runtime)
    cookie = session_cookie(request, secret)
    return Redirect("/", status_code=303, cookies=[cookie, _pending_cookie(request, "")])


def _configured(provider: OidcProvider | None) -> OidcProvider:
    if provider is None:
        raise NotFound(
            "No OpenID provider is configured.", hint="Set KEEPWELL_OIDC_ISSUER and its client id and secret."
        )
    return provider


def _callback(request: Request[Any, Any, Any], settings: Settings) -> str:
    """The redirect URI. The Host of a request is believed on this machine only: anybody may send any other one."""
    if settings.public_url is not None:
        return f"{settings.public_url}{_CALLBACK}"
    if not is_loopback(request.base_url.hostname or ""):
        raise Conflict(
            "This server does not know its public address, which the provider sends browsers back to.",
            hint="Set KEEPWELL_PUBLIC_URL, such as https://keepwell.example.org, and restart.",
        )
    return str(request.base_url).rstrip("/") + _CALLBACK


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


def _pending(request: Request[Any, Any, Any], cipher: Fernet) -> PendingSignIn:
    kept = request.cookies.get(_PENDING_COOKIE, "")
    try:
        pending = msgspec.json.decode(cipher.decrypt(kept.encode(), ttl=_PENDING_SECONDS), type=PendingSignIn)
    except (InvalidToken, msgspec.MsgspecError) as error:
        raise OidcRefused(
            "This sign-in was not started in this browser.", hint="Start again at /sign-in/oidc."
        ) from error
    if request.query_params.get("state") != pending.state:
        raise OidcRefused("This answer belongs to another sign-in.", hint="Start again at /sign-in/oidc.")
    return pending


ROUTES = [begin_oidc, finish_oidc]
