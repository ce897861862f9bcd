"""YAML that remembers the position of each value, so that an error can name the line and the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import jsonschema_rs
import msgspec
import yaml

from keepwell.platform.errors import DataValidationError

KeyPath: TypeAlias = tuple[str | int, ...]
_UNUSABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
# Validators quote the invalid value, which can be a whole file.
_LONGEST_PROBLEM = 300
# The parts of a validator's message by which a value that is not text should be, or may be, text.
_WANTS_TEXT = ('type "string"', "'anyOf'")
# Words that only YAML 1.1 reads as true or false, besides true and false.
_YAML_1_1_TRUTHS = {"yes", "no", "on", "off"}


class Document(msgspec.Struct, frozen=True):
    """A parsed file: plain dicts, lists and scalars, and the line of each key path.

    `words` are the unquoted words that YAML read as something other than text, such as `no`, by key path.
    """

    path: Path
    value: object
    lines: Mapping[KeyPath, int]
    words: Mapping[KeyPath, str]

    def place(self, keys: KeyPath) -> str:
        """`file:line: key.key` of the path, or of its nearest ancestor in the file."""
        known = keys
        while known not in self.lines:
            known = known[:-1]
        return f"{self.path}:{self.lines[known]}: {'.'.join(map(str, keys)) or 'the file'}"


def read_document(path: Path) -> Document:
    """Parse `path`; raises DataValidationError naming the line of invalid YAML or a duplicate key."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        reader = _Reader(path)
        value = None if root is None else reader.read(root, ())
    except FileNotFoundError:
        raise DataValidationError(f"There is no file {path}.") from None
    except OSError as error:
        raise DataValidationError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataValidationError(f"{path}: is not UTF-8 text (byte {error.start}).") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataValidationError(f"{path}:{line}: is not YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise DataValidationError(f"{path}: is not YAML: {str(error).splitlines()[0]}.") from error
    except RecursionError as error:
        raise DataValidationError(f"{path}: is nested too deeply.") from error
    if root is None:
        raise DataValidationError(f"{path}: is empty.")
    return Document(path, value, reader.lines, reader.words)


class _Reader:
    def __init__(self, path: Path) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.words: dict[KeyPath, str] = {}
        self._path = path
        self._seen: set[int] = set()
        self._scalars = yaml.SafeLoader("")

    def read(self, node: yaml.Node, keys: KeyPath) -> object:
        self.lines.setdefault(keys, node.start_mark.line + 1)
        if not isinstance(node, yaml.ScalarNode):
            self._refuse_alias(node)
        if isinstance(node, yaml.MappingNode):
            return {key: self.read(value, (*keys, key)) for key, value in self._entries(node, keys)}
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*keys, index)) for index, item in enumerate(node.value)]
        # YAML's dates would lose the way they were written; every other scalar keeps its YAML type.
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        value = self._scalar(node)
        if not isinstance(value, str):
            self.words[keys] = node.value
        return value

    def _scalar(self, node: yaml.Node) -> object:
        line = node.start_mark.line + 1
        try:
            value: object = self._scalars.construct_object(node)
        except ValueError as error:
            raise DataValidationError(f"{self._path}:{line}: {error}.") from error
        # Neither file names nor Postgres can contain these.
        if isinstance(value, str) and _UNUSABLE.search(value):
            raise DataValidationError(
                f"{self._path}:{line}: contains a control character or an unpaired surrogate."
            )
        return value

    def _refuse_alias(self, node: yaml.Node) -> None:
        # Nested aliases can expand to gigabytes, and a self-reference never ends.
        if id(node) in self._seen:
            line = node.start_mark.line + 1
            raise DataValidationError(f"{self._path}:{line}: aliases are not allowed.", hint="Write it out.")
        self._seen.add(id(node))

    def _entries(self, node: yaml.MappingNode, keys: KeyPath) -> list[tuple[str, yaml.Node]]:
        entries: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in entries:
                raise DataValidationError(f"{self._path}:{line}: duplicate key {key!r}.")
            self.lines[(*keys, key)] = line
            entries[key] = value_node
        return list(entries.items())


def require_schema(document: Document, schema: jsonschema_rs.Draft202012Validator) -> None:
    """Raise DataValidationError with one line per violation, each naming file, line and key."""
    problems = [
        f"{document.place(keys)}: {_shortened(error.message)}{_advice(document, keys, error.message)}"
        for error in schema.iter_errors(document.value)
        for keys in [tuple(error.instance_path)]
    ]
    if problems:
        raise DataValidationError("\n".join(problems), hint="docs/mapping.md shows every key.")


def _shortened(message: str) -> str:
    cut = len(message) > _LONGEST_PROBLEM
    return f"{message[: _LONGEST_PROBLEM - 4]} ..." if cut else message


def _advice(document: Document, keys: KeyPath, message: str) -> str:
    """How to write the words that were meant as text, if the value contains any where text belongs."""
    if not any(wanted in message for wanted in _WANTS_TEXT):
        return ""
    words = [
        word
        for path, word in document.words.items()
        if path == keys or (path[: len(keys)] == keys and word.lower() in _YAML_1_1_TRUTHS)
    ]
    named = " and ".join(words)
    quoted = " and ".join(f'"{word}"' for word in words)
    return f". YAML does not read {named} as text; if it is a name, quote it: {quoted}" if words else ""
