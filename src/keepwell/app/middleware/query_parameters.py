"""Unknown query parameters are rejected: a typo would otherwise be ignored."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Litestar
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from keepwell.app.middleware.connection import AnyConnection
from keepwell.platform.errors import DataValidationError


async def require_known_parameters(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Raise DataValidationError for a query parameter that the route does not have, and for a NUL in one."""
    query = connection.scope["query_string"]
    if not query:
        return
    # Postgres stores no NUL. Named here, since a CSV export has begun to answer when its query fails.
    if b"%00" in query or b"\0" in query:
        name = next((name for name, value in connection.query_params.multi_items() if "\0" in value), "query")
        raise DataValidationError(f"{name[:100]}: contains NUL.", hint="Leave the character out.")
    names = query_names(connection, handler)
    if names is None:
        return
    known = set(names.values())
    unknown = [name for name in connection.query_params if name not in known]
    if unknown:
        hint = f"The parameters are: {', '.join(sorted(known))}." if known else "The route has none."
        raise DataValidationError(f"{unknown[0][:100]}: this route has no such parameter.", hint=hint)


def query_names(connection: AnyConnection, handler: BaseRouteHandler) -> Mapping[str, str] | None:
    """The names of the route's query parameters, by those of the arguments that receive them; None if it is not described."""
    found: Mapping[str, str] | None = connection.app.state.query_names.get(
        getattr(handler, "operation_id", None)
    )
    return found


def collect_query_names(app: Litestar) -> None:
    """Note which query parameters each route and its dependencies read."""
    app.state.query_names = {
        handler.operation_id: {each.field_name: each.field_alias for each in model.expected_query_params}
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler, model in route.route_handler_map.values()
        if handler.operation_id and handler.include_in_schema
    }
