"""Field types that several rooms accept from clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

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
