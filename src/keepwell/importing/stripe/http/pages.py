"""Reads the lists of Stripe's API, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from keepwell.importing.stripe.http.client import NoSuchObject, StripeApi, StripePage
from keepwell.importing.stripe.http.endpoints import list_parameters, list_path
from keepwell.importing.stripe.model import Kind


async def pages(
    api: StripeApi, kind: Kind, *, after: str | None, **filters: Any
) -> AsyncIterator[StripePage]:
    """The pages of a list, from the object `after` on; from the first page again if that was deleted meanwhile."""
    path, parameters = list_path(kind), {**list_parameters(kind), **filters}
    while True:
        try:
            page = await api.page(path, after=after, **parameters)
        except NoSuchObject:
            if after is None:
                raise
            # It was deleted. Start again from the first page: reading twice changes nothing.
            after = None
            continue
        yield page
        if page.next is None:
            return
        after = page.next
