"""Where the robots.txt of a host is: there, or at the end of some redirects (RFC 9309, section 2.3.1.2). Pure."""

from __future__ import annotations

from keepwell.crawl.engine.outcomes import location_of
from keepwell.crawl.fetch.transport import Answer
from keepwell.crawl.frontier.model import RobotsFile
from keepwell.crawl.pages.urls import authority_of

_KEPT_SECONDS = 86_400.0
# "At least five".
_MOST_REDIRECTS = 5
_NOT_FOUND = 404


class RobotsSearch:
    """The file of the host `authority` as far as it is known; `asks` is whom to ask for it, or for pages once it is."""

    __slots__ = ("_authority", "_url", "asks", "file", "scheme")

    def __init__(self, authority: str, kept: RobotsFile | None, *, now: float) -> None:
        """`kept` is what an earlier lease knew, and is forgotten after a day."""
        self._authority = self.asks = authority
        self._url = ""
        # Of the URL for whose sake it is asked for.
        self.scheme = ""
        # May be one that is still to be read elsewhere.
        self.file = kept if kept is not None and kept.at > now - _KEPT_SECONDS else None
        if self.file is not None and self.file.target is not None:
            self.asks = authority_of(self.file.target)

    @property
    def visits(self) -> str | None:
        """The other host that is asked; None if it is this one."""
        return None if self.asks == self._authority else self.asks

    @property
    def found(self) -> RobotsFile | None:
        """The file, once it was read."""
        return self.file if self.file is not None and self.file.target is None else None

    def url(self, scheme: str) -> str:
        """What to ask for, for the sake of a URL with `scheme`."""
        self.scheme = scheme
        target = self.file.target if self.file is not None else None
        self._url = target or f"{scheme}://{self._authority}/robots.txt"
        return self._url

    def take(self, got: Answer, *, now: float) -> RobotsFile | None:
        """The file that an answer is; None if it leads on."""
        target = location_of(self._url, got)
        redirects = 1 + (self.file.redirects if self.file is not None else 0)
        if target is None:
            return RobotsFile(got.status, got.body, now)
        if redirects > _MOST_REDIRECTS:
            return RobotsFile(_NOT_FOUND, b"", now)
        self.file = RobotsFile.after(redirects, target, now=now)
        self.asks = authority_of(target)
        return None

    def end(self, file: RobotsFile | None) -> None:
        """Ask the host itself from now on; `file` counts, or nothing was found."""
        self.file = file
        self.asks = self._authority
