"""Is a row a Segment event? Two tiers: a Struct may only accept, and the JSON Schema decides the rest."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import jsonschema_rs
import msgspec

from keepwell.intake.model import Context, Event, Refusal

_Text = Annotated[str, msgspec.Meta(max_length=255, pattern=r"\A[^\x00]*\Z")]
_Name = Annotated[_Text, msgspec.Meta(min_length=1)]
# Narrower than the schema's pattern: it leaves nothing to the format but whether the day exists.
_TIMESTAMP = (
    r"\A(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\Z"
)

_LONGEST_REASON = 400


class _TrackContext(msgspec.Struct, rename="camel", gc=False):
    group_id: _Name


class _Track(msgspec.Struct, rename="camel", gc=False, kw_only=True):
    """The provable subset of the schema: whatever this accepts, the schema accepts."""

    type: Literal["track"]
    message_id: _Name
    event: _Name
    timestamp: Annotated[str, msgspec.Meta(pattern=_TIMESTAMP)]
    context: _TrackContext
    user_id: _Text | None = None
    properties: dict[str, Any] = {}


_decode_track = msgspec.json.Decoder(_Track).decode


def read_event(row: bytes) -> Event | Refusal:
    """The event that `row` holds in JSON, or why it holds none."""
    event = accept_event(row)
    return _decide(row) if event is None else event


def accept_event(row: bytes) -> Event | None:
    """The fast tier: an event, or None where only the schema can decide."""
    try:
        return _event(_decode_track(row))
    except (ValueError, RecursionError):
        return None


def _decide(row: bytes) -> Event | Refusal:
    try:
        document = msgspec.json.decode(row)
    except UnicodeDecodeError as error:
        return Refusal("invalid-encoding", f"The row is not UTF-8 text (byte {error.start}).")
    except msgspec.MsgspecError as error:
        return Refusal("invalid-json", f"The row is not JSON: {error}.")
    except RecursionError:
        return Refusal("invalid-json", "The row is nested too deeply.")
    breach = next(iter(_schema().iter_errors(document)), None)
    if breach is None:
        # The schema sees the last of two equal keys, the Struct's decoder both of them.
        return _event(msgspec.convert(document, _Track))
    pointer = "".join(f"/{_escape(str(key))}" for key in breach.instance_path)
    return Refusal("schema", _sentence(breach.message), pointer)


def _event(track: _Track) -> Event:
    return Event(
        message_id=track.message_id,
        event=track.event,
        timestamp=datetime.fromisoformat(track.timestamp),
        context=Context(group_id=track.context.group_id),
        user_id=track.user_id,
        properties=track.properties,
    )


def _sentence(message: str) -> str:
    """`message` with a full stop; the refused value in it is cut, since the dead letter holds the row anyway."""
    if len(message) > _LONGEST_REASON:
        half = _LONGEST_REASON // 2
        message = f"{message[:half]} ... {message[-half:]}"
    return f"{message}."


def _escape(key: str) -> str:
    """`key` as a reference token of RFC 6901."""
    return key.replace("~", "~0").replace("/", "~1")


@cache
def _schema() -> jsonschema_rs.Draft202012Validator:
    text = files("keepwell.intake").joinpath("schemas/track.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)
