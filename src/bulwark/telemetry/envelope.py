"""Segment's `track` call around an event, as in https://segment.com/docs/connections/spec/track/."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from bulwark.telemetry.events import Event

LIBRARY = {"name": "bulwark", "version": "0.1.0"}
_ID_BYTES = 12
_RANDOM_ID = re.compile(rf"[0-9a-f]{{{2 * _ID_BYTES}}}")
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The user an event belongs to: a random id, or a signed-in customer's; `group` is the account."""

    anonymous_id: str = ""
    user_id: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        if not self.anonymous_id and not self.user_id:
            raise ValueError("An event needs an anonymous id or a user id.")

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """The call's fields that identify the sender."""
        group = {"groupId": self.group} if self.group else {}
        ids = {"anonymousId": self.anonymous_id, "userId": self.user_id}
        return {name: value for name, value in ids.items() if value} | {
            "context": {**group, "library": LIBRARY}
        }


def track(event: Event, *, sender: Sender, message_id: str, at: datetime) -> Mapping[str, Any]:
    """The call; `at` is timezone-aware, and `message_id` identifies this event however often it is sent."""
    return {
        "type": "track",
        "event": event.name,
        **sender.fields,
        "messageId": message_id,
        "timestamp": instant(at),
        "properties": event.properties,
    }


def encode(call: Mapping[str, Any]) -> bytes:
    """The call as JSON on one line, without a line end."""
    return _ENCODER.encode(call).encode()


def instant(at: datetime) -> str:
    """RFC 3339 with milliseconds, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def random_id(random_bytes: Callable[[int], bytes]) -> str:
    """An id of 96 random bits that identifies nobody; outside tests they come from `secrets.token_bytes`."""
    return random_bytes(_ID_BYTES).hex()


def is_random_id(value: object) -> bool:
    """Whether `random_id` could have created it."""
    return isinstance(value, str) and _RANDOM_ID.fullmatch(value) is not None
