"""Events are visible as soon as they are accepted: before the lake has them, while it is built, and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from keepwell.intake.lake.model import Activity
from keepwell.intake.model import Event
from keepwell.intake.service import EventJournal, activity, build_lake, newest_events
from keepwell.intake.store import State
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import CorruptData
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.sample_events import NOON, TODAY, event, sourced

WORKSPACE = UUID(int=1)


class Home(msgspec.Struct, frozen=True):
    intake_root: Path
    lake: Path

    @contextmanager
    def http(self) -> Iterator[EventJournal]:
        """The journal of the HTTP intake, kept open as by the server."""
        with EventJournal.open(self.intake_root / "http", clock=SystemClock(), ignores_times=True) as journal:
            yield journal

    def build(self) -> None:
        build_lake(self.intake_root, self.lake, workspace_id=WORKSPACE, progress=SilentProgress())

    def activity(self, account: str = "A-1") -> Activity:
        return activity(
            self.lake, workspace_id=WORKSPACE, account=account, intake_root=self.intake_root, today=TODAY
        )

    def recent(self, account: str = "A-1") -> list[str]:
        return [each.event for each in self.activity(account).recent]

    def newest(self, limit: int = 20) -> list[str]:
        found = newest_events(
            self.lake, workspace_id=WORKSPACE, intake_root=self.intake_root, limit=limit, today=TODAY
        )
        return [each.event for each in found]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "intake_root", tmp_path / "lake")


def named(number: int, name: str, *, account: str = "A-1", hours: float = 0.0) -> Event:
    return event(number, name=name, account=account, at=NOON + timedelta(hours=hours))


def test_event_is_visible_while_its_segment_is_open(home: Home) -> None:
    with home.http() as journal:
        journal.append(sourced(named(1, "match_won")))
        assert home.recent() == home.newest() == ["match_won"]
        assert [each.day for each in home.activity().days if each.events] == [NOON.date()]


def test_event_is_visible_once_before_during_and_after_a_build(home: Home) -> None:
    with home.http() as journal:
        journal.append(sourced(named(1, "first")))
        journal.seal()
        assert home.recent() == home.newest() == ["first"]
        home.build()
        journal.append(sourced(named(2, "second", hours=1)))
        assert home.recent() == home.newest() == ["second", "first"]
        journal.seal()
        assert home.recent() == home.newest() == ["second", "first"]
    home.build()
    assert home.recent() == home.newest() == ["second", "first"]


def test_imported_and_http_events_are_visible_together(home: Home) -> None:
    with EventJournal.open(home.intake_root, clock=SystemClock()) as journal:
        journal.append(sourced(named(1, "imported")))
        journal.seal()
    home.build()
    with home.http() as journal:
        journal.append(sourced(named(2, "sent", hours=-1), named(3, "sent later", hours=1)))
        assert home.recent() == home.newest() == ["sent later", "imported", "sent"]


def test_activity_has_only_the_accounts_own_events(home: Home) -> None:
    with home.http() as journal:
        journal.append(sourced(named(1, "mine"), named(2, "A-1", account="A-2", hours=1)))
        assert home.recent() == ["mine"]
        assert home.recent("A-2") == ["A-1"]
        assert home.newest() == ["A-1", "mine"]


def test_unbuilt_day_is_the_newest(home: Home) -> None:
    with home.http() as journal:
        journal.append(sourced(named(1, "old")))
        journal.seal()
        home.build()
        journal.append(sourced(named(2, "new", hours=200 * 24)))
        found = home.activity()
    assert found.days[-1].day == (NOON + timedelta(days=200)).date()
    assert sum(each.events for each in found.days) == 1
    assert [each.event for each in found.recent] == ["new", "old"]


@pytest.mark.parametrize("is_built", [True, False])
def test_an_event_of_a_clock_that_is_years_ahead_hides_no_other(home: Home, *, is_built: bool) -> None:
    with home.http() as journal:
        journal.append(sourced(named(1, "login"), named(2, "too early", hours=24 * 365 * 50)))
        if is_built:
            journal.seal()
            home.build()
        assert (home.recent(), home.newest()) == (["login"], ["login"])
        assert home.activity().days[-1].day == NOON.date()


def test_newest_events_come_from_lake_and_journal_by_instant(home: Home) -> None:
    with home.http() as journal:
        journal.append(sourced(*(named(number, f"n{number}", hours=number) for number in range(30))))
        journal.seal()
        home.build()
        journal.append(sourced(named(99, "late", hours=-500), named(100, "n27.5", hours=27.5)))
        assert home.newest(4) == ["n29", "n28", "n27.5", "n27"]
        assert len(home.newest(1000)) == 32


def test_reading_is_limited_to_the_newest_complete_rows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keepwell.intake.lake.unbuilt._MOST_BYTES", 2_000)
    with home.http() as journal:
        journal.append(sourced(*(named(number, f"n{number}", hours=number) for number in range(100))))
        journal.seal()
        journal.append(sourced(*(named(number, f"n{number}", hours=number) for number in range(100, 105))))
        found = home.newest(1000)
    assert 5 < len(found) < 30
    assert found == [f"n{number}" for number in range(104, 104 - len(found), -1)]


def test_rows_of_expired_days_are_not_returned(home: Home) -> None:

    with home.http() as journal:
        journal.append(sourced(named(1, "kept"), named(2, "given up", hours=-48)))
        state = State(home.intake_root / "http")
        with state.transaction():
            state.keep_from(NOON.date())
        state.close()
        assert home.recent() == home.newest() == ["kept"]


def test_damaged_row_of_the_journal_is_named(home: Home) -> None:
    with home.http() as journal:
        journal.append(sourced(named(1, "match_won")))
        path = home.intake_root / "http" / "ok-000000.open"
        path.write_bytes(path.read_bytes().replace(b'"track"', b'"trick"'))
        with pytest.raises(CorruptData, match=r"ok-000000\.open"):
            home.recent()


def test_empty_intake_has_no_events(home: Home) -> None:
    assert home.activity() == Activity(days=(), recent=())
    assert home.newest() == []
    assert not home.intake_root.exists()
