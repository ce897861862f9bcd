"""Requests to other systems as spans, which carry the trace on in their `traceparent` header."""

from __future__ import annotations

from typing import Any

import httpx
from opentelemetry.trace import SpanKind

from keepwell.platform.trace.spans import Attributes, outgoing_headers, span


class TracedClient(httpx.AsyncClient):
    """A client of httpx whose requests are spans of the current trace, if there is one.

    Only method, host and status are recorded: paths and query strings of other systems may contain secrets.
    """

    # Not a transport of our own: with one, httpx no longer uses the proxies that the environment names.
    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send `request` within a span, which ends with the response or its first byte, as `options` say."""
        attributes: Attributes = {"http.request.method": request.method, "server.address": request.url.host}
        with span(request.method, attributes, kind=SpanKind.CLIENT):
            request.headers.update(outgoing_headers())
            response = await super().send(request, **options)
            attributes["http.response.status_code"] = response.status_code
            return response
