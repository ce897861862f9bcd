"""Calls as they are kept: whole, with an id and a corrected time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from keepwell.intake.events.calls import calls_of
from keepwell.intake.model import TooLarge

RECEIVED = datetime(2024, 5, 1, 12, 0, 30, tzinfo=UTC)


def kept(call: object, **common: object) -> Any:
    """A call of a batch as it is kept."""
    (found,) = calls_of({"batch": [call], **common}, None, received=RECEIVED, new_id=lambda: "new")
    return json.loads(found.row)


def test_call_without_an_id_gets_one() -> None:
    assert kept({"type": "track"})["messageId"] == "new"
    assert kept({"messageId": "its own"})["messageId"] == "its own"


def test_call_without_a_time_gets_the_time_of_receipt() -> None:
    assert kept({})["timestamp"] == "2024-05-01T12:00:30.000Z"


@pytest.mark.parametrize(
    ("made", "sent", "corrected"),
    [
        # The sender's clock is an hour late, and the call waited for ten seconds.
        ("2024-05-01T11:00:10Z", "2024-05-01T11:00:20Z", "2024-05-01T12:00:20.000Z"),
        ("2024-05-01T13:00:10+02:00", "2024-05-01T11:00:20.5Z", "2024-05-01T12:00:19.500Z"),
        ("2024-05-01T12:00:00", "2024-05-01T12:00:00", "2024-05-01T12:00:30.000Z"),
        ("2024-05-01T11:59:00Z", None, "2024-05-01T11:59:00.000Z"),
        ("2024-05-01T11:59:00Z", "nonsense", "2024-05-01T11:59:00.000Z"),
    ],
)
def test_error_of_the_senders_clock_is_corrected(made: str, sent: str | None, corrected: str) -> None:
    assert kept({"timestamp": made}, sentAt=sent)["timestamp"] == corrected


def test_original_time_is_kept_too() -> None:
    call = kept({"timestamp": "2024-05-01T11:00:10Z"}, sentAt="2024-05-01T11:00:20Z")
    assert call["originalTimestamp"] == "2024-05-01T11:00:10Z"
    assert call["sentAt"] == "2024-05-01T11:00:20Z"


@pytest.mark.parametrize("made", ["yesterday", 5, [], "0001-01-01T00:00:00+14:00"])
def test_invalid_time_is_left_for_the_schema_to_refuse(made: object) -> None:
    assert kept({"timestamp": made}, sentAt="2024-05-01T11:00:20Z")["timestamp"] == made


def test_call_overrides_its_batch() -> None:
    call = kept(
        {"context": {"groupId": "own"}},
        context={"groupId": "batch", "ip": "::1"},
        integrations={"All": False},
    )
    assert call["context"] == {"groupId": "own", "ip": "::1"}
    assert call["integrations"] == {"All": False}


@pytest.mark.parametrize("call", [None, 5, "text", [], [1]])
def test_call_that_is_not_an_object_is_left_for_the_schema_to_refuse(call: object) -> None:
    assert kept(call) == call


def test_large_call_is_refused_alone_in_a_batch() -> None:
    large = {"properties": {"text": "x" * 32 * 1024}}
    found = calls_of({"batch": [large, {}]}, None, received=RECEIVED, new_id=lambda: "new")
    assert [call.refusal is not None for call in found] == [True, False]
    with pytest.raises(TooLarge):
        calls_of(dict(large), "track", received=RECEIVED, new_id=lambda: "new")
