from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.intake.model import Context, Event, Refusal
from keepwell.intake.schema.events import _schema, accept_event, read_event

VALID = {
    "type": "track",
    "messageId": "E-1",
    "event": "login",
    "timestamp": "2024-10-06T00:00:00Z",
    "context": {"groupId": "A-1"},
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
almost_timestamps = st.from_regex(
    r"(18|19|20|21|22)[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,10})?"
    r"(Z|z|[+-][0-2][0-9]:?[0-9]{2})?\n?",
    fullmatch=True,
)
names = (
    st.sampled_from(["", "E-1", "x" * 255, "é" * 255, "x" * 256, "nul\x00", "line\n"])
    | st.text()
    | json_values
)

# The very first draw of text builds a table of all characters, which takes its time.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def almost_events(draw: st.DrawFn) -> dict[str, Any]:
    """A valid event with some members replaced, added or left out."""
    members: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(["track", "page"]) | json_values,
        "messageId": names,
        "event": names,
        "timestamp": almost_timestamps
        | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
        | json_values,
        "context": names.map(lambda name: {"groupId": name}) | json_values,
        "userId": names,
        "properties": st.dictionaries(st.text(), json_values, max_size=3) | json_values,
        "library": json_values,
    }
    row: dict[str, Any] = dict(VALID)
    for member in draw(st.sets(st.sampled_from(sorted(members)), max_size=3)):
        row[member] = draw(members[member])
    for member in draw(st.sets(st.sampled_from(sorted(VALID)), max_size=1)):
        del row[member]
    return row


@patient
@given(almost_events())
def test_the_fast_tier_accepts_only_what_the_schema_accepts(row: dict[str, Any]) -> None:
    if accept_event(msgspec.json.encode(row)) is not None:
        assert _schema().is_valid(row)


@patient
@given(almost_events())
def test_everything_is_an_event_or_refused_with_a_reason(
    row: dict[str, Any],
) -> None:
    result = read_event(msgspec.json.encode(row))
    assert isinstance(result, Event) is _schema().is_valid(row)
    assert isinstance(result, Event) or result.reason


@given(st.binary(max_size=60))
def test_any_bytes_are_either_an_event_or_refused(row: bytes) -> None:
    assert isinstance(read_event(row), Event | Refusal)


def spoiled(**members: object) -> bytes:
    return json.dumps(VALID | members).encode()


@pytest.mark.parametrize(
    ("row", "code", "pointer", "reason"),
    [
        (b"{", "invalid-json", "", "truncated"),
        (b'{"messageId": NaN}', "invalid-json", "", "not JSON"),
        (b"\xef\xbb\xbf{}", "invalid-json", "", "not JSON"),
        (b"[" * 100_000, "invalid-json", "", "nested too deeply"),
        (b'{"event": "\xff"}', "invalid-encoding", "", "not UTF-8"),
        (b"[]", "schema", "", "object"),
        (spoiled(context={}), "schema", "", "identifies no account"),
        (spoiled(event=None), "schema", "/event", "string"),
        (spoiled(type="group"), "schema", "", "groupId"),
        (spoiled(context={"groupId": 1}), "schema", "/context/groupId", "string"),
        (spoiled(timestamp="2023-02-29T00:00:00Z"), "schema", "/timestamp", "date-time"),
        (spoiled(timestamp="2016-12-31T23:59:60Z"), "schema", "/timestamp", "match"),
        (spoiled(timestamp="2024-10-06 00:00:00"), "schema", "/timestamp", "2024-10-06 00:00:00"),
        (spoiled(type="click"), "schema", "/type", "track"),
        (spoiled(messageId="a\x00b"), "schema", "/messageId", "match"),
    ],
)
def test_refusal_has_code_place_and_reason(row: bytes, code: str, pointer: str, reason: str) -> None:
    refusal = read_event(row)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.pointer) == (code, pointer)
    assert reason in refusal.reason


def test_huge_value_is_shortened_in_the_reason() -> None:
    refusal = read_event(spoiled(properties=["x" * 100_000]))
    assert isinstance(refusal, Refusal)
    assert len(refusal.reason) < 500


def test_last_of_duplicate_keys_counts() -> None:
    row = json.dumps(VALID).replace('"type"', '"event": 1, "type"').encode()
    assert isinstance(read_event(row), Event)


def test_unread_fields_are_not_validated() -> None:
    assert isinstance(read_event(spoiled(anonymousId="x", integrations={"All": True})), Event)


def test_digest_ignores_property_order_and_time_zone() -> None:
    def digest(**changes: Any) -> str:
        fields = {"timestamp": "2024-10-06T00:00:00Z", "properties": {"a": 1, "b": 2}} | changes
        read = read_event(spoiled(**fields))
        assert isinstance(read, Event)
        return read.digest()

    assert digest() == digest(properties={"b": 2, "a": 1}, timestamp="2024-10-06T02:00:00+02:00")
    assert digest() != digest(properties={"a": 1, "b": 3})


def test_event_round_trips() -> None:
    event = Event(
        message_id="E-1",
        event="login",
        timestamp=datetime(2024, 10, 6, 1, 2, 3, 4, tzinfo=UTC),
        context=Context(group_id="A-1"),
        user_id="U-1",
        properties={"seats": 3},
    )
    assert read_event(msgspec.json.encode(event)) == event


@pytest.mark.parametrize(
    ("members", "name", "account"),
    [
        ({"type": "track", "context": {"groupId": "A-1"}, "userId": "u"}, "login", "A-1"),
        ({"type": "track", "context": {}, "userId": "u"}, "login", "u"),
        ({"type": "track", "context": None, "userId": "", "anonymousId": "visitor"}, "login", "visitor"),
        ({"type": "page", "context": {}, "userId": "u", "name": "Pricing"}, "page", "u"),
        ({"type": "identify", "context": {}, "userId": "u", "traits": {"plan": "pro"}}, "identify", "u"),
        ({"type": "group", "context": {}, "userId": "u", "groupId": "A-2"}, "group", "A-2"),
        ({"type": "alias", "context": {}, "userId": "u", "previousId": "visitor"}, "alias", "u"),
    ],
)
def test_call_becomes_an_event_of_its_account(members: dict[str, Any], name: str, account: str) -> None:
    event = read_event(spoiled(**members))
    assert isinstance(event, Event)
    assert (event.event, event.context.group_id) == (name, account)


def test_invalid_utf8_in_an_unread_field_is_refused() -> None:
    row = spoiled(library="LIBRARY").replace(b"LIBRARY", b"\xff")
    refusal = read_event(row)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid-encoding"
