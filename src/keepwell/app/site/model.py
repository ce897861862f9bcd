"""Recorded answers, and the names by which the page's script finds them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import count
from uuid import UUID

import msgspec

from keepwell.platform.clock import Clock
from keepwell.platform.ids import uuid7

_ENDINGS = {"application/json": "json", "text/csv": "csv"}
_LENGTH_OF_NAME = 16


class StandingClock:
    """A clock that stands, so that "today" is the sample's last day in every answer."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The instant."""
        return self._instant


class CountedIds:
    """Ids in the order of their numbers: an account keeps its address from one publication to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)

    def new(self) -> UUID:
        """The next id."""
        return uuid7(int(self._clock.now().timestamp() * 1000), next(self._numbers))


class SiteOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The path below which the demo will be served, and how many accounts get a page (None: all).

    A temporary home is deleted afterwards: nobody else's ids or secrets are in it.
    """

    base: str = "/"
    account_pages: int | None = None
    is_home_temporary: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What the API answered: the bytes and the headers that a page reads."""

    body: bytes
    type: str
    etag: str | None

    @property
    def file(self) -> str:
        """The name of its file, by its content: the same answer to two requests is kept once."""
        ending = _ENDINGS.get(self.type.partition(";")[0].strip(), "bin")
        return f"{hashlib.sha256(self.body).hexdigest()[:_LENGTH_OF_NAME]}.{ending}"


class Recording(msgspec.Struct, frozen=True):
    """The answers by the names of their requests, the day on which the clock stood, and the pages that are shown."""

    day: date
    answers: Mapping[str, Answer]
    pages: Sequence[str]


class IndexEntry(msgspec.Struct, frozen=True):
    """An answer in the index that the page's script reads."""

    file: str
    type: str
    etag: str | None


def request_name(path: str, query: Mapping[str, object]) -> str:
    """The name of a request, whatever the order of its parameters; `static-demo/answers.ts` names them the same.

    A list is a parameter that is repeated.
    """
    pairs = sorted(f"{name}={one}" for name, value in query.items() for one in _values(value))
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _values(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]
