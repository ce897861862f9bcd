"""Time zones and languages, as people and businesses name them."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

import msgspec

from keepwell.platform.errors import DataValidationError

TimeZone = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=64, examples=["Europe/Berlin"], description="A name of the IANA database."
    ),
]
Locale = Annotated[
    str, msgspec.Meta(min_length=2, max_length=35, examples=["de-AT"], description="A BCP 47 language tag.")
]

# Names of Debian's folder of time zones that mean another one elsewhere, or none.
_OF_ONE_MACHINE = {"localtime", "Factory"}

# RFC 5646, section 2.1, without the tags that were registered before it, and longer languages, of which there are none.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)",
    re.ASCII,
)


def time_zone(text: str) -> str:
    """`text`, if it names a time zone; raises DataValidationError otherwise."""
    if not is_time_zone(text):
        raise DataValidationError(
            f"{text!r} is not a time zone.", hint="For example Europe/Berlin, America/New_York or UTC."
        )
    return text


def is_time_zone(text: str) -> bool:
    """Whether this machine knows the time zone; one that was stored may come from another machine's database."""
    return text in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - _OF_ONE_MACHINE


def locale(text: str) -> str:
    """The language tag `text` as it is usually written, such as `de-AT` for `de_at`; raises DataValidationError.

    Only the form is checked: new languages and regions are registered every year.
    """
    found = _TAG.fullmatch(text.replace("_", "-").lower())
    if found is None:
        raise DataValidationError(
            f"{text!r} is not a language tag.", hint="For example en, de-AT or zh-Hant."
        )
    parts = [found["language"], (found["script"] or "").title(), (found["region"] or "").upper()]
    return "-".join(filter(None, parts)) + found["rest"]
