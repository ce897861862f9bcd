"""What a game reports, when, and what happens to events while the receiver is unavailable."""

from __future__ import annotations

import base64
import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bulwark.errors import TelemetryError
from bulwark.telemetry import events
from bulwark.telemetry.batching import MAX_BODY_BYTES, MAX_CALL_BYTES, body
from bulwark.telemetry.consent import Choice, read_consent
from bulwark.telemetry.envelope import Sender, encode, track
from bulwark.telemetry.events import Event, MatchEnd, MatchFacts
from bulwark.telemetry.intake import Accepted, HttpIntake, Rejected, RetryLater
from bulwark.telemetry.outbox import Outbox
from bulwark.telemetry.service import CONSENT_FILE, Telemetry, open_telemetry
from bulwark.telemetry.sinks import BackgroundSender, JsonlFile, deliver
from keepwell.intake.model import Refusal
from keepwell.intake.schema.events import read_event
from tests.unit.bulwark.receiver import Receiver

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
FACTS = MatchFacts("match-1", "meadow", "normal")
END = MatchEnd(won=True, waves_cleared=10, seconds=300, towers_built=12, towers_sold=1, lives_left=9)
ALL_EVENTS = [
    events.session_started(),
    events.match_started(FACTS, eased=0.8),
    events.tower_built(FACTS, tower="bolt", column=3, row=4, wave=1),
    events.tower_upgraded(FACTS, tower="bolt", variant=1, wave=2),
    events.tower_sold(FACTS, tower="bolt", refund=40, wave=2),
    events.wave_cleared(FACTS, wave=1, seconds=31, lives=15),
    events.match_left(FACTS, waves_cleared=3, seconds=90),
    events.match_ended(FACTS, END),
    events.session_ended(seconds=900, matches=3, wins=2),
    events.events_dropped(4),
]


def numbered() -> Callable[[], str]:
    numbers = itertools.count()
    return lambda: f"{next(numbers):08x}"


def counted_bytes() -> Callable[[int], bytes]:
    numbers = itertools.count(1)
    return lambda length: next(numbers).to_bytes(length, "big")


def call(number: int = 1, *, event: Event = ALL_EVENTS[0]) -> bytes:
    sender = Sender(anonymous_id="player-1")
    return encode(track(event, sender=sender, message_id=f"m-{number}", at=NOW))


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox", new_name=numbered(), now=lambda: NOW)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with receiver.listening():
        yield receiver


@contextmanager
def telemetry_to(
    sink: JsonlFile | BackgroundSender, folder: Path, *, outbox: Outbox | None = None
) -> Iterator[Telemetry]:
    telemetry = Telemetry(
        sink,
        consent_file=folder / CONSENT_FILE,
        now=lambda: NOW,
        random_bytes=counted_bytes(),
        outbox=outbox,
    )
    with closing(telemetry):
        yield telemetry


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def intake_of(receiver: Receiver) -> HttpIntake:
    return HttpIntake(receiver.url, write_key="kwk_1", timeout=5)


def deliver_to(outbox: Outbox, receiver: Receiver) -> Accepted | RetryLater | Rejected:
    return deliver(outbox, intake_of(receiver), now=lambda: NOW)


@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: event.name)
def test_every_event_is_valid_for_an_intake(event: Event) -> None:
    read = read_event(call(event=event))
    assert not isinstance(read, Refusal)
    assert (read.event, read.context.group_id, read.timestamp) == (event.name, "player-1", NOW)
    assert read.properties == event.properties


def test_a_signed_in_customer_is_identified_by_user_id_only() -> None:
    call = track(ALL_EVENTS[0], sender=Sender(user_id="u", group="A-1"), message_id="m", at=NOW)
    assert (call["userId"], call["context"]["groupId"]) == ("u", "A-1")
    assert "anonymousId" not in call


def test_a_sender_without_any_id_is_rejected() -> None:
    with pytest.raises(ValueError, match="anonymous id or a user id"):
        Sender(group="A-1")


def test_nothing_is_recorded_before_consent(tmp_path: Path) -> None:
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path) as telemetry:
        telemetry.record(events.session_started())
    assert telemetry.consent.choice is Choice.UNASKED
    assert lines(tmp_path / "events.jsonl") == []


def test_after_consent_events_carry_the_same_random_id_across_starts(
    tmp_path: Path,
) -> None:
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path) as telemetry:
        telemetry.choose(on=True)
        for event in ALL_EVENTS:
            telemetry.record(event)
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path) as restarted:
        restarted.record(events.session_started())
    calls = lines(tmp_path / "events.jsonl")
    assert [each["event"] for each in calls] == [event.name for event in ALL_EVENTS] + ["session_started"]
    assert {each["anonymousId"] for each in calls} == {read_consent(tmp_path / CONSENT_FILE).player_id}


def test_message_ids_are_unique(tmp_path: Path) -> None:
    opened = open_telemetry(tmp_path, file=tmp_path / "events.jsonl")
    assert opened is not None
    with closing(opened):
        opened.choose(on=True)
        for _ in range(100):
            opened.record(events.session_started())
    assert len({each["messageId"] for each in lines(tmp_path / "events.jsonl")}) == 100


def test_switching_telemetry_off_deletes_waiting_events_and_the_id(tmp_path: Path, outbox: Outbox) -> None:
    unreachable = HttpIntake("http://127.0.0.1:9", write_key="kwk_1")
    sender = BackgroundSender(outbox, unreachable, now=lambda: NOW, interval=60)
    with telemetry_to(sender, tmp_path, outbox=outbox) as telemetry:
        telemetry.choose(on=True)
        first = telemetry.consent.player_id
        telemetry.record(events.session_started())
        assert outbox.waiting() == 1
        telemetry.choose(on=False)
        telemetry.record(events.session_started())
        assert outbox.waiting() == 0
        assert read_consent(tmp_path / CONSENT_FILE).choice is Choice.OFF
        assert first not in (tmp_path / CONSENT_FILE).read_text()
        telemetry.choose(on=True)
        assert telemetry.consent.player_id not in {"", first}


@pytest.mark.parametrize("text",
    [
        "", "{", "[]", '{"choice": "maybe"}', '{"choice": "on"}', "null", "[" * 100_000,
        '{"choice": "on", "player_id": "\\ud800"}', '{"choice": "on", "player_id": "somebody"}',
    ],
)  # fmt: skip
def test_an_unreadable_choice_counts_as_unasked(tmp_path: Path, text: str) -> None:
    (tmp_path / CONSENT_FILE).write_text(text)
    assert read_consent(tmp_path / CONSENT_FILE).choice is Choice.UNASKED


def test_a_choice_that_cannot_be_saved_leaves_telemetry_off(tmp_path: Path) -> None:
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path / "folder") as telemetry:
        (tmp_path / "folder").touch()
        with pytest.raises(TelemetryError, match="telemetry"):
            telemetry.choose(on=True)
        telemetry.record(events.session_started())
    assert lines(tmp_path / "events.jsonl") == []


def test_events_stored_offline_arrive_in_order(outbox: Outbox, receiver: Receiver) -> None:
    sent = [call(number) for number in range(700)]
    for each in sent:
        outbox.put(each)
    assert isinstance(deliver_to(outbox, receiver), Accepted)
    assert list(receiver.stored) == [f"m-{number}" for number in range(700)]
    assert receiver.credentials == {"Basic " + base64.b64encode(b"kwk_1:").decode()}
    assert outbox.waiting() == 0
    assert len(receiver.requests) > 1


def test_after_a_lost_response_the_same_ids_are_resent_and_stored_once(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.faults = ["cut"]
    outbox.put(call(1))
    assert isinstance(deliver_to(outbox, receiver), RetryLater)
    outbox.put(call(2))
    assert isinstance(deliver_to(outbox, receiver), Accepted)
    first, second = receiver.requests[:2]
    assert first["batch"] == second["batch"]
    assert list(receiver.stored) == ["m-1", "m-2"]


@pytest.mark.parametrize(
    ("fault", "seconds"), [((503, "7"), 7.0), ((429, "2"), 2.0), (500, 0.0), (507, 0.0), (401, 0.0)]
)
def test_events_are_kept_after_a_temporary_failure(
    outbox: Outbox, receiver: Receiver, fault: int | tuple[int, str], seconds: float
) -> None:
    receiver.faults = [fault]
    outbox.put(call())
    answer = deliver_to(outbox, receiver)
    assert isinstance(answer, RetryLater)
    assert answer.seconds == seconds
    assert outbox.waiting() == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_events_wait(
    outbox: Outbox, receiver: Receiver, status: int
) -> None:
    receiver.location = f"{receiver.url}/elsewhere"
    receiver.faults = [status]
    outbox.put(call())
    answer = deliver_to(outbox, receiver)
    assert isinstance(answer, RetryLater)
    assert "/elsewhere" in answer.why
    assert receiver.visited == []
    assert deliver_to(outbox, receiver) == Accepted()
    assert len(receiver.stored) == 1


def test_a_rejected_batch_is_moved_aside_and_the_rest_arrives(
    outbox: Outbox, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.faults = [400]
    for number in range(300):
        outbox.put(call(number))
    answer = deliver_to(outbox, receiver)
    assert isinstance(answer, Rejected)
    assert "400" in answer.why
    assert list(receiver.stored) == [f"m-{number}" for number in range(250, 300)]
    (aside,) = (tmp_path / "outbox").glob("*.refused")
    assert len(lines(aside)) == 250


def test_beyond_the_limit_the_oldest_events_are_dropped_and_counted(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", new_name=numbered(), now=lambda: NOW, max_bytes=1)
    for number in range(5_000):
        outbox.put(call(number))
    dropped = outbox.take_dropped()
    assert dropped + outbox.waiting() == 5_000
    stored_bytes = sum(path.stat().st_size for path in (tmp_path / "outbox").iterdir())
    assert stored_bytes <= MAX_BODY_BYTES
    oldest = outbox.oldest()
    assert oldest is not None
    assert json.loads(oldest.calls[0])["messageId"] == f"m-{dropped}"
    assert outbox.take_dropped() == 0


def test_dropped_events_are_reported(tmp_path: Path, receiver: Receiver) -> None:
    outbox = Outbox(tmp_path / "outbox", new_name=numbered(), now=lambda: NOW, max_bytes=1)
    sender = BackgroundSender(outbox, intake_of(receiver), now=lambda: NOW, interval=60)
    with telemetry_to(sender, tmp_path, outbox=outbox) as telemetry:
        telemetry.choose(on=True)
        for _ in range(5_000):
            telemetry.record(events.session_started())
    reports = [each for each in receiver.stored.values() if each["event"] == "events_dropped"]
    assert reports
    dropped = sum(each["properties"]["count"] for each in reports)
    assert dropped + len(receiver.stored) - len(reports) == 5_000


def test_a_truncated_line_is_skipped(tmp_path: Path, receiver: Receiver) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    (folder / "00000001-a.jsonl").write_bytes(call(1) + b"\n" + call(2)[:40])
    assert isinstance(deliver_to(Outbox(folder, new_name=numbered(), now=lambda: NOW), receiver), Accepted)
    assert list(receiver.stored) == ["m-1"]
    assert list(folder.iterdir()) == []


def test_a_crashed_games_events_are_sent_but_a_running_games_file_is_left_alone(
    tmp_path: Path, receiver: Receiver
) -> None:
    folder = tmp_path / "outbox"
    running = Outbox(folder, new_name=lambda: "running", now=lambda: NOW)
    running.put(call(1))
    modified = (folder / "00000001-running.open").stat().st_mtime
    soon = datetime.fromtimestamp(modified, UTC) + timedelta(minutes=1)
    late = soon + timedelta(hours=2)
    assert isinstance(deliver_to(Outbox(folder, new_name=lambda: "b", now=lambda: soon), receiver), Accepted)
    assert receiver.stored == {}
    assert isinstance(deliver_to(Outbox(folder, new_name=lambda: "c", now=lambda: late), receiver), Accepted)
    assert list(receiver.stored) == ["m-1"]
    # The other game was only suspended: its next event is not lost.
    running.put(call(2))
    assert isinstance(deliver_to(running, receiver), Accepted)
    assert list(receiver.stored) == ["m-1", "m-2"]


def test_the_background_sender_resumes_when_the_connection_is_back(outbox: Outbox) -> None:
    receiver = Receiver()
    with receiver.listening():
        sender = BackgroundSender(outbox, intake_of(receiver), now=lambda: NOW, interval=0.05)
        sender.put(call(1))
        wait_until(lambda: list(receiver.stored) == ["m-1"])
    sender.put(call(2))
    wait_until(lambda: "does not respond" in sender.trouble)
    with receiver.listening():
        wait_until(lambda: list(receiver.stored) == ["m-1", "m-2"])
        wait_until(lambda: not sender.trouble)
        sender.close()


def test_closing_sends_waiting_events(outbox: Outbox, receiver: Receiver) -> None:
    sender = BackgroundSender(outbox, intake_of(receiver), now=lambda: NOW, interval=60)
    sender.put(call(1))
    sender.close()
    assert list(receiver.stored) == ["m-1"]


def test_a_full_disk_is_reported_without_raising(tmp_path: Path) -> None:
    with telemetry_to(JsonlFile(Path("/dev/full")), tmp_path) as telemetry:
        telemetry.choose(on=True)
        telemetry.record(events.session_started())
    assert "No space left" in telemetry.trouble


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TelemetryError, match="outbox"):
        Outbox(tmp_path / "file" / "outbox", new_name=numbered(), now=lambda: NOW).put(call())


def test_an_oversized_event_is_rejected_at_once(outbox: Outbox) -> None:
    with pytest.raises(TelemetryError, match=f"{MAX_CALL_BYTES:,}"):
        outbox.put(b"x" * (MAX_CALL_BYTES + 1))


def test_a_batch_of_maximum_size_calls_fits_one_body(outbox: Outbox) -> None:
    for _ in range(20):
        outbox.put(b"x" * MAX_CALL_BYTES)
    oldest = outbox.oldest()
    assert oldest is not None
    assert len(body(oldest.calls, sent_at=NOW)) <= MAX_BODY_BYTES


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8765", "file:///etc/passwd", "http://", "", "http://[::1", "http://a..b", f"http://{'a' * 70}.example",
        "http://host/\xe9", "http://host:99999", "http://host:x", "http://two words", "http://host?key=1",
        "http://host\n", "http://key@host",
    ],
)  # fmt: skip
def test_an_invalid_address_is_rejected(url: str) -> None:
    with pytest.raises(TelemetryError, match="not the address"):
        HttpIntake(url, write_key="kwk_1")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
