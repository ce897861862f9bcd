"""Rows in a YAML file, one at a time: the items of a list, or documents of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from keepwell.platform.errors import DataValidationError

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """Knows what JSON knows: a date is a text here."""

    yaml_implicit_resolvers = {  # noqa: RUF012  as the class above has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        # A few aliases of aliases make gigabytes.
        event: Any = cast("Any", self).peek_event()
        if isinstance(event, yaml.AliasEvent):
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="an alias repeats what stands elsewhere", problem_mark=mark)
        return super().compose_node(parent, index)


def yaml_rows(path: Path) -> Iterator[Any]:
    """Each row as plain JSON values; raises DataValidationError naming file and line of what is not YAML."""
    with path.open("rb") as file:
        # The stubs know the loader's steps by name only.
        loader: Any = _Loader(file)
        try:
            yield from _rows(loader)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            place = f":{mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or str(error)
            raise DataValidationError(
                f"{path.name}{place} is not YAML as JSON could be: {problem}.", hint="Mend the file."
            ) from error
        finally:
            loader.dispose()


def _rows(loader: Any) -> Iterator[Any]:
    loader.get_event()
    while not loader.check_event(yaml.StreamEndEvent):
        loader.get_event()
        is_list = loader.check_event(yaml.SequenceStartEvent)
        if is_list:
            loader.get_event()
        while not loader.check_event(yaml.SequenceEndEvent, yaml.DocumentEndEvent):
            yield _plain(loader)
        if is_list:
            loader.get_event()
        loader.get_event()


def _plain(loader: Any) -> Any:
    value = loader.construct_document(loader.compose_node(None, None))
    loader.anchors.clear()
    # What JSON has no form for, such as a set or a number that is none, raises here.
    return json.loads(json.dumps(value, allow_nan=False))
