"""Does a row fit a JSON Schema? Two tiers: a compiled type may only accept, and jsonschema-rs decides the rest."""

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
from keepwell.platform.errors import DataValidationError

_LONGEST_REASON = 400
# How deep a decoder can go depends on who calls it. This is less than any of them can, so that what is
# accepted once can be read wherever it goes.
DEEPEST = 200
TOO_DEEP = Refusal("invalid-json", f"The row is nested too deeply: more than {DEEPEST} levels.")
# Possessive, so that a text that never ends is read once.
_TEXT_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)
_STEPS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}
# A row that the type could not accept is often followed by more of its kind, and each would cost an
# exception: so the schema itself has the next few.
_PERHAPS_ALIKE = 8
_HINTS = {
    "Unknown meta-schema": "Let $schema name a published draft, such as 2020-12.",
    "registry": "Only references within the file can be followed.",
}


class Schema:
    """A JSON Schema, compiled.

    `id` is the SHA-256 of `text`. `accept_all` takes rows off an iterator as long as the schema accepts them
    for sure; it raises ValueError or RecursionError when it has taken one that only `judge` can decide.
    """

    def __init__(self, text: str, document: Any, validator: Any) -> None:
        self.text = text
        self.id = hashlib.sha256(text.encode()).hexdigest()
        self.document = document
        self.accept_all = _acceptor(document, validator.is_valid)
        self._validator = validator

    def judge(self, row: bytes) -> Refusal | None:
        """Why `row` does not fit, with the JSON pointer of what is wrong; None where it fits."""
        document = decoded(row)
        if isinstance(document, Refusal):
            return document
        return breach(self._validator, document.value)


class Decoded(msgspec.Struct, frozen=True):
    """The document that a row holds."""

    value: Any


def decoded(row: bytes) -> Decoded | Refusal:
    """The JSON document in `row`, or why there is none; of two equal keys the last one counts."""
    if is_too_deep(row):
        return TOO_DEEP
    try:
        return Decoded(msgspec.json.decode(row))
    except UnicodeDecodeError as error:
        return Refusal("invalid-encoding", f"The row is not UTF-8 text (byte {error.start}).")
    except msgspec.MsgspecError as error:
        return Refusal("invalid-json", f"The row is not JSON: {error}.")


def is_too_deep(row: bytes) -> bool:
    """Whether more than DEEPEST objects and arrays are within one another in `row`."""
    # Each level takes two bytes, and most rows are short.
    if len(row) <= 2 * DEEPEST or row.count(b"{") + row.count(b"[") <= DEEPEST:
        return False
    depth = 0
    for token in _TEXT_OR_BRACKET.findall(row):
        depth += _STEPS.get(token, 0)
        if depth > DEEPEST:
            return True
    return False


def breach(validator: Any, document: Any) -> Refusal | None:
    """The first thing in `document` that the schema of `validator` refuses."""
    try:
        validator.validate(document)
    except jsonschema_rs.ValidationError as error:
        return Refusal("schema", _sentence(error.message), _pointer(error.instance_path))
    except ValueError as error:
        return Refusal("schema", f"The row cannot be judged: {error}.")
    return None


def compile_schema(text: bytes, *, place: str) -> Schema:
    """The schema in `text`; `place` names it in errors.

    JSON Schema 2020-12, or the older draft that `$schema` names; `format` is an annotation, as the
    specification says. Raises DataValidationError naming the line or the JSON pointer for what is no JSON,
    no schema, or refers to what is not in it: nothing is fetched.
    """
    try:
        written = text.decode("utf-8-sig")
        document = json.loads(written, parse_float=_double, parse_constant=_double)
    except (ValueError, RecursionError) as error:
        raise DataValidationError(f"{place} is not JSON: {error}.", hint="Mend the schema.") from error
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
        raise DataValidationError(
            f"{path}: {error.strerror}.", hint="Name a file that can be read."
        ) from error


def _acceptor(document: Any, is_valid: Callable[[Any], bool]) -> Callable[[Iterator[bytes]], None]:
    decode, decode_any = compile_decoder(document), msgspec.json.decode

    # In both, no step of Python's own is between two rows.
    def slow_tier(rows: Iterator[bytes]) -> None:
        if not all(map(is_valid, map(decode_any, rows))):
            raise ValueError

    if decode is None:
        return slow_tier

    def both_tiers(rows: Iterator[bytes]) -> None:
        slow_tier(islice(rows, _PERHAPS_ALIKE))
        deque(map(decode, rows), maxlen=0)

    return both_tiers


def _double(number: str) -> float:
    """The number that is written so; ValueError for what is none in JSON or is out of range."""
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is not a finite number")
    return value


def _no_schema(place: str, document: Any, error: Exception) -> DataValidationError:
    message = getattr(error, "message", str(error))
    pointer = _pointer(getattr(error, "instance_path", ()))
    # Of a reference that leads nowhere, the error tells only the target.
    pointer = pointer or next((at for at, target in _references(document) if _names(message, target)), "")
    hint = next((hint for words, hint in _HINTS.items() if words in message), "Mend the schema.")
    at = f" at {pointer}" if pointer else ""
    return DataValidationError(f"{place} is no JSON Schema{at}: {_sentence(message)}", hint=hint)


def _references(schema: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Each reference in `schema`: its JSON pointer and what it refers to."""
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
    """Whether `message` quotes `target`: its address, whole or relative, or its place within that."""
    return any(part and f"{part}'" in message for part in target.split("#"))


def _sentence(message: str) -> str:
    """`message` with a full stop; the refused value in it is cut, since the dead letter holds the row anyway."""
    if len(message) > _LONGEST_REASON:
        half = _LONGEST_REASON // 2
        message = f"{message[:half]} ... {message[-half:]}"
    return f"{message}."


def _pointer(path: Iterable[str | int]) -> str:
    """`path` as a JSON pointer, RFC 6901."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in path)
