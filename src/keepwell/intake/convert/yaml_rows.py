"""Rows in YAML, one at a time: the items of a list, or separate documents.

A plain scalar is a number, true, false or null only if JSON writes it so, and otherwise a text: the date
2024-01-31, the time 12:30, the code 010 and the country NO stay as they are. A number keeps all its digits. As in
YAML 1.2, only carriage returns and line feeds are line breaks.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import msgspec
import yaml

from keepwell.intake.schema.numbers import NUMBER
from keepwell.platform.errors import DataValidationError

_TAG = "tag:yaml.org,2002:"
_DIGITS = "-0123456789"
_FLOAT = re.compile(
    r"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z"
)
_PLAIN = (
    ("null", re.compile(r"(~|null|Null|NULL|)\Z"), ["~", "n", "N", ""]),
    ("bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), list("tTfF")),
    ("int", re.compile(r"-?(0|[1-9][0-9]*)\Z"), list(_DIGITS)),
    ("float", _FLOAT, list(_DIGITS + "+.")),
)


# The library follows YAML 1.1, in which these are line breaks and become spaces. So while it reads, characters
# for private use, which no text should contain, replace them.
_BREAKS = {0x85: 0x10FE85, 0x2028: 0x10FE28, 0x2029: 0x10FE29}
_RESTORED = {private: character for character, private in _BREAKS.items()}
_PRIVATE = re.compile("[" + "".join(map(chr, _RESTORED)) + "]")


class _Loader(yaml.SafeLoader):
    """Supports what JSON supports; a name in a mapping is a text, and unique."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  as in the base class
    yaml_constructors = {}  # noqa: RUF012  the same

    def construct_scalar(self, node: Any) -> str:
        return super().construct_scalar(node).translate(_RESTORED)

    def construct_number(self, node: Any) -> msgspec.Raw:
        text = self.construct_scalar(node)
        if not NUMBER.match(text):
            raise _error(f"{text!r} is not a number in JSON", node)
        return msgspec.Raw(text.encode())

    def compose_node(self, parent: Any, index: Any) -> Any:
        # A few nested aliases expand to gigabytes.
        event: Any = cast("Any", self).peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise _error("aliases are not supported", event)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  as in the base class
        mapping: dict[Hashable, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _error("a name is not a text", key)
            name = self.construct_scalar(key)
            if name in mapping:
                raise _error(f"the name {name!r} occurs twice", key)
            mapping[name] = self.construct_object(value, deep=deep)
        return mapping


class _Dumper(yaml.SafeDumper):
    """Quotes each text that a reader of YAML 1.1, or of the rules above, could read as something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the library's signature
        return True

    def represent_text(self, text: str) -> Any:
        # In double quotes alone, a break of YAML 1.1 is escaped.
        style = '"' if any(chr(character) in text for character in _BREAKS) else None
        return self.represent_scalar(f"{_TAG}str", text, style=style)

    def represent_number(self, number: msgspec.Raw) -> Any:
        text = bytes(number).decode()
        return self.represent_scalar(_TAG + ("float" if set(text) & set(".eE") else "int"), text)


for _kind, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_TAG + _kind, _pattern, _first)
    _Dumper.add_implicit_resolver(_TAG + _kind, _pattern, _first)
for _kind in ("null", "bool", "str", "seq", "map"):
    _Loader.add_constructor(_TAG + _kind, yaml.SafeLoader.yaml_constructors[_TAG + _kind])
for _kind in ("int", "float"):
    _Loader.add_constructor(_TAG + _kind, _Loader.construct_number)
_Loader.add_constructor(None, yaml.SafeLoader.yaml_constructors[None])
_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(msgspec.Raw, _Dumper.represent_number)


def yaml_rows(path: Path) -> Iterator[tuple[int, bytes]]:
    """Each row as JSON, with the line on which it begins.

    Raises DataValidationError naming file and line of what is not YAML or not JSON.
    """
    with path.open("rb") as file:
        # The type stubs lack the loader's methods.
        loader: Any = None
        try:
            loader = _Loader(cast("Any", _Characters(file)))
            yield from _rows(loader)
        except RecursionError as error:
            raise _not_yaml(path, "it is nested too deeply") from error
        except (yaml.YAMLError, ValueError, TypeError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error).splitlines()[0]
            raise _not_yaml(path, problem, line=mark and mark.line + 1) from error
        finally:
            if loader:
                loader.dispose()


def yaml_item(row: dict[str, Any]) -> bytes:
    """`row` as an item of a list; raises RecursionError if it is nested too deeply."""
    return yaml.dump([row], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000).encode()


class _Characters:
    """The text of a file in UTF-8, or in UTF-16 if it begins with a byte order mark."""

    def __init__(self, file: IO[bytes]) -> None:
        mark = file.read(2)
        file.seek(0)
        is_wide = mark in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        self._reader = codecs.getreader("utf-16" if is_wide else "utf-8-sig")(file)

    def read(self, size: int) -> str:
        """The next characters; raises ValueError if they cannot be read as YAML without a change."""
        text = self._reader.read(size)
        if found := _PRIVATE.search(text):
            raise ValueError(f"the character U+{ord(found.group()):X} is not supported")
        return text.translate(_BREAKS)


def _rows(loader: Any) -> Iterator[tuple[int, bytes]]:
    loader.get_event()
    while not loader.check_event(yaml.StreamEndEvent):
        loader.get_event()
        is_list = loader.check_event(yaml.SequenceStartEvent)
        if is_list:
            loader.get_event()
        while not loader.check_event(yaml.SequenceEndEvent, yaml.DocumentEndEvent):
            node = loader.compose_node(None, None)
            yield node.start_mark.line + 1, _as_json(loader, node)
        if is_list:
            loader.get_event()
        loader.get_event()


def _as_json(loader: Any, node: Any) -> bytes:
    value = loader.construct_document(node)
    loader.anchors.clear()
    return msgspec.json.encode(value)


def _error(problem: str, place: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=place.start_mark)


def _not_yaml(path: Path, problem: str, *, line: int | None = None) -> DataValidationError:
    place = f"{path.name}:{line}" if line else path.name
    return DataValidationError(
        f"{place} is not YAML that JSON can express: {problem}.", hint="Correct the file."
    )
