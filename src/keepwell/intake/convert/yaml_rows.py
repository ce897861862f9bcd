"""Rows in YAML, one at a time: the items of a list, or separate documents.

A plain scalar is a number, true, false or null only if JSON writes it so, and otherwise a text: the date
2024-01-31, the time 12:30, the code 010 and the country NO stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, cast

import yaml

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


class _Loader(yaml.SafeLoader):
    """Supports what JSON supports; a name in a mapping is a text, and unique."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  as in the base class

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
            if key.value in mapping:
                raise _error(f"the name {key.value!r} occurs twice", key)
            mapping[key.value] = self.construct_object(value, deep=deep)
        return mapping


class _Dumper(yaml.SafeDumper):
    """Quotes each text that a reader of YAML 1.1, or of the rules above, could read as something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the library's signature
        return True


for _kind, _pattern, _first in _PLAIN:
    _Loader.add_implicit_resolver(_TAG + _kind, _pattern, _first)
    _Dumper.add_implicit_resolver(_TAG + _kind, _pattern, _first)


def yaml_rows(path: Path) -> Iterator[bytes]:
    """Each row as JSON; raises DataValidationError naming file and line of what is not YAML or not JSON."""
    with path.open("rb") as file:
        # The type stubs lack the loader's methods.
        loader: Any = None
        try:
            loader = _Loader(file)
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


def _rows(loader: Any) -> Iterator[bytes]:
    loader.get_event()
    while not loader.check_event(yaml.StreamEndEvent):
        loader.get_event()
        is_list = loader.check_event(yaml.SequenceStartEvent)
        if is_list:
            loader.get_event()
        while not loader.check_event(yaml.SequenceEndEvent, yaml.DocumentEndEvent):
            yield _as_json(loader)
        if is_list:
            loader.get_event()
        loader.get_event()


def _as_json(loader: Any) -> bytes:
    value = loader.construct_document(loader.compose_node(None, None))
    loader.anchors.clear()
    # Raises for values that JSON does not have, such as a set or NaN.
    return json.dumps(value, allow_nan=False).encode()


def _error(problem: str, place: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=place.start_mark)


def _not_yaml(path: Path, problem: str, *, line: int | None = None) -> DataValidationError:
    place = f"{path.name}:{line}" if line else path.name
    return DataValidationError(
        f"{place} is not YAML that JSON can express: {problem}.", hint="Correct the file."
    )
