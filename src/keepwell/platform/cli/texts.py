"""Click types for texts that a field of the API accepts too, so that both doors refuse the same."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from keepwell.platform.fields import Text


class FieldText(click.ParamType[str]):
    """A text that satisfies a field's type; `meaning` completes "is not ..." if it does not."""

    name = "TEXT"

    def __init__(self, field: Any, *, meaning: str) -> None:
        self._field = field
        self._meaning = meaning

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text; fails with the option's name for any other."""
        text = str(value)
        try:
            # A byte of the command line that is not UTF-8 is half a surrogate pair here.
            text.encode()
            msgspec.convert(text, type=self._field)
        except (UnicodeEncodeError, msgspec.ValidationError):
            self.fail(f"{text!r} is not {self._meaning}.", param, ctx)
        return text


NAME = FieldText(Text, meaning="a name, which has 1 to 255 characters")
