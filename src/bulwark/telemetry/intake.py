"""An HTTP intake of Segment's kind: one body sent, and what its answer means."""

from __future__ import annotations

import base64
import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from bulwark.errors import TelemetryError

PATH = "/v1/batch"
_WRONG_KEY, _TOO_MANY = 401, 429
# What asking again may change: too slow, too many, and what is wrong with the server.
_PASSING = {408, 425, _TOO_MANY}


@dataclass(frozen=True, slots=True)
class Taken:
    """The receiver keeps all of it."""


@dataclass(frozen=True, slots=True)
class Later:
    """Nobody knows whether it was taken: send the same again, not before so many seconds."""

    why: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver will never take it."""

    why: str


Answer: TypeAlias = Taken | Later | Refused


class HttpIntake:
    """Where to send, and with which write key."""

    def __init__(self, url: str, *, write_key: str, timeout: float = 10.0) -> None:
        """Raises TelemetryError for an address that is no http or https one."""
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
            raise TelemetryError(
                f"{url!r} is no address of an intake.", hint="Such as http://127.0.0.1:8765."
            )
        self.url = url.rstrip("/") + PATH
        self._credentials = base64.b64encode(f"{write_key}:".encode()).decode()
        self._timeout = timeout

    def send(self, body: bytes) -> Answer:
        """Send `body` once, and say what became of it."""
        headers = {"Authorization": f"Basic {self._credentials}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  the scheme is checked above
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310  as above
                answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return _meaning(error)
        except (OSError, http.client.HTTPException) as error:
            return Later(f"{self.url} does not answer: {getattr(error, 'reason', None) or error}.")
        return Taken()


def _meaning(error: urllib.error.HTTPError) -> Answer:
    why = f"{error.url} answers {error.code} {error.reason}."
    if error.code == _WRONG_KEY:
        # A key can be set right; what waits is then as good as before.
        return Later(f"{why} The write key is wrong or revoked.")
    if error.code in _PASSING or error.code >= http.client.INTERNAL_SERVER_ERROR:
        return Later(why, seconds=_seconds(error.headers.get("Retry-After", "")))
    return Refused(why)


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdecimal() else 0.0
