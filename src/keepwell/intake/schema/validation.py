"""Validating rows by a JSON Schema, in two tiers: a compiled type may only accept; jsonschema-rs decides."""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from keepwell.intake.model import Refusal
from keepwell.intake.schema.compiler import compile_decoder
from keepwell.intake.schema.numbers import as_written
from keepwell.platform.errors import DataValidationError

_LONGEST_REASON = 400
# How deep a decoder can go depends on its caller's stack. This is less than any caller can do, so that an
# accepted row can be read everywhere.
DEEPEST = 200
TOO_DEEP = Refusal("invalid-json", f"The row is nested too deeply: more than {DEEPEST} levels.")
# Possessive, so that an unterminated string is scanned once.
_TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)
_STEPS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
# A row that the type could not accept is often followed by similar ones, and each would cost an
# exception: so the next few go straight to the second tier.
_ROWS_AFTER_MISS = 8
_HINTS = {
    "Unknown meta-schema": "Set $schema to a published draft, such as 2020-12.",
    "registry": "Only references within the file are supported.",
}


class Schema:
    """A compiled JSON Schema.

    `id` is the SHA-256 of `text`, and `document` has the numbers as they are written. `accept_all` consumes rows from an iterator as long as they are certainly
    valid; it raises ValueError or RecursionError once it has consumed one that only `validate` can decide.
    """

    def __init__(self, text: str, document: Any, validator: Any) -> None:
        self.text = text
        self.id = hashlib.sha256(text.encode()).hexdigest()
        # A default becomes part of rows, and a double would round it.
        self.document = json.loads(text, parse_float=as_written)
        self.accept_all = _acceptor(document, validator.is_valid)
        self._validator = validator

    def validate(self, row: bytes) -> Refusal | None:
        """Why `row` is invalid, with the JSON pointer of the fault; None if it is valid."""
        document = decoded(row)
        if isinstance(document, Refusal):
            return document
        return first_error(self._validator, document.value)


class DecodedRow(msgspec.Struct, frozen=True):
    """The JSON document of a row."""

    value: Any


def decoded(row: bytes, *, decode: Callable[[bytes], Any] = msgspec.json.decode) -> DecodedRow | Refusal:
    """The JSON document in `row`, or why it cannot be decoded; of duplicate keys the last one counts.

    By default numbers become doubles, which suffices to validate them; see `keepwell.intake.schema.numbers`.
    """
    if is_too_deep(row):
        return TOO_DEEP
    try:
        return DecodedRow(decode(row))
    except UnicodeDecodeError as error:
        return Refusal("invalid-encoding", f"The row is not UTF-8 text (byte {error.start}).")
    except msgspec.MsgspecError as error:
        return Refusal("invalid-json", f"The row is not JSON: {error}.")


def is_too_deep(row: bytes) -> bool:
    """Whether objects and arrays are nested more than DEEPEST levels deep in `row`."""
    # Each level takes two bytes, and most rows are short.
    if len(row) <= 2 * DEEPEST or row.count(b"{") + row.count(b"[") <= DEEPEST:
        return False
    depth = 0
    for token in _TEXT_OR_BRACKET.findall(row):
        depth += _STEPS.get(token, 0)
        if depth > DEEPEST:
            return True
    return False


def first_error(validator: Any, document: Any) -> Refusal | None:
    """The first error of `document` by the schema of `validator`; None if it is valid."""
    try:
        validator.validate(document)
    except jsonschema_rs.ValidationError as error:
        return Refusal("schema", _sentence(error.message), _pointer(error.instance_path))
    except ValueError as error:
        return Refusal("schema", f"The row cannot be validated: {error}.")
    return None


def compile_schema(text: bytes, *, place: str) -> Schema:
    """Compile the schema in `text`; `place` names it in errors.

    JSON Schema 2020-12, or the older draft that `$schema` names; `format` is an annotation, as the
    specification says. Raises DataValidationError naming the line or the JSON pointer if the text is not
    JSON, not a schema, or refers to something outside it: nothing is fetched.
    """
    try:
        written = text.decode("utf-8-sig")
        document = json.loads(written, parse_float=_double, parse_constant=_double)
    except (ValueError, RecursionError) as error:
        raise DataValidationError(f"{place} is not JSON: {error}.", hint="Correct the schema.") from error
    try:
        validator = jsonschema_rs.validator_for(document, validate_formats=False, offline=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise _no_schema(place, document, error) from error
    return Schema(written, document, validator)


def read_schema(path: Path) -> Schema:
    """The schema in the file `path`; raises DataValidationError as `compile_schema` does."""
    try:
        return compile_schema(path.read_bytes(), place=str(path))
    except OSError as error:
        raise DataValidationError(f"{path}: {error.strerror}.", hint="Name a readable file.") from error


def _acceptor(document: Any, is_valid: Callable[[Any], bool]) -> Callable[[Iterator[bytes]], None]:
    decode, decode_any = compile_decoder(document), msgspec.json.decode

    # Neither runs Python bytecode between two rows.
    def slow_tier(rows: Iterator[bytes]) -> None:
        if not all(map(is_valid, map(decode_any, rows))):
            raise ValueError

    if decode is None:
        return slow_tier

    def both_tiers(rows: Iterator[bytes]) -> None:
        slow_tier(islice(rows, _ROWS_AFTER_MISS))
        deque(map(decode, rows), maxlen=0)

    return both_tiers


def _double(number: str) -> float:
    """The number in this notation; ValueError if it is not a JSON number or out of range."""
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is not a finite number")
    return value


def _no_schema(place: str, document: Any, error: Exception) -> DataValidationError:
    message = getattr(error, "message", str(error))
    pointer = _pointer(getattr(error, "instance_path", ()))
    # For an unresolvable reference, the error names only the target.
    pointer = pointer or next((at for at, target in _references(document) if _names(message, target)), "")
    hint = next((hint for words, hint in _HINTS.items() if words in message), "Correct the schema.")
    at = f" at {pointer}" if pointer else ""
    return DataValidationError(f"{place} is not a JSON Schema{at}: {_sentence(message)}", hint=hint)


def _references(schema: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Each reference in `schema`: its JSON pointer and its target."""
    members: Iterable[tuple[str | int, Any]] = ()
    if isinstance(schema, dict):
        members = schema.items()
    elif isinstance(schema, list):
        members = enumerate(schema)
    for key, value in members:
        at = pointer + _pointer([key])
        if key in {"$ref", "$dynamicRef", "$schema"} and isinstance(value, str):
            yield at, value
        yield from _references(value, at)


def _names(message: str, target: str) -> bool:
    """Whether `message` quotes `target`: the whole address, or the part within the document."""
    return any(part and f"{part}'" in message for part in target.split("#"))


def _sentence(message: str) -> str:
    """`message` with a full stop, shortened: the dead letter contains the rejected value anyway."""
    if len(message) > _LONGEST_REASON:
        half = _LONGEST_REASON // 2
        message = f"{message[:half]} ... {message[-half:]}"
    return f"{message}."


def _pointer(path: Iterable[str | int]) -> str:
    """`path` as a JSON pointer, RFC 6901."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
