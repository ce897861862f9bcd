"""Validating Segment calls, in two tiers: a Struct may only accept; the JSON Schema decides."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import jsonschema_rs
import msgspec

from keepwell.intake.model import Context, Event, Refusal, SeenEvent
from keepwell.intake.schema.numbers import decode_exactly
from keepwell.intake.schema.validation import decoded, first_error, is_too_deep

_Text = Annotated[str, msgspec.Meta(max_length=255, pattern=r"\A[^\x00]*\Z")]
_Name = Annotated[_Text, msgspec.Meta(min_length=1)]
# Stricter than the schema's pattern: only whether the day exists is left to the parser.
_TIMESTAMP = (
    r"\A(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\Z"
)


class _CallContext(msgspec.Struct, rename="camel", gc=False):
    group_id: _Text | None = None


class _Call(msgspec.Struct, rename="camel", gc=False, kw_only=True):
    """The provable subset of the schema, apart from what `_event` checks."""

    type: Literal["track", "identify", "page", "screen", "group", "alias"]
    message_id: _Name
    timestamp: Annotated[str, msgspec.Meta(pattern=_TIMESTAMP)]
    event: _Text | None = None
    user_id: _Text | None = None
    anonymous_id: _Text | None = None
    group_id: _Text | None = None
    context: _CallContext | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None


class _Content(msgspec.Struct, rename="camel", gc=False):
    """What a sender says in a call, apart from the times that differ when it is sent again."""

    type: Any = None
    event: Any = None
    name: Any = None
    user_id: Any = None
    anonymous_id: Any = None
    group_id: Any = None
    previous_id: Any = None
    context: _CallContext | None = None
    properties: Any = None
    traits: Any = None
    original_timestamp: Any = None


# Marks the digests that ignore times; earlier releases recorded others.
_OF_CONTENT = "content:"
_NOBODY = Refusal(
    "schema", "The call identifies no account: it has no context.groupId, userId or anonymousId."
)


def content_digest(row: bytes, *, made: Any = None) -> str:
    """The digest of what a sender says in the call `row`: the same when it sends the call again.

    `made` is the time that it gave the call, if that is not in `originalTimestamp`.
    """
    content = msgspec.convert(decode_exactly(row), _Content)
    if made is not None:
        content.original_timestamp = made
    text = msgspec.json.encode(content, order="sorted")
    return _OF_CONTENT + hashlib.blake2b(text, digest_size=16).hexdigest()


def is_of_content(digest: str) -> bool:
    """Whether it is a digest of `content_digest`, and not of an event with its times."""
    return digest.startswith(_OF_CONTENT)


def reused_id(seen: SeenEvent, *, of: SeenEvent) -> Refusal:
    """The refusal of the event `seen`, which has the id of the event `of` and another content."""
    reason = (
        f"The id {seen.message_id!r} at {_place(seen)} is already used by {_place(of)} "
        "with different content; the first row keeps it."
    )
    return Refusal("duplicate-id", reason, "/messageId")


def _place(seen: SeenEvent) -> str:
    # Calls over HTTP have no line.
    return f"{seen.source}:{seen.line}" if seen.line else f"a call over {seen.source}"


def read_event(row: bytes) -> Event | Refusal:
    """The event in the JSON call `row`, or why it is invalid.

    The name of the event is the type of the call unless that is `track`. Its account is the group of the
    context, else the group that a `group` call names, else the user, else the anonymous visitor.
    """
    event = accept_event(row)
    return _decide(row) if event is None else event


def accept_event(row: bytes) -> Event | None:
    """The fast tier: an event, or None if only the schema can decide."""
    if is_too_deep(row):
        return None
    try:
        # Decoded as a whole first: a typed decoder skips unknown fields without checking them.
        return _event(msgspec.convert(decode_exactly(row), _Call))
    except (ValueError, RecursionError):
        return None


def _decide(row: bytes) -> Event | Refusal:
    document = decoded(row)
    if isinstance(document, Refusal):
        return document
    refusal = first_error(_schema(), document.value)
    if refusal is None:
        return _event(msgspec.convert(decode_exactly(row), _Call))
    # The schema's only condition on the call as a whole; its own message would name no field.
    return _NOBODY if not refusal.pointer and "anyOf" in refusal.reason else refusal


def _event(call: _Call) -> Event:
    account = (call.context and call.context.group_id) or (call.type == "group" and call.group_id)
    account = account or call.user_id or call.anonymous_id
    name = call.event if call.type == "track" else call.type
    if not account or not name or (call.type == "group" and not call.group_id):
        raise ValueError
    return Event(
        message_id=call.message_id,
        event=name,
        timestamp=datetime.fromisoformat(call.timestamp),
        context=Context(group_id=account),
        user_id=call.user_id,
        properties=call.properties or {},
    )


@cache
def _schema() -> jsonschema_rs.Draft202012Validator:
    text = files("keepwell.intake.schema").joinpath("event.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)
