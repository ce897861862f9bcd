"""Click types for texts that a field of the API accepts too, so that both doors refuse the same."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from keepwell.platform.values.fields import Text


class Utf8Text(click.types.StringParamType):
    """Any text; fails with the option's name for bytes that are not UTF-8, of which nothing here has a name."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it is."""
        text = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not UTF-8.", param, ctx)
        if "\0" in text:
            self.fail(f"{text!r} contains a NUL character.", param, ctx)
        return text


def require_utf8(command: click.Command) -> None:
    """Give each text option and argument of the command, and of its own commands, the type `Utf8Text`."""
    for param in command.params:
        if type(param.type) is click.types.StringParamType:
            param.type = Utf8Text()
    if isinstance(command, click.Group):
        for each in command.commands.values():
            require_utf8(each)


class FieldText(click.ParamType[str]):
    """A text that satisfies a field's type; `meaning` completes "is not ..." if it does not.

    If `removable`, an empty text is accepted as well.
    """

    name = "TEXT"

    def __init__(self, field: Any, *, meaning: str, removable: bool = False) -> None:
        self._field = field
        self._meaning = meaning
        self._removable = removable

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text; fails with the option's name for any other."""
        text = str(value)
        if self._removable and not text:
            return text
        try:
            # A byte of the command line that is not UTF-8 is half a surrogate pair here.
            text.encode()
            msgspec.convert(text, type=self._field)
        except (UnicodeEncodeError, msgspec.ValidationError):
            self.fail(f"{text!r} is not {self._meaning}.", param, ctx)
        return text


NAME = FieldText(Text, meaning="a name, which has 1 to 255 characters")
