"""The workspace and its settings over HTTP."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody

from keepwell.identity.model import Actor, Principal
from keepwell.identity.workspace_settings import service
from keepwell.identity.workspace_settings.model import WorkspaceChange, WorkspaceSettings
from keepwell.platform.http.routes import InTransaction, TheClock, problems, requires
from keepwell.platform.http.versions import version_of
from keepwell.platform.http.writes import IfMatch, versioned


@get(
    "/v1/workspace",
    opt=requires("read"),
    tags=["workspace"],
    summary="The workspace",
    operation_id="getWorkspace",
    responses=problems(),
)
async def get_workspace(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal], connection: InTransaction
) -> Response[WorkspaceSettings]:
    """The workspace and its settings, with the ETag that a change of them requires."""
    found = await service.workspace_settings(connection, principal.workspace_id)
    return versioned(request, found, version=found.version)


@patch(
    "/v1/workspace",
    opt=requires("settings"),
    tags=["workspace"],
    summary="Change the workspace's settings",
    operation_id="updateWorkspace",
    responses=problems(412, 428),
)
async def update_workspace(
    request: Request[Any, Any, Any],
    data: JSONBody[WorkspaceChange],
    connection: InTransaction,
    actor: NamedDependency[Actor],
    clock: TheClock,
    if_match: IfMatch = None,
) -> Response[WorkspaceSettings]:
    """Change the fields in the body. Only an owner changes a holdout share."""
    item = await service.update_settings(connection, actor, data, version=version_of(if_match), clock=clock)
    return versioned(request, item, version=item.version)


ROUTES = [get_workspace, update_workspace]
