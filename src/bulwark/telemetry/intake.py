"""An HTTP intake like Segment's: sends one body, and interprets the response."""

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
_REDIRECTS = range(300, 400)
# Worth retrying: timeouts, rate limits and server errors.
_TEMPORARY = {408, 425, _TOO_MANY}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver has stored all of it."""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The outcome is unknown: send the same again, after at least this many seconds."""

    why: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Rejected:
    """The receiver will never accept it."""

    why: str


Answer: TypeAlias = Accepted | RetryLater | Rejected


class HttpIntake:
    """Where to send, and with which write key."""

    def __init__(self, url: str, *, write_key: str, timeout: float = 10.0) -> None:
        """Raises TelemetryError if the address is not an http or https URL."""
        if not _is_address(url):
            raise TelemetryError(
                f"{url!r} is not the address of an intake.", hint="Use one like http://127.0.0.1:8765."
            )
        self.url = url.rstrip("/") + PATH
        self._credentials = base64.b64encode(f"{write_key}:".encode("utf-8", "replace")).decode()
        self._timeout = timeout

    def send(self, body: bytes) -> Answer:
        """Send `body` once, and return the outcome."""
        headers = {"Authorization": f"Basic {self._credentials}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")  # noqa: S310  the scheme is checked above
        try:
            _OPENER.open(
                request, timeout=self._timeout
            ).close()  # what it says beyond its status does not matter
        except urllib.error.HTTPError as error:
            with error:
                return _outcome(error)
        except (OSError, http.client.HTTPException) as error:
            return RetryLater(f"{self.url} does not respond: {getattr(error, 'reason', None) or error}.")
        return Accepted()


def _is_address(url: str) -> bool:
    """Whether it is the http or https address of a host, with nothing that a path cannot be added to."""
    try:
        parts = urlsplit(url)
        # A host may be written in any script, but each of its labels has a limited length.
        host = (parts.hostname or "").encode("idna")
        has_surplus = any((parts.query, parts.fragment, parts.username, parts.port == 0))
    except ValueError:
        return False
    is_plain = url.isprintable() and " " not in url and parts.path.isascii()
    return parts.scheme in {"http", "https"} and bool(host) and is_plain and not has_surplus


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET that carries the write key elsewhere, and whose answer accepts nothing."""

    def redirect_request(self, *_: object) -> None:
        """Not followed: the redirect itself is the answer."""


_OPENER = urllib.request.build_opener(_NoRedirects)


def _outcome(error: urllib.error.HTTPError) -> Answer:
    why = f"{error.url} responds {error.code} {error.reason}."
    if error.code == _WRONG_KEY:
        # The key can be corrected; the waiting events are then still valid.
        return RetryLater(f"{why} The write key is wrong or revoked.")
    if error.code in _REDIRECTS:
        # The address can be corrected, like the key.
        return RetryLater(f"{why} Use the address it leads to: {error.headers.get('Location')}.")
    if error.code in _TEMPORARY or error.code >= http.client.INTERNAL_SERVER_ERROR:
        return RetryLater(why, seconds=_seconds(error.headers.get("Retry-After", "")))
    return Rejected(why)


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdecimal() else 0.0
