"""Field types that several rooms accept from clients."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec

from keepwell.platform.errors import DataValidationError

# Postgres cannot store NUL in a text.
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=r"^[^\u0000]+$")]
CurrencyCode = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="An ISO 4217 code.")]
# Money travels as text, since a JSON number is a float to many readers.
Money = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", examples=["49.00"], description="A decimal.")
]


def given(change: msgspec.Struct) -> Mapping[str, Any]:
    """The fields of `change` that the client sent."""
    values = msgspec.structs.asdict(change)
    return {name: value for name, value in values.items() if value is not msgspec.UNSET}


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def one_line(text: str) -> str:
    """`text`, if it fits into the header of a mail; raises DataValidationError if it has a line break or the like."""
    if _CONTROL.search(text):
        raise DataValidationError(
            "contains a line break or another control character.", hint="Write one line."
        )
    return text


def checked(fields: Mapping[str, Any], checks: Mapping[str, Callable[[str], str]]) -> dict[str, Any]:
    """`fields` with what each of `checks` makes of its field; raises DataValidationError that names the field.

    A field that is missing or None is not checked.
    """
    found = dict(fields)
    for name, check in checks.items():
        if found.get(name) is not None:
            try:
                found[name] = check(found[name])
            except DataValidationError as error:
                raise DataValidationError(f"{name}: {error.message}", hint=error.hint) from None
    return found
