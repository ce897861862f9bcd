"""URLs in one form, so that each page has one: WHATWG parsing by ada-url, and a thin layer of our own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import ada_url

from keepwell.crawl.model import Link
from keepwell.platform.errors import DataValidationError

LONGEST = 2_000
_SCHEMES = ("https://", "http://")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# RFC 3986, section 2.3: escaped or not, these mean the same.
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_HOST = re.compile(r"(?:[a-z0-9_]+(?:-+[a-z0-9_]+)*\.)+[a-z0-9][a-z0-9-]*")
_IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_EXAMPLE = "For example https://example.com/pricing"
_BEFORE_USER = re.compile(r":/*|//")
_SHOWN = 100


def key_of(url: str) -> int:
    """The 64-bit key of a canonical URL; among a million, two share one with a probability of 3 in 10^8."""
    return int.from_bytes(blake2b(url.encode(), digest_size=8).digest(), "big", signed=True)


def scheme_of(url: str) -> str:
    """The scheme of a canonical URL: https or http."""
    return url.split(":", 1)[0]


def authority_of(url: str) -> str:
    """The host, and the port if it is not the scheme's own, of a canonical URL."""
    return url.split("/", 3)[2]


def website_of(url: str) -> str:
    """The authority, which is the same with and without `www`."""
    return authority_of(url).removeprefix("www.")


def seed_of(text: str) -> str:
    """The canonical URL of what a person wrote, `example.com` too; raises DataValidationError for nonsense."""
    if len(text) > LONGEST:
        raise DataValidationError(f"{shown(text)}... is longer than {LONGEST} characters.", hint=_EXAMPLE)
    whole = text if _HAS_SCHEME.match(text) else f"https://{text}"
    url = canonical(whole)
    if url is None and _names_a_user(whole):
        raise DataValidationError(
            f"{shown(text)} has a user name or a password, and the crawl sends none.",
            hint="Leave out what is before the @.",
        )
    if url is None or not _is_host(authority_of(url), text):
        raise DataValidationError(f"{shown(text)} is not the URL of a page.", hint=_EXAMPLE)
    return url


def shown(text: str) -> str:
    """The text for a message, without what may be a password: all from the first colon or double slash to the last @."""
    before, at, host = text.rpartition("@")
    found = _BEFORE_USER.search(before)
    return repr((f"{before[: found.end()]}...{at}{host}" if found else text)[:_SHOWN])


def canonical(url: str) -> str | None:
    """`url` in the one form; None if it is no web address, names a user, or is too long."""
    try:
        return _thin(ada_url.normalize_url(url))
    except (ValueError, UnicodeError):
        return None


def joined(base: str, href: str) -> str | None:
    """The canonical URL of `href` on the page `base`; None as for `canonical`."""
    try:
        return _thin(ada_url.join_url(base, href))
    except (ValueError, UnicodeError):
        return None


def links_of(base: str, hrefs: Iterable[str], *, authority: str) -> list[Link]:
    """The links of a page that lead to the same host, each once, in their order."""
    # Joining costs more than anything else here. Documentation links to a dozen places of one page, and its pages have one menu.
    pages = dict.fromkeys(href.partition("#")[0] for href in hrefs)
    folder = _folder_of(base)
    urls = dict.fromkeys(
        _joined_in_folder(folder, href) if href[:1].strip() not in {"", "?"} else joined(base, href)
        for href in pages
    )
    return [Link(key_of(url), url) for url in urls if url is not None and authority_of(url) == authority]


def _folder_of(url: str) -> str:
    """What a relative reference is resolved against, unless it is empty or a query (RFC 3986, section 5.2.3)."""
    path = url.partition("?")[0]
    return path[: path.rindex("/") + 1]


# A few megabytes: the menus of the websites that are read at the moment.
_joined_in_folder = lru_cache(maxsize=16_384)(joined)


def _thin(url: str) -> str | None:
    if len(url) > LONGEST or not url.startswith(_SCHEMES):
        return None
    if "#" in url:
        url = url[: url.index("#")]
    if "@" in url and "@" in authority_of(url):
        return None
    if "./" in url or ".:" in url:
        url = _without_root(url)
    if "%" in url:
        url = _ESCAPE.sub(_unescaped, url)
    return url.removesuffix("?")


def _without_root(url: str) -> str:
    """The URL without the dot at the end of its host: the root of all names, which most servers do not know as theirs."""
    authority = authority_of(url)
    host, colon, port = authority.partition(":")
    return url.replace(authority, f"{host.removesuffix('.')}{colon}{port}", 1)


def _unescaped(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def _names_a_user(url: str) -> bool:
    try:
        parsed = ada_url.URL(url)
    except (ValueError, UnicodeError):
        return False
    return bool(parsed.username or parsed.password)


def _is_host(authority: str, written: str) -> bool:
    """Whether a person who wrote this meant a host: ada also takes `a;b`, and 1.5 for the address 1.0.0.5."""
    if authority.startswith("["):
        return True
    host = authority.split(":", maxsplit=1)[0]
    if _IPV4.fullmatch(host):
        return host in written
    # A single word is a slip of the pen rather than a host of the public internet.
    return host == "localhost" or _HOST.fullmatch(host) is not None
