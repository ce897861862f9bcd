"""What robots.txt allows, by RFC 9309."""

from __future__ import annotations

import msgspec
from protego import Protego

from keepwell.crawl.model import Kind, Outcome

# The longest Crawl-delay that is obeyed to the letter; a host that asks for more is read this slowly.
LONGEST_DELAY = 300.0
_TOO_MANY_REQUESTS = 429
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Robots(msgspec.Struct, frozen=True):
    """The rules of a host for us; without a parsed file, everything is allowed."""

    rules: Protego | None = None
    crawl_delay: float | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` may read `url`."""
        return self.rules is None or bool(self.rules.can_fetch(url, agent))


def robots_of(status: int, body: bytes, *, agent: str) -> Robots | Outcome:
    """The rules that an answer gives; an Outcome if RFC 9309, 2.3.1.4 says that nothing may be read."""
    if status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS:
        return Outcome(
            kind=Kind.ROBOTS_UNREACHABLE,
            status=status,
            reason=f"robots.txt answered {status}, so nothing may be read",
        )
    if status >= _CLIENT_ERROR or not body.strip():
        return Robots()
    rules = Protego.parse(_text_of(body))
    delay = rules.crawl_delay(agent)
    return Robots(rules, None if delay is None else min(max(float(delay), 0.0), LONGEST_DELAY))


def _text_of(body: bytes) -> str:
    """The text, also if an editor has put a byte order mark before its first line, or written UTF-16."""
    return body.decode("utf-8", "replace").replace("\0", "").lstrip("\ufeff\ufffd")
