"""Asks the API as the pages do, and keeps the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import httpx
import msgspec

from keepwell.app.site.model import Answer, request_name
from keepwell.platform.errors import InfrastructureError


class Recorder:
    """The API of the sample business, on the `day` of its clock; what is asked is recorded."""

    def __init__(self, client: httpx.AsyncClient, *, day: date, account_pages: int | None) -> None:
        self.day = day
        self.account_pages = account_pages
        self.answers: dict[str, Answer] = {}
        self._client = client

    async def ask(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The decoded answer, None if it is not JSON; raises InfrastructureError unless the status is 200."""
        sent = query or {}
        name = request_name(path, sent)
        if name not in self.answers:
            self.answers[name] = await self._answer(name, path, sent)
        answer = self.answers[name]
        return msgspec.json.decode(answer.body) if "json" in answer.type else None

    async def ask_list(
        self, path: str, query: Mapping[str, Any] | None = None, *, most_pages: int | None = None
    ) -> Sequence[Any]:
        """The items of all pages of a list, or of the first `most_pages`."""
        items: list[Any] = []
        asked = dict(query or {})
        pages = 0
        while most_pages is None or pages < most_pages:
            page = await self.ask(path, asked)
            items += page["items"]
            pages += 1
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
        return items

    async def _answer(self, name: str, path: str, query: Mapping[str, Any]) -> Answer:
        response = await self._client.get(path, params=dict(query))
        if response.status_code != httpx.codes.OK:
            raise InfrastructureError(
                f"{name} was answered with {response.status_code}: {response.text[:300]}",
                hint="Correct the request in src/keepwell/app/site/plan (docs/site.md).",
            )
        return Answer(response.content, response.headers["content-type"], response.headers.get("etag"))
