"""What the crawl needs of a client of HTTP; the tests and another library can take its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec

from keepwell.crawl.model import Kind


class Answer(msgspec.Struct, frozen=True):
    """What a server sent: the body is decompressed, and empty if it is not a text. `seconds` is how long all took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Failure(msgspec.Struct, frozen=True):
    """Why there is no answer; a value, since one URL's failure is nobody else's."""

    kind: Kind
    reason: str
    seconds: float = 0.0


class Transport(Protocol):
    """Gets URLs one at a time, without following redirects."""

    async def resolve(self, authority: str) -> Sequence[str] | Failure:
        """The addresses of a host, which `get` then uses until they are resolved again."""
        ...

    def forget(self, authority: str) -> None:
        """Forget the addresses of a host that is done."""
        ...

    def get(
        self, url: str, *, headers: Mapping[str, str], most_bytes: int, or_its_beginning: bool = False
    ) -> AbstractAsyncContextManager[Answer | Failure]:
        """Ask for `url`; whatever the server or the network does is a value.

        A body of more than `most_bytes` is a Failure, or cut off there with `or_its_beginning`. Of large ones, only some are read at
        the same time: the place of one is free again when the context ends.
        """
        ...
