"""What a game tells, when, and what becomes of it while nobody answers."""

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
from bulwark.telemetry.batching import LARGEST_BODY, LARGEST_CALL, body
from bulwark.telemetry.consent import Choice, read_consent
from bulwark.telemetry.envelope import Sender, encode, track
from bulwark.telemetry.events import Event, MatchEnd, MatchFacts
from bulwark.telemetry.intake import HttpIntake, Later, Refused, Taken
from bulwark.telemetry.outbox import Outbox
from bulwark.telemetry.service import CONSENT_FILE, Telemetry, open_telemetry
from bulwark.telemetry.sinks import Courier, JsonlFile, deliver
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
    sink: JsonlFile | Courier, folder: Path, *, outbox: Outbox | None = None
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


def delivered(outbox: Outbox, receiver: Receiver) -> Taken | Later | Refused:
    return deliver(outbox, intake_of(receiver), now=lambda: NOW)


@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: event.name)
def test_every_event_is_one_that_an_intake_takes(event: Event) -> None:
    read = read_event(call(event=event))
    assert not isinstance(read, Refusal)
    assert (read.event, read.context.group_id, read.timestamp) == (event.name, "player-1", NOW)
    assert read.properties == event.properties


def test_a_customer_who_signed_in_is_told_apart_from_a_random_number() -> None:
    told = track(ALL_EVENTS[0], sender=Sender(user_id="u", group="A-1"), message_id="m", at=NOW)
    assert (told["userId"], told["context"]["groupId"]) == ("u", "A-1")
    assert "anonymousId" not in told


def test_an_event_of_nobody_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="of nobody"):
        Sender(group="A-1")


def test_nothing_is_told_before_the_player_has_seen_the_switch(tmp_path: Path) -> None:
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path) as telemetry:
        telemetry.record(events.session_started())
    assert telemetry.consent.choice is Choice.UNASKED
    assert lines(tmp_path / "events.jsonl") == []


def test_after_the_player_said_yes_events_are_told_under_a_random_id_also_the_next_time(
    tmp_path: Path,
) -> None:
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path) as telemetry:
        telemetry.choose(on=True)
        for event in ALL_EVENTS:
            telemetry.record(event)
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path) as again:
        again.record(events.session_started())
    told = lines(tmp_path / "events.jsonl")
    assert [each["event"] for each in told] == [event.name for event in ALL_EVENTS] + ["session_started"]
    assert {each["anonymousId"] for each in told} == {read_consent(tmp_path / CONSENT_FILE).player_id}


def test_two_messages_never_share_an_id(tmp_path: Path) -> None:
    opened = open_telemetry(tmp_path, file=tmp_path / "events.jsonl")
    assert opened is not None
    with closing(opened):
        opened.choose(on=True)
        for _ in range(100):
            opened.record(events.session_started())
    assert len({each["messageId"] for each in lines(tmp_path / "events.jsonl")}) == 100


def test_switching_it_off_forgets_what_waits_and_the_id(tmp_path: Path, outbox: Outbox) -> None:
    unreachable = HttpIntake("http://127.0.0.1:9", write_key="kwk_1")
    courier = Courier(outbox, unreachable, now=lambda: NOW, every=60)
    with telemetry_to(courier, tmp_path, outbox=outbox) as telemetry:
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


@pytest.mark.parametrize("text", ["", "{", "[]", '{"choice": "maybe"}', '{"choice": "on"}', "null"])
def test_a_choice_that_cannot_be_read_is_asked_for_again(tmp_path: Path, text: str) -> None:
    (tmp_path / CONSENT_FILE).write_text(text)
    assert read_consent(tmp_path / CONSENT_FILE).choice is Choice.UNASKED


def test_a_choice_that_cannot_be_kept_leaves_it_off(tmp_path: Path) -> None:
    with telemetry_to(JsonlFile(tmp_path / "events.jsonl"), tmp_path / "folder") as telemetry:
        (tmp_path / "folder").touch()
        with pytest.raises(TelemetryError, match="telemetry"):
            telemetry.choose(on=True)
        telemetry.record(events.session_started())
    assert lines(tmp_path / "events.jsonl") == []


def test_what_waited_while_offline_arrives_in_order(outbox: Outbox, receiver: Receiver) -> None:
    sent = [call(number) for number in range(700)]
    for each in sent:
        outbox.put(each)
    assert isinstance(delivered(outbox, receiver), Taken)
    assert list(receiver.stored) == [f"m-{number}" for number in range(700)]
    assert receiver.credentials == {"Basic " + base64.b64encode(b"kwk_1:").decode()}
    assert outbox.waiting() == 0
    assert len(receiver.requests) > 1


def test_a_lost_answer_is_sent_again_with_the_same_ids_and_stored_once(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.faults = ["cut"]
    outbox.put(call(1))
    assert isinstance(delivered(outbox, receiver), Later)
    outbox.put(call(2))
    assert isinstance(delivered(outbox, receiver), Taken)
    first, second = receiver.requests[:2]
    assert first["batch"] == second["batch"]
    assert list(receiver.stored) == ["m-1", "m-2"]


@pytest.mark.parametrize(
    ("fault", "seconds"), [((503, "7"), 7.0), ((429, "2"), 2.0), (500, 0.0), (507, 0.0), (401, 0.0)]
)
def test_what_the_receiver_cannot_take_now_is_kept(
    outbox: Outbox, receiver: Receiver, fault: int | tuple[int, str], seconds: float
) -> None:
    receiver.faults = [fault]
    outbox.put(call())
    answer = delivered(outbox, receiver)
    assert isinstance(answer, Later)
    assert answer.seconds == seconds
    assert outbox.waiting() == 1


def test_what_the_receiver_never_takes_is_set_aside_and_the_rest_arrives(
    outbox: Outbox, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.faults = [400]
    for number in range(300):
        outbox.put(call(number))
    answer = delivered(outbox, receiver)
    assert isinstance(answer, Refused)
    assert "400" in answer.why
    assert list(receiver.stored) == [f"m-{number}" for number in range(250, 300)]
    (aside,) = (tmp_path / "outbox").glob("*.refused")
    assert len(lines(aside)) == 250


def test_past_its_bound_the_oldest_go_and_their_number_is_told(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", new_name=numbered(), now=lambda: NOW, most_bytes=1)
    for number in range(5_000):
        outbox.put(call(number))
    dropped = outbox.take_dropped()
    assert dropped + outbox.waiting() == 5_000
    held = sum(path.stat().st_size for path in (tmp_path / "outbox").iterdir())
    assert held <= LARGEST_BODY
    oldest = outbox.oldest()
    assert oldest is not None
    assert json.loads(oldest.calls[0])["messageId"] == f"m-{dropped}"
    assert outbox.take_dropped() == 0


def test_dropped_events_are_counted_among_those_that_are_told(tmp_path: Path, receiver: Receiver) -> None:
    outbox = Outbox(tmp_path / "outbox", new_name=numbered(), now=lambda: NOW, most_bytes=1)
    courier = Courier(outbox, intake_of(receiver), now=lambda: NOW, every=60)
    with telemetry_to(courier, tmp_path, outbox=outbox) as telemetry:
        telemetry.choose(on=True)
        for _ in range(5_000):
            telemetry.record(events.session_started())
    told = [each for each in receiver.stored.values() if each["event"] == "events_dropped"]
    assert told
    dropped = sum(each["properties"]["count"] for each in told)
    assert dropped + len(receiver.stored) - len(told) == 5_000


def test_a_line_that_a_crash_cut_off_is_passed_over(tmp_path: Path, receiver: Receiver) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    (folder / "00000001-a.jsonl").write_bytes(call(1) + b"\n" + call(2)[:40])
    assert isinstance(delivered(Outbox(folder, new_name=numbered(), now=lambda: NOW), receiver), Taken)
    assert list(receiver.stored) == ["m-1"]
    assert list(folder.iterdir()) == []


def test_what_a_crashed_game_left_is_sent_by_the_next_and_a_running_one_is_left_alone(
    tmp_path: Path, receiver: Receiver
) -> None:
    folder = tmp_path / "outbox"
    running = Outbox(folder, new_name=lambda: "running", now=lambda: NOW)
    running.put(call(1))
    written = (folder / "00000001-running.open").stat().st_mtime
    soon = datetime.fromtimestamp(written, UTC) + timedelta(minutes=1)
    late = soon + timedelta(hours=2)
    assert isinstance(delivered(Outbox(folder, new_name=lambda: "b", now=lambda: soon), receiver), Taken)
    assert receiver.stored == {}
    assert isinstance(delivered(Outbox(folder, new_name=lambda: "c", now=lambda: late), receiver), Taken)
    assert list(receiver.stored) == ["m-1"]
    # The other was only asleep: what it puts next is not lost.
    running.put(call(2))
    assert isinstance(delivered(running, receiver), Taken)
    assert list(receiver.stored) == ["m-1", "m-2"]


def test_a_courier_delivers_within_seconds_and_again_when_the_connection_is_back(outbox: Outbox) -> None:
    receiver = Receiver()
    with receiver.listening():
        courier = Courier(outbox, intake_of(receiver), now=lambda: NOW, every=0.05)
        courier.put(call(1))
        wait_until(lambda: list(receiver.stored) == ["m-1"])
    courier.put(call(2))
    wait_until(lambda: "does not answer" in courier.trouble)
    with receiver.listening():
        wait_until(lambda: list(receiver.stored) == ["m-1", "m-2"])
        wait_until(lambda: not courier.trouble)
        courier.close()


def test_a_game_that_ends_sends_what_waits_first(outbox: Outbox, receiver: Receiver) -> None:
    courier = Courier(outbox, intake_of(receiver), now=lambda: NOW, every=60)
    courier.put(call(1))
    courier.close()
    assert list(receiver.stored) == ["m-1"]


def test_a_full_disk_is_told_and_playing_goes_on(tmp_path: Path) -> None:
    with telemetry_to(JsonlFile(Path("/dev/full")), tmp_path) as telemetry:
        telemetry.choose(on=True)
        telemetry.record(events.session_started())
    assert "No space left" in telemetry.trouble


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TelemetryError, match="outbox"):
        Outbox(tmp_path / "file" / "outbox", new_name=numbered(), now=lambda: NOW).put(call())


def test_an_event_that_no_intake_takes_is_refused_at_once(outbox: Outbox) -> None:
    with pytest.raises(TelemetryError, match=f"{LARGEST_CALL:,}"):
        outbox.put(b"x" * (LARGEST_CALL + 1))


def test_a_batch_of_the_largest_calls_fits_one_body(outbox: Outbox) -> None:
    for _ in range(20):
        outbox.put(b"x" * LARGEST_CALL)
    oldest = outbox.oldest()
    assert oldest is not None
    assert len(body(oldest.calls, sent_at=NOW)) <= LARGEST_BODY


@pytest.mark.parametrize("url", ["127.0.0.1:8765", "file:///etc/passwd", "http://", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(TelemetryError, match="no address"):
        HttpIntake(url, write_key="kwk_1")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
