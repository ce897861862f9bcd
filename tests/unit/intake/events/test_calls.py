"""Calls as they are kept: whole, with an id and a corrected time."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from keepwell.intake.events.calls import Call, calls_of, decompressed, read_body
from keepwell.intake.model import TooLarge
from keepwell.platform.errors import DataValidationError

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
        # The clock jumped between the two, or is ahead: nothing is made after it was received.
        ("2024-05-01T11:59:00Z", "1970-01-01T00:00:00Z", "2024-05-01T12:00:30.000Z"),
        ("2199-01-01T00:00:00Z", None, "2024-05-01T12:00:30.000Z"),
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


@pytest.mark.parametrize(
    ("made", "kept_as"),
    [
        ("2024-05-01T10:00:00.123400+00:00", "2024-05-01T10:00:00.123400Z"),
        ("2024-05-01T12:00:00.1235+02:00", "2024-05-01T10:00:00.123500Z"),
        ("2024-05-01T10:00:00.123456789Z", "2024-05-01T10:00:00.123456Z"),
        ("2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00.500Z"),
    ],
)
def test_time_keeps_its_microseconds_and_the_senders_text(made: str, kept_as: str) -> None:
    call = kept({"timestamp": made})
    assert (call["timestamp"], call["originalTimestamp"]) == (kept_as, made)


def test_body_of_several_gzip_members_with_a_byte_order_mark_is_read() -> None:
    text = b'\xef\xbb\xbf{"batch": []}'
    body = gzip.compress(text[:7]) + gzip.compress(b"") + gzip.compress(text[7:])
    assert read_body(decompressed(body, "gzip")) == {"batch": []}


@pytest.mark.parametrize(
    "after", [b"garbage", gzip.compress(b" ", mtime=0)[:-1], gzip.compress(b"", mtime=0) * 100]
)
def test_compressed_body_with_something_else_after_it_is_refused(after: bytes) -> None:
    with pytest.raises(DataValidationError):
        decompressed(gzip.compress(b"{}") + after, "gzip")


def test_several_members_that_are_too_large_together_are_refused() -> None:
    with pytest.raises(TooLarge):
        decompressed(2 * gzip.compress(bytes(300_000)), "gzip")


GOOD = '{"type":"track","event":"x","userId":"u1","messageId":"m1"}'


def calls_in(body: str | bytes, kind: str | None = None) -> list[Call]:
    document = read_body(body if isinstance(body, bytes) else body.encode())
    return list(calls_of(document, kind, received=RECEIVED, new_id=lambda: "new"))


@pytest.mark.parametrize(
    "spoilt",
    [
        rb'{"type":"track","properties":{"t":"abc \ud83d"}}',
        rb'{"type":"track","properties":{"t":"\udc00 [ } , \" "}}',
        b'{"type":"track","properties":{"n":1e400}}',
        b'{"type":"track","properties":{"t":"caf\xe9"}}',
        b'{"type":"track","properties":' + b"[" * 3_000 + b"]" * 3_000 + b"}",
        b'{"type":"track","properties":NaN}',
        b'{"type":"track" "event":"x"}',
    ],
)
def test_call_that_cannot_be_decoded_is_refused_alone(spoilt: bytes) -> None:
    body = b'{"sentAt": null, "batch" : [' + GOOD.encode() + b" , " + spoilt + b"," + GOOD.encode() + b"]}"
    found = calls_in(body)
    assert [call.refusal is None for call in found] == [True, False, True]
    assert found[1].row == spoilt
    assert json.loads(found[2].row)["userId"] == "u1"


def test_calls_of_a_batch_whose_context_cannot_be_decoded_are_refused() -> None:
    (found,) = calls_in('{"batch":[' + GOOD + r'],"context":{"t":"\ud83d"}}')
    assert found.row == GOOD.encode()
    assert found.refusal is not None
    assert "batch around the call" in found.refusal.reason


def test_single_call_that_cannot_be_decoded_is_refused_without_its_write_key() -> None:
    (found,) = calls_in(r'{"writeKey":"kwk_secret","event":"\ud83d", "userId":"u"}', "track")
    assert found.refusal is not None
    assert found.row == rb'{"event":"\ud83d","userId":"u"}'


@pytest.mark.parametrize(
    "body", ['{"batch":[', '{"batch":[1]}}', "[1e400]", '{"batch":[1e400]} x', "{5:1e400}", ""]
)
def test_body_without_an_end_or_a_name_is_refused_as_a_whole(body: str) -> None:
    with pytest.raises(DataValidationError):
        calls_in(body)


def test_numbers_keep_their_digits() -> None:
    (found,) = calls_in(
        '{"batch":[{"properties":{"a":123456789012345678.123,"b":1.50,"c":18446744073709551617}}]}'
    )
    assert b'{"a":123456789012345678.123,"b":1.50,"c":18446744073709551617}' in found.row


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
