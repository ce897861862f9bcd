from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pytest

from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.service import activity, build_lake, events_table, lake_errors
from keepwell.platform.errors import Conflict, CorruptData, DataValidationError
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.earlier_release import forget_arrivals
from tests.unit.intake.sample_events import NOON, TODAY, WORKSPACE, Home, event, opened, sourced


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_sealed_segment_becomes_one_file_per_day_named_after_it(home: Home) -> None:
    built = home.accept(event(1), event(2), event(3, at=NOON + timedelta(days=1)))
    assert built == LakeBuildResult(segments=1, rows=3, files=2)
    files = {path.relative_to(home.lake).as_posix() for path in home.lake.rglob("*.*") if path.is_file()}
    assert files == {
        f"workspace={WORKSPACE}/lake.lock",
        f"workspace={WORKSPACE}/manifest.json",
        f"workspace={WORKSPACE}/day=2024-05-01/journal-ok-000000-v2.parquet",
        f"workspace={WORKSPACE}/day=2024-05-02/journal-ok-000000-v2.parquet",
    }


def test_table_has_the_documented_columns_and_all_rows(home: Home) -> None:
    home.accept(event(1, at=datetime.fromisoformat("2024-05-01T01:30:00+02:00")))
    table = home.events()
    assert dict(table.schema().items()) == {
        "account": ibis.dtype("string"),
        "ts": ibis.dtype("timestamp('UTC', 6)"),
        "event": ibis.dtype("string"),
        "message_id": ibis.dtype("string"),
        "properties": ibis.dtype("string"),
        "known_at": ibis.dtype("timestamp('UTC', 6)"),
        "backfilled": ibis.dtype("boolean"),
    }
    (row,) = table.to_pyarrow().to_pylist()
    assert row == {
        "account": "A-1",
        "ts": datetime(2024, 4, 30, 23, 30, tzinfo=UTC),
        "event": "login",
        "message_id": "E-1",
        "properties": '{"number":1}',
        "known_at": datetime(2024, 4, 30, 23, 30, tzinfo=UTC),
        "backfilled": True,
    }
    assert next(home.lake.rglob("*.parquet")).parent.name == "day=2024-04-30"


def test_rows_of_a_file_are_sorted_by_account_and_time(home: Home) -> None:
    later = NOON + timedelta(hours=1)
    home.accept(event(1, account="B"), event(2, account="A", at=later), event(3, account="A"))
    assert home.events().message_id.to_pyarrow().to_pylist() == ["E-3", "E-2", "E-1"]


def test_table_without_a_lake_is_empty_with_the_same_columns(home: Home) -> None:
    empty = home.events()
    assert empty.count().to_pyarrow().as_py() == 0
    home.accept(event())
    assert empty.schema() == home.events().schema()


def test_building_again_adds_only_new_segments(home: Home) -> None:
    home.accept(event(1))
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0)
    assert home.accept(event(2)) == LakeBuildResult(segments=1, rows=1, files=1)
    assert home.count() == 2


def test_deleted_lake_is_rebuilt_from_the_journal(home: Home) -> None:
    home.accept(event(1))
    home.lake.rename(home.lake.with_name("elsewhere"))
    assert home.accept(event(2)) == LakeBuildResult(segments=2, rows=2, files=2)
    assert home.count() == 2


def test_interrupted_build_writes_the_same_files_again(home: Home) -> None:
    home.accept(event(1))
    (file,) = home.lake.rglob("*.parquet")
    before = file.read_bytes()
    file.with_suffix(".tmp").write_bytes(b"half a file of a crash")
    home.lake.rename(home.lake.with_name("elsewhere"))
    home.build()
    assert file.read_bytes() == before
    assert home.count() == 1


def test_unsealed_segment_is_not_built(home: Home) -> None:
    with opened(home.intake) as intake:
        intake.append(sourced(event()))
    assert home.build().segments == 0
    assert home.count() == 0


def test_damaged_segment_is_named_and_not_built(home: Home) -> None:
    with opened(home.intake) as intake:
        intake.append(sourced(event()))
        intake.seal()
    segment = home.intake / "ok-000000.jsonl"
    segment.write_bytes(segment.read_bytes().replace(b"login", b"logon"))
    with pytest.raises(CorruptData, match=r"ok-000000\.jsonl.*SHA-256"):
        home.build()
    assert home.count() == 0


def test_reading_writes_nothing_to_the_working_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.accept(event())
    user = tmp_path / "user"
    user.mkdir()
    monkeypatch.chdir(user)
    monkeypatch.setenv("HOME", str(user))
    assert home.events().order_by("ts").to_pyarrow().num_rows == 1
    assert list(user.iterdir()) == []


def test_activity_counts_90_days_up_to_the_newest_day_of_the_workspace(home: Home) -> None:
    home.accept(
        event(1),
        event(2),
        event(3, at=NOON - timedelta(days=89)),
        event(4, at=NOON - timedelta(days=90)),
        event(5, account="A-2", at=NOON + timedelta(days=1)),
    )
    found = activity(home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY)
    assert [each.day for each in found.days] == [
        date(2024, 5, 2) - timedelta(days=back) for back in range(89, -1, -1)
    ]
    assert {each.day.isoformat(): each.events for each in found.days if each.events} == {"2024-05-01": 2}
    assert len(found.recent) == 4


def test_an_event_that_is_no_use_is_an_event_of_the_day_but_no_use(home: Home) -> None:
    home.accept(event(1), event(2, name="payment_failed", at=NOON + timedelta(days=1)))
    found = activity(
        home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY, no_usage=["payment_failed"]
    )
    assert [(each.events, each.used) for each in found.days[-2:]] == [(1, 1), (1, 0)]


def test_recent_events_are_the_20_newest_however_old(home: Home) -> None:
    old = [
        event(number, name=f"step-{number}", at=NOON - timedelta(days=30 * number)) for number in range(1, 31)
    ]
    home.accept(*old, event(99, account="A-2"))
    found = activity(home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY)
    assert [each.event for each in found.recent] == [f"step-{number}" for number in range(1, 21)]
    assert found.recent[0].at == NOON - timedelta(days=30)


def test_activity_without_a_lake_is_empty(home: Home) -> None:
    found = activity(home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY)
    assert (found.days, found.recent) == ((), ())


def test_damaged_lake_file_is_named_with_a_hint(home: Home) -> None:
    home.accept(event())
    (file,) = home.lake.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(CorruptData, match=r"journal-ok-000000-v2\.parquet") as damaged:
        activity(home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY)
    assert "lake build" in damaged.value.hint


def test_missing_file_is_noticed_by_readers_and_rebuilt_by_the_next_build(home: Home) -> None:
    home.accept(event(1), event(2, at=NOON + timedelta(days=1)))
    next(home.lake.glob("*/day=2024-05-01/*.parquet")).unlink()
    with (
        pytest.raises(CorruptData, match=r"day=2024-05-01.*No files|No files.*day=2024-05-01"),
        lake_errors(),
    ):
        home.count()
    with pytest.raises(CorruptData, match="day=2024-05-01"):
        activity(home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY)
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0, rebuilt=1)
    assert home.count() == 2


def test_changed_file_of_the_same_length_is_rebuilt_if_hashes_are_compared(home: Home) -> None:
    home.accept(event())
    (file,) = home.lake.rglob("*.parquet")
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"E-1", b"E-2"))
    assert home.build().rebuilt == 0
    built = build_lake(home.intake, home.lake, workspace_id=WORKSPACE, progress=SilentProgress(), check=True)
    assert built.rebuilt == 1
    assert file.read_bytes() == whole


def test_late_event_becomes_another_file_of_its_day(home: Home) -> None:
    home.accept(event(1), event(2, at=NOON + timedelta(days=300)))
    home.accept(event(3))
    names = {path.name for path in home.lake.glob("*/day=2024-05-01/*.parquet")}
    assert names == {"journal-ok-000000-v2.parquet", "journal-ok-000001-v2.parquet"}
    assert home.count() == 3


def test_http_intake_is_built_into_the_same_lake(home: Home) -> None:
    home.accept(event(1))
    with opened(home.intake / "http") as intake:
        intake.append(sourced(event(1), event(2)))
        intake.seal()
    assert home.build() == LakeBuildResult(segments=1, rows=2, files=1)
    assert {path.name for path in home.lake.rglob("http-*")} == {"http-ok-000000-v2.parquet"}
    assert home.count() == 3


def test_lake_without_a_manifest_is_read_and_then_rebuilt(home: Home) -> None:
    home.accept(event(1), event(2))
    (file,) = home.lake.rglob("*.parquet")
    earlier = file.with_name("ok-000000.parquet")
    file.rename(earlier)
    next(home.lake.rglob("manifest.json")).unlink()
    assert home.count() == 2
    assert len(activity(home.lake, workspace_id=WORKSPACE, account="A-1", today=TODAY).recent) == 2
    assert home.accept(event(3)) == LakeBuildResult(segments=2, rows=3, files=2)
    assert home.count() == 3
    home.build()
    assert not earlier.exists()


def test_state_from_before_manifests_is_migrated(home: Home) -> None:
    home.accept(event(1))
    with closing(sqlite3.connect(home.intake / "state.db", isolation_level=None)) as state:
        forget_arrivals(state)
        for table in ("rewritten_segment", "erasure", "retention"):
            state.execute(f"drop table {table}")
        for column in ("born", "modified", "crc32", "place"):
            state.execute(f"alter table source drop column {column}")
        state.execute("alter table seen_dead_letter drop column resolved_at")
        state.execute("drop table doubt")
        state.execute("create table lake_segment (workspace text, number integer)")
        state.execute("pragma user_version = 2")
    assert home.accept(event(2)).segments == 1
    assert home.count() == 2


def test_files_without_their_manifest_are_an_error(home: Home) -> None:
    home.accept(event())
    next(home.lake.rglob("manifest.json")).unlink()
    with pytest.raises(CorruptData, match=r"manifest\.json: is missing"):
        home.events()


@pytest.mark.parametrize("damage", [b"{", b"x"])
def test_damaged_manifest_is_named_with_a_hint(home: Home, damage: bytes) -> None:
    home.accept(event())
    manifest = next(home.lake.rglob("manifest.json"))
    content = manifest.read_bytes()
    manifest.write_bytes(damage if damage == b"{" else content.replace(b'"rows":1', b'"rows":2'))
    with pytest.raises(CorruptData, match=r"manifest\.json") as damaged:
        home.events()
    manifest.unlink()
    assert "lake build" in damaged.value.hint
    assert home.build().rows == 1


def test_another_journal_is_not_mistaken_for_the_one_that_was_built(home: Home, tmp_path: Path) -> None:
    home.accept(event(1))
    other = tmp_path / "other"
    with opened(other) as intake:
        intake.append(sourced(event(2)))
        intake.seal()
    with pytest.raises(Conflict, match="another journal's segment"):
        build_lake(other, home.lake, workspace_id=WORKSPACE, progress=SilentProgress())
    assert home.count() == 1


def test_lake_behind_a_url_has_the_same_content(home: Home) -> None:
    home.accept(event(1), event(2, at=NOON + timedelta(days=1)))
    url = f"memory://{home.lake.parent}/lake"
    build_lake(home.intake, url, workspace_id=WORKSPACE, progress=SilentProgress())
    there = events_table(url, workspace_id=WORKSPACE).order_by("message_id").to_pyarrow()
    assert there.equals(home.events().order_by("message_id").to_pyarrow())
    assert len(activity(url, workspace_id=WORKSPACE, account="A-1", today=TODAY).recent) == 2


def test_file_url_is_the_local_folder(home: Home) -> None:
    home.accept(event())
    assert events_table(f"file://{home.lake}", workspace_id=WORKSPACE).count().to_pyarrow().as_py() == 1


def test_unsupported_url_is_refused_by_name(home: Home) -> None:
    with pytest.raises(DataValidationError, match="nowhere://lake"):
        events_table("nowhere://lake", workspace_id=WORKSPACE)
