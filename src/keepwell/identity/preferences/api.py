"""The signed-in member's own preferences over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody

from keepwell.identity.model import Actor, Principal, require_session
from keepwell.identity.preferences import service
from keepwell.identity.preferences.model import Preferences, PreferencesChange
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, versioned


@get(
    "/v1/me/preferences",
    opt=requires("read"),
    tags=["members"],
    summary="Your preferences",
    operation_id="getPreferences",
    responses=problems(),
)
async def get_preferences(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal], connection: InTransaction
) -> Response[Preferences]:
    """Your time zone, language and quiet hours; null is the workspace's."""
    found = await service.preferences(connection, principal)
    return versioned(request, found, version=found.version)


@patch(
    "/v1/me/preferences",
    opt=requires("read"),
    tags=["members"],
    summary="Change your preferences",
    operation_id="updatePreferences",
    responses=problems(412, 428),
)
async def update_preferences(
    request: Request[Any, Any, Any],
    data: JSONBody[PreferencesChange],
    connection: InTransaction,
    actor: NamedDependency[Actor],
    clock: TheClock,
    if_match: IfMatch = None,
) -> Response[Preferences]:
    """Change the fields in the body. Only a signed-in session can, since a token that may read must not change anything."""
    require_session(actor.principal)
    item = await service.update_preferences(
        connection, actor, data, version=version_of(if_match), clock=clock
    )
    return versioned(request, item, version=item.version)


ROUTES = [get_preferences, update_preferences]
