"""Asking for a sign-in link by mail, and which ways to sign in there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from litestar import get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from keepwell.identity.mailed_links.model import LinkRequest, LinkRequested, SignInWays
from keepwell.identity.mailed_links.service import LinkMailer
from keepwell.platform.http.routes import (
    COUNTED_AS_SIGN_IN,
    OWN_PAGES,
    PUBLIC,
    TheRuntime,
    TheSettings,
    problems,
)
from keepwell.platform.http.writes import IdempotencyKey

TheLinkMailer: TypeAlias = SkipValidation[NamedDependency[LinkMailer]]
# Does work that no answer waits for.
Later: TypeAlias = Callable[[Callable[[], Awaitable[None]]], None]
TheLater: TypeAlias = SkipValidation[NamedDependency[Later]]


@get(
    "/v1/sign-in-ways",
    opt=PUBLIC,
    tags=["session"],
    summary="The ways to sign in",
    operation_id="getSignInWays",
    security=[],
    responses=problems(),
)
async def get_sign_in_ways(link_mailer: TheLinkMailer, settings: TheSettings) -> SignInWays:
    """What the sign-in page can offer."""
    return SignInWays(password=True, mail=link_mailer.is_offered, provider=settings.oidc is not None)


@post(
    "/v1/sign-in-links",
    opt=PUBLIC | COUNTED_AS_SIGN_IN | OWN_PAGES,
    tags=["session"],
    summary="Ask for a sign-in link by mail",
    operation_id="requestSignInLink",
    status_code=202,
    security=[],
    responses=problems(409),
)
async def request_sign_in_link(
    data: JSONBody[LinkRequest],
    link_mailer: TheLinkMailer,
    later: TheLater,
    state: State,
    runtime: TheRuntime,
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001  a second mail does no harm, and the limit counts it
) -> LinkRequested:
    """Mail a link to the member with this e-mail. The answer, and its time, is the same if there is none.

    409 if this server has no mail server.
    """
    email = await link_mailer.accept(state.database, data.email)
    later(partial(link_mailer.mail_links, state.database, email, runtime=runtime))
    return LinkRequested()


ROUTES = [get_sign_in_ways, request_sign_in_link]
