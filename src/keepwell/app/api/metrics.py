"""Prometheus metrics of this server, on its own address."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder

from keepwell.identity.permissions import Permission
from keepwell.platform.http.routes import requires


@get("/metrics", opt=requires(Permission.READ_METRICS), include_in_schema=False, sync_to_thread=False)
def get_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The metrics of this process, in the text format that the scraper asks for.

    They are counts of the whole server, and name neither workspaces nor members.
    """
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    if media_type.startswith("text/"):
        # Litestar adds it, and Prometheus 3 reads no type that names it twice.
        media_type = media_type.replace("; charset=utf-8", "")
    return Response(encode(REGISTRY), media_type=media_type)
