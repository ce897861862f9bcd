"""Schemas and rows for the tests of the two tiers of validation."""

from __future__ import annotations

import json

from keepwell.intake.schema.compiler import compile_decoder
from keepwell.intake.schema.validation import Schema, compile_schema


def schema(document: object) -> Schema:
    return compile_schema(json.dumps(document).encode(), place="row.schema.json")


def field(name: str, document: object, **more: object) -> Schema:
    """A schema of objects with a field `name` described by `document`."""
    return schema({"type": "object", "properties": {name: document}, **more})


def has_first_tier(validate: Schema) -> bool:
    return compile_decoder(json.loads(validate.text)) is not None


def is_accepted_early(validate: Schema, row: bytes) -> bool:
    """By the first tier alone."""
    decode = compile_decoder(json.loads(validate.text))
    if decode is None:
        return False
    try:
        decode(row)
    except (ValueError, RecursionError):
        return False
    return True


def is_accepted(validate: Schema, row: bytes) -> bool:
    """By both tiers together, as rows are validated."""
    return is_accepted_early(validate, row) or validate.validate(row) is None
