"""When events became known, by each door that they come in by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from keepwell.intake.events.calls import calls_of, read_body
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.events.inlet import open_inlet
from keepwell.intake.follow.metrics import TailMetrics
from keepwell.intake.follow.rounds import Options
from keepwell.intake.follow.tail import Tail
from keepwell.intake.lake.build import build, seal
from keepwell.intake.lake.kinds import EVENTS
from keepwell.intake.lake.location import LakeLocation, workspace_lake
from keepwell.intake.lake.removal.erase import erase
from keepwell.intake.model import HTTP_JOURNAL, TAIL_JOURNAL, Refusal, SourcedRow, dead_letter
from keepwell.intake.service import events_table
from keepwell.platform.errors import DataValidationError
from keepwell.platform.progress import SilentProgress
from tests.clocks import FixedClock
from tests.unit.intake.earlier_release import age_journal
from tests.unit.intake.sample_events import CLOCK, NOON, WORKSPACE, event, sourced

LONG_BEFORE = NOON - timedelta(days=200)
LATER = NOON + timedelta(hours=3)

# When an event became known, and whether that is only the time at which it happened.
Known = dict[str, tuple[datetime, bool]]


class Doors:
    """The journals of a workspace, what is brought to their doors, and its lake."""

    def __init__(self, folder: Path) -> None:
        self.intake = folder / "intake"
        self.log = folder / "events.jsonl"
        self._lake = folder / "lake"

    def receive(self, *ids: str, at: datetime = NOON, made: datetime = LONG_BEFORE, **batch: object) -> None:
        """A batch over HTTP, received at `at`, with calls that were made at `made`."""
        body = json.dumps({"batch": [call(each, made=made) for each in ids], **batch}).encode()
        calls = calls_of(read_body(body), None, received=at, new_id=lambda: "new")
        with open_inlet(self.intake / HTTP_JOURNAL, clock=FixedClock(at)) as journal:
            journal.append(SourcedRow("http", 0, each.row) for each in calls)

    @contextmanager
    def following(self, at: datetime, *, is_history: bool = False) -> Iterator[Tail]:
        options = Options(watcher=TailMetrics(), is_history=is_history)
        root, clock = self.intake / TAIL_JOURNAL, FixedClock(at)
        with Tail.open(root, [str(self.log)], schema=None, clock=clock, options=options) as tail:
            yield tail

    def write(self, *ids: str, made: datetime = LONG_BEFORE, end: str = "\n") -> None:
        """Append lines to the followed file, the last of which ends with `end`."""
        with self.log.open("a") as file:
            file.write("\n".join(json.dumps(call(each, made=made)) for each in ids) + end)

    def known(self) -> Known:
        """Seal, build and read."""
        place = LakeLocation(self.intake, workspace_lake(self._lake, WORKSPACE))
        seal(place, clock=CLOCK)
        build(place, EVENTS, progress=SilentProgress())
        table = events_table(self._lake, workspace_id=WORKSPACE).to_pyarrow()
        rows = table.select(["message_id", "known_at", "backfilled"]).to_pylist()
        return {row["message_id"]: (row["known_at"], row["backfilled"]) for row in rows}

    def erase(self, account: str) -> None:
        place = LakeLocation(self.intake, workspace_lake(self._lake, WORKSPACE))
        erase(place, EVENTS, account=account, clock=CLOCK, progress=SilentProgress())


def call(message_id: str, *, made: datetime) -> dict[str, object]:
    name = {"type": "track", "event": "login", "messageId": message_id}
    return {**name, "userId": f"A-{message_id}", "timestamp": made.isoformat()}


@pytest.fixture
def doors(tmp_path: Path) -> Doors:
    return Doors(tmp_path)


def test_imported_event_was_known_when_it_happened(doors: Doors) -> None:
    with EventJournal.open(doors.intake, clock=CLOCK) as journal:
        journal.append(sourced(event(1, at=LONG_BEFORE)))
    assert doors.known() == {"E-1": (LONG_BEFORE, True)}


def test_event_over_http_was_known_when_it_was_received_however_old_it_is(doors: Doors) -> None:
    doors.receive("E-1", at=NOON)
    doors.receive("E-2", at=LATER)
    assert doors.known() == {"E-1": (NOON, False), "E-2": (LATER, False)}


def test_batch_that_says_it_is_a_history_was_known_when_it_happened(doors: Doors) -> None:
    doors.receive("E-1", historical_migration=True)
    doors.receive("E-2", historical_migration=False)
    assert doors.known() == {"E-1": (LONG_BEFORE, True), "E-2": (NOON, False)}


@pytest.mark.parametrize("kind", [None, "track"])
def test_history_flag_that_is_no_boolean_is_refused_by_name(kind: str | None) -> None:
    document = {**call("E-1", made=NOON), "batch": [], "historical_migration": "yes"}
    with pytest.raises(DataValidationError, match="historical_migration"):
        calls_of(document, kind, received=NOON, new_id=lambda: "new")


def test_event_that_is_sent_again_as_a_history_is_a_repeat(doors: Doors) -> None:
    doors.receive("E-1")
    doors.receive("E-1", at=LATER, historical_migration=True)
    assert doors.known() == {"E-1": (NOON, False)}


def test_call_that_claims_when_it_was_received_is_known_when_it_really_was(doors: Doors) -> None:
    claimed = {**call("E-1", made=LONG_BEFORE), "receivedAt": LONG_BEFORE.isoformat()}
    (completed,) = calls_of({"batch": [claimed]}, None, received=NOON, new_id=lambda: "new")
    with open_inlet(doors.intake / HTTP_JOURNAL, clock=CLOCK) as journal:
        journal.append([SourcedRow("http", 0, completed.row)])
    assert doors.known() == {"E-1": (NOON, False)}


def test_dead_letter_that_is_replayed_was_known_from_then_on(doors: Doors) -> None:
    (completed,) = calls_of(call("E-1", made=LONG_BEFORE), "track", received=NOON, new_id=lambda: "new")
    why = Refusal("schema", "An earlier release refused it.")
    letter = dead_letter(completed.row, why, source="http", line=None, now=NOON)
    with open_inlet(doors.intake / HTTP_JOURNAL, clock=FixedClock(NOON)) as journal:
        journal.reject([letter])
    with open_inlet(doors.intake / HTTP_JOURNAL, clock=FixedClock(LATER)) as journal:
        assert journal.replay().accepted == 1
    assert doors.known() == {"E-1": (LATER, False)}


def test_what_the_first_round_of_a_tail_finds_is_a_history_and_later_lines_are_not(doors: Doors) -> None:
    doors.write("E-1", "E-2")
    with doors.following(NOON) as tail:
        tail.poll()
        doors.write("E-3")
        tail.poll()
    doors.write("E-4")
    with doors.following(LATER) as tail:
        tail.poll()
    expected = {"E-1": (LONG_BEFORE, True), "E-2": (LONG_BEFORE, True)}
    assert doors.known() == {**expected, "E-3": (NOON, False), "E-4": (LATER, False)}


def test_last_line_without_an_end_that_only_the_last_round_reads_belongs_to_the_history(doors: Doors) -> None:
    doors.write("E-1", "E-2", end="")
    with doors.following(NOON) as tail:
        tail.poll()
        tail.poll(is_last=True)
    assert doors.known() == {"E-1": (LONG_BEFORE, True), "E-2": (LONG_BEFORE, True)}


def test_history_goes_on_in_the_next_process_if_the_first_round_was_interrupted(doors: Doors) -> None:
    doors.write("E-1")
    with doors.following(NOON) as tail:
        # Killed before the next round: it is not known whether the first one read everything.
        tail.poll()
    doors.write("E-2")
    with doors.following(LATER) as tail:
        tail.poll()
        tail.poll()
        doors.write("E-3")
        tail.poll()
    known = doors.known()
    assert [known[each][1] for each in ("E-1", "E-2", "E-3")] == [True, True, False]


def test_history_begins_with_the_first_rows_if_a_tail_was_there_before_its_files(doors: Doors) -> None:
    with doors.following(NOON) as tail:
        tail.poll()
        tail.poll()
        doors.write("E-1")
        tail.poll()
        tail.poll()
        doors.write("E-2")
        tail.poll()
    assert doors.known() == {"E-1": (LONG_BEFORE, True), "E-2": (NOON, False)}


def test_older_files_are_a_history_if_the_command_says_so(doors: Doors) -> None:
    doors.write("E-1")
    with doors.following(NOON) as tail:
        tail.poll(is_last=True)
    doors.write("E-2")
    with doors.following(LATER, is_history=True) as tail:
        tail.poll(is_last=True)
    assert doors.known()["E-2"] == (LONG_BEFORE, True)


def test_events_that_are_left_after_an_erasure_were_known_when_they_were_before(doors: Doors) -> None:
    doors.write("E-1", "E-2")
    with doors.following(NOON) as tail:
        tail.poll(is_last=True)
    for at, ids in ((NOON, ("E-3", "E-4")), (LATER, ("E-5", "E-6"))):
        doors.write(*ids)
        with doors.following(at) as tail:
            tail.poll()
    before = doors.known()
    for account in ("A-E-1", "A-E-4", "A-E-5"):
        doors.erase(account)
    assert doors.known() == {each: before[each] for each in ("E-2", "E-3", "E-6")}
    (doors.intake.parent / "lake").rename(doors.intake.parent / "elsewhere")
    assert doors.known() == {each: before[each] for each in ("E-2", "E-3", "E-6")}


def test_rows_of_an_earlier_release_are_a_history_unless_they_say_when_they_were_received(
    doors: Doors,
) -> None:
    doors.receive("E-1")
    doors.write("E-2")
    with doors.following(NOON) as tail:
        tail.poll(is_last=True)
        doors.write("E-3")
        tail.poll(is_last=True)
    for journal in (HTTP_JOURNAL, TAIL_JOURNAL):
        age_journal(doors.intake / journal)
    doors.receive("E-4", at=LATER)
    doors.write("E-5")
    with doors.following(LATER) as tail:
        tail.poll(is_last=True)
    history = dict.fromkeys(("E-2", "E-3"), (LONG_BEFORE, True))
    assert doors.known() == {"E-1": (NOON, False), **history, "E-4": (LATER, False), "E-5": (LATER, False)}
