"""Signing in with an OpenID Connect provider over HTTP."""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from litestar import Request, get
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Redirect

from keepwell.identity.oidc import service
from keepwell.identity.oidc.model import OidcRefused, PendingSignIn
from keepwell.identity.oidc.provider import OidcProvider
from keepwell.identity.sessions import held as held_by_browser
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import held_secrets, session_cookies
from keepwell.identity.sessions.model import SignIn
from keepwell.identity.sessions.return_paths import page_path
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
_ERROR_CODE = re.compile(r"[a-z_]{1,60}")


@get("/sign-in/oidc", opt=PUBLIC | COUNTED_AS_SIGN_IN, include_in_schema=False)
async def begin_oidc(
    request: Request[Any, Any, Any],
    provider: TheProvider,
    cipher: TheCipher,
    settings: TheSettings,
    return_to: Annotated[str, QueryParameter(max_length=2_000)] = "/",
) -> Redirect:
    """Send the browser to the provider, and afterwards to the page at `return_to`, if it is one of ours."""
    address, pending = await _configured(provider).begin(_callback(request, settings))
    pending = msgspec.structs.replace(pending, return_to=page_path(return_to))
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
    _require_no_error(request)
    identity = await _configured(provider).finish(
        request.query_params.get("code", ""), pending=pending, redirect_uri=_callback(request, settings)
    )
    database: Database = state.database
    async with database.transaction() as connection:
        principal = await service.principal_of_identity(
            connection, identity, request_id=request_id, clock=runtime.clock
        )
    async with database.workspace(principal.workspace_id) as connection:
        held = held_secrets(request)
        begins = SignIn("provider", request_id, held)
        secret = await sessions.begin_session(connection, principal, sign_in=begins, runtime=runtime)
        secrets = await held_by_browser.still_held(connection, held, beside=secret, clock=runtime.clock)
    cookies = [*session_cookies(request, secrets), _pending_cookie(request, "")]
    return Redirect(pending.return_to, status_code=303, cookies=cookies)


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


def _require_no_error(request: Request[Any, Any, Any]) -> None:
    """Raise OidcRefused if the provider says that it did not sign the visitor in (RFC 6749, section 4.1.2.1)."""
    code = request.query_params.get("error")
    if code is None:
        return
    # Words of the address, which anybody may have written: its characters are limited.
    named = code if _ERROR_CODE.fullmatch(code) else "an error without a valid name"
    if code == "access_denied":
        raise OidcRefused(
            "The sign-in was cancelled at the provider.", hint="Start again, or sign in another way."
        )
    raise OidcRefused(
        f"The provider answered: {named}.",
        hint="Start again, or sign in another way. If it repeats, the server's operator has to look at the provider.",
    )


ROUTES = [begin_oidc, finish_oidc]
