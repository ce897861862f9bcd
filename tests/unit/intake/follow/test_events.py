"""Product events in followed files: one Segment call per line, each messageId once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from keepwell.intake.events.calls import LARGEST_CALL
from keepwell.intake.files import exclusive_lock
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.tail import Tail
from keepwell.intake.follow.workspace_journal import WorkspaceJournal
from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.journal.verify import verify
from keepwell.intake.lake.build import build
from keepwell.intake.lake.kinds import EVENTS, kind_of
from keepwell.intake.lake.location import LakeLocation
from keepwell.intake.lake.manifest import read_manifest
from keepwell.intake.lake.query import query
from keepwell.intake.lake.reader import events_table
from keepwell.intake.lake.removal.erase import erase
from keepwell.intake.lake.unbuilt import unbuilt_events
from keepwell.intake.model import TAIL_JOURNAL, Sizes
from keepwell.intake.store import has_state
from keepwell.platform.config import Settings
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.sample_events import CLOCK, TODAY, WORKSPACE, accepted_lines


def call(message_id: str | None = "E-1", **fields: Any) -> dict[str, Any]:
    known = {"messageId": message_id} if message_id else {}
    whole = {"type": "track", "event": "login", "userId": "A-1", "timestamp": "2024-05-01T10:00:00Z"}
    return {**whole, **known, **fields}


def text(*calls: dict[str, Any] | str) -> str:
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in calls)


class EventFiles:
    """Files of events, and the intake folder whose journal `tail` they are followed into."""

    def __init__(self, folder: Path) -> None:
        self.intake = folder / "intake"
        self.root = self.intake / TAIL_JOURNAL
        self.place = LakeLocation(self.intake, folder / "lake")
        self.path = folder / "events.jsonl"
        self.metrics = TailMetrics()

    @contextmanager
    def followed(self) -> Iterator[Tail]:
        options = Options(watcher=self.metrics, sizes=Sizes())
        with Tail.open(self.root, [str(self.path)], schema=None, clock=CLOCK, options=options) as tail:
            yield tail

    def read(self, *calls: dict[str, Any] | str) -> None:
        """Append the calls, and read them in a new process."""
        with self.path.open("a") as file:
            file.write(text(*calls))
        with self.followed() as tail:
            tail.poll(is_last=True)

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(row) for row in accepted_lines(self.root)]


@pytest.fixture
def events(tmp_path: Path) -> EventFiles:
    return EventFiles(tmp_path)


def test_complete_call_is_kept_byte_for_byte(events: EventFiles) -> None:
    line = json.dumps(call(context={"groupId": "A-1"}, more=[1.50]), indent=None, separators=(" , ", " : "))
    events.read(line)
    assert accepted_lines(events.root) == [line.encode()]


def test_call_without_id_and_time_gets_both(events: EventFiles) -> None:
    events.read({"type": "page", "userId": "A-1"})
    (row,) = events.rows()
    assert row["timestamp"] == "2024-05-01T12:00:00.000Z"
    assert row["messageId"]


def test_two_equal_calls_without_ids_are_two_events(events: EventFiles) -> None:
    events.read(call(None), call(None))
    assert len({row["messageId"] for row in events.rows()}) == 2


def test_time_without_a_zone_is_utc_and_is_not_corrected_by_the_sending_time(events: EventFiles) -> None:
    events.read(call(timestamp="2024-05-01T10:00:00", sentAt="2024-05-01T11:00:00Z"))
    assert [row["timestamp"] for row in events.rows()] == ["2024-05-01T10:00:00.000Z"]


def test_write_key_is_not_stored(events: EventFiles) -> None:
    events.read(call(writeKey="kwk_secret"))
    assert [set(row) & {"writeKey", "messageId"} for row in events.rows()] == [{"messageId"}]


def test_invalid_calls_become_dead_letters_with_file_line_and_field(events: EventFiles) -> None:
    events.read(call(), "", "{", call("E-2", timestamp="yesterday"), "[]")
    found = [
        (letter.source, letter.line, letter.code, letter.field) for letter in read_dead_letters(events.root)
    ]
    assert found == [
        (str(events.path), 3, "invalid-json", ""),
        (str(events.path), 4, "schema", "/timestamp"),
        (str(events.path), 5, "schema", ""),
    ]


def test_repeated_call_is_left_out(events: EventFiles) -> None:
    timeless = {"type": "page", "userId": "A-1", "messageId": "E-4"}
    events.read(call("E-1"), call("E-2"), call("E-1"), timeless)
    events.read(call("E-2", sentAt="2024-05-01T11:00:00Z"), call("E-3"), timeless)
    assert [row["messageId"] for row in events.rows()] == ["E-1", "E-2", "E-4", "E-3"]
    assert (events.metrics.rows, events.metrics.repeats, events.metrics.dead_letters) == (4, 3, {})


def test_reused_id_of_another_event_is_a_dead_letter(events: EventFiles) -> None:
    events.read(call("E-1"), call("E-1", userId="somebody else"))
    events.read(call("E-1", timestamp="2024-05-02T10:00:00Z"))
    assert len(events.rows()) == 1
    letters = list(read_dead_letters(events.root))
    assert [(letter.code, letter.line, letter.field) for letter in letters] == [
        ("duplicate-id", 2, "/messageId"),
        ("duplicate-id", 3, "/messageId"),
    ]
    assert f"already used by {events.path}:1" in letters[0].reason


def test_numbers_of_a_completed_call_keep_their_digits(events: EventFiles) -> None:
    line = '{"type":"track","event":"x","userId":"u","properties":{"a":0.30000000000000000004,"b":1.50}}'
    events.read(line)
    assert b'{"a":0.30000000000000000004,"b":1.50}' in b"".join(accepted_lines(events.root))


def test_dead_letter_does_not_take_the_id_of_a_corrected_call(events: EventFiles) -> None:
    events.read(call(timestamp="yesterday"), call())
    assert [row["messageId"] for row in events.rows()] == ["E-1"]


def test_longest_call_is_that_of_the_http_intake(tmp_path: Path) -> None:
    journal = WorkspaceJournal(Settings(home=tmp_path), WORKSPACE)
    assert journal.sizes(Sizes()).row == LARGEST_CALL
    assert journal.sizes(Sizes(row=100)).row == 100


def test_event_is_visible_while_its_segment_is_open_and_in_the_lake_once_it_is_sealed(
    events: EventFiles,
) -> None:
    events.read(call())
    assert [event.account for event in unbuilt_events(events.intake, None, until=TODAY)] == ["A-1"]
    with events.followed() as tail:
        tail.seal()
        build(events.place, EVENTS, progress=SilentProgress())
        assert not unbuilt_events(events.intake, read_manifest(events.place.storage()), until=TODAY)
    counted = query(events.place.lake, "select account, count(*) as events from events group by account")
    assert counted.read_all().to_pylist() == [{"account": "A-1", "events": 1}]


def test_folder_that_has_only_followed_events_is_a_lake_of_events(events: EventFiles) -> None:
    events.read(call())
    assert kind_of(events.place) is EVENTS
    assert not has_state(events.intake), "reading created a journal"


def test_erasing_an_account_removes_its_followed_events_and_dead_letters(events: EventFiles) -> None:
    events.read(call(), call("E-2", userId="A-2"), call("E-3", timestamp="yesterday"))
    proof = erase(events.place, EVENTS, account="A-1", clock=CLOCK, progress=SilentProgress())
    assert proof.first_scan.found == 3
    assert [row["userId"] for row in events.rows()] == ["A-2"]
    assert [letter.row for letter in read_dead_letters(events.root)] == [""]
    events.read(call())
    assert [row["userId"] for row in events.rows()] == ["A-2"], "an erased event came back"


def test_verify_of_the_intake_folder_names_a_damaged_file_of_followed_events(events: EventFiles) -> None:
    events.read(call())
    assert verify(events.intake, progress=SilentProgress()).rows == 1
    path = events.root / "ok-000000.open"
    path.write_bytes(path.read_bytes().replace(b"login", b"lagin"))
    found = verify(events.intake, progress=SilentProgress())
    assert [damage.file for damage in found.damages] == ["tail/ok-000000.open"]


def test_sealing_leaves_nothing_to_seal_until_the_next_event(events: EventFiles) -> None:
    events.read(call())
    with events.followed() as tail:
        tail.poll()
        assert tail.has_unsealed, "an earlier process left an open segment"
        tail.seal()
        tail.poll()
        assert not tail.has_unsealed
        with events.path.open("a") as file:
            file.write(text(call("E-2")))
        tail.poll()
        assert tail.has_unsealed


def test_followed_events_get_into_the_lake_while_they_are_followed(
    events: EventFiles, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    journal = WorkspaceJournal(settings, WORKSPACE, seconds_between_builds=0)
    events.root = journal.root
    events.read(call())

    def count() -> int:
        return int(events_table(settings.lake, workspace_id=WORKSPACE).count().to_pyarrow().as_py())

    with events.followed() as tail:
        with exclusive_lock(journal.root.parent / "lake.lock", purpose="building the lake"):
            journal.polled(tail)
        assert count() == 0, "it was built although another process does"
        journal.polled(tail)
        assert count() == 1
