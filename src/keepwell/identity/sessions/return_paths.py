"""Where a visitor goes after signing in: back to the page that they came for."""

from __future__ import annotations

import re

# What the server answers itself. A link that led to /sign-in could sign its visitor in as somebody else.
_NO_PAGES = re.compile(r"/(sign-in|v1|unsubscribe|assets|health|docs/schema)(/|[?#]|$)", re.IGNORECASE)
# Browsers read a backslash as a slash, and drop tabs and line breaks; `//host` names another site.
_PATH = re.compile(r"/(?!/)[!-\[\]-~]*")
# No page of ours has them in its path, and they would hide where it leads: `/./sign-in`, `/%73ign-in`, `/.//host`.
_DISGUISED = re.compile(r"[^?#]*(%|//|/\.)")


def page_path(path: str) -> str:
    """`path`, with its query and fragment, if it is that of one of our pages; otherwise that of the first page."""
    is_ours = _PATH.fullmatch(path) and not _NO_PAGES.match(path) and not _DISGUISED.match(path)
    return path if is_ours else "/"
