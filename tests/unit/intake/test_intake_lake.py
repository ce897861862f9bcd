from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pytest

from keepwell.intake.model import LakeBuilt
from keepwell.intake.service import activity
from keepwell.platform.errors import CorruptData
from tests.unit.intake.events import NOON, WORKSPACE, Home, event, opened, sourced


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_sealed_segment_becomes_one_file_per_day_named_after_it(home: Home) -> None:
    built = home.take(event(1), event(2), event(3, at=NOON + timedelta(days=1)))
    assert built == LakeBuilt(segments=1, rows=3, files=2)
    files = {path.relative_to(home.lake).as_posix() for path in home.lake.rglob("*") if path.is_file()}
    assert files == {
        f"workspace={WORKSPACE}/day=2024-05-01/ok-000000.parquet",
        f"workspace={WORKSPACE}/day=2024-05-02/ok-000000.parquet",
    }


def test_the_table_has_the_promised_columns_and_the_rows(home: Home) -> None:
    home.take(event(1, at=datetime.fromisoformat("2024-05-01T01:30:00+02:00")))
    table = home.events()
    assert dict(table.schema().items()) == {
        "account": ibis.dtype("string"),
        "ts": ibis.dtype("timestamp('UTC', 6)"),
        "event": ibis.dtype("string"),
        "message_id": ibis.dtype("string"),
        "properties": ibis.dtype("string"),
    }
    (row,) = table.to_pyarrow().to_pylist()
    assert row == {
        "account": "A-1",
        "ts": datetime(2024, 4, 30, 23, 30, tzinfo=UTC),
        "event": "login",
        "message_id": "E-1",
        "properties": '{"number":1}',
    }
    assert next(home.lake.rglob("*.parquet")).parent.name == "day=2024-04-30"


def test_rows_of_a_file_are_sorted_by_account_and_time(home: Home) -> None:
    later = NOON + timedelta(hours=1)
    home.take(event(1, account="B"), event(2, account="A", at=later), event(3, account="A"))
    assert home.events().message_id.to_pyarrow().to_pylist() == ["E-3", "E-2", "E-1"]


def test_without_a_lake_the_table_is_empty_and_of_the_same_columns(home: Home) -> None:
    empty = home.events()
    assert empty.count().to_pyarrow().as_py() == 0
    home.take(event())
    assert empty.schema() == home.events().schema()


def test_building_again_adds_only_new_segments(home: Home) -> None:
    home.take(event(1))
    assert home.build() == LakeBuilt(segments=0, rows=0, files=0)
    assert home.take(event(2)) == LakeBuilt(segments=1, rows=1, files=1)
    assert home.count() == 2


def test_a_deleted_lake_is_made_anew_from_the_journal(home: Home) -> None:
    home.take(event(1))
    home.lake.rename(home.lake.with_name("elsewhere"))
    assert home.take(event(2)) == LakeBuilt(segments=2, rows=2, files=2)
    assert home.count() == 2


def test_a_build_that_was_cut_off_before_its_record_makes_the_same_files(home: Home) -> None:
    home.take(event(1))
    (file,) = home.lake.rglob("*.parquet")
    before = file.read_bytes()
    file.with_suffix(".tmp").write_bytes(b"half a file of a crash")
    home.lake.rename(home.lake.with_name("elsewhere"))
    home.build()
    assert file.read_bytes() == before
    assert home.count() == 1


def test_an_unsealed_segment_waits(home: Home) -> None:
    with opened(home.intake) as intake:
        intake.append(sourced(event()))
    assert home.build().segments == 0
    assert home.count() == 0


def test_a_damaged_segment_is_named_and_nothing_of_it_is_built(home: Home) -> None:
    with opened(home.intake) as intake:
        intake.append(sourced(event()))
        intake.seal()
    segment = home.intake / "ok-000000.jsonl"
    segment.write_bytes(segment.read_bytes().replace(b"login", b"logon"))
    with pytest.raises(CorruptData, match=r"ok-000000\.jsonl.*SHA-256"):
        home.build()
    assert home.count() == 0


def test_reading_writes_nothing_into_the_working_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.take(event())
    user = tmp_path / "user"
    user.mkdir()
    monkeypatch.chdir(user)
    monkeypatch.setenv("HOME", str(user))
    assert home.events().order_by("ts").to_pyarrow().num_rows == 1
    assert list(user.iterdir()) == []


def test_activity_counts_90_days_up_to_the_newest_day_of_the_workspace(home: Home) -> None:
    home.take(
        event(1),
        event(2),
        event(3, at=NOON - timedelta(days=89)),
        event(4, at=NOON - timedelta(days=90)),
        event(5, account="A-2", at=NOON + timedelta(days=1)),
    )
    found = activity(home.lake, workspace_id=WORKSPACE, account="A-1")
    assert [each.day for each in found.days] == [
        date(2024, 5, 2) - timedelta(days=back) for back in range(89, -1, -1)
    ]
    assert {each.day.isoformat(): each.events for each in found.days if each.events} == {"2024-05-01": 2}
    assert len(found.recent) == 4


def test_the_recent_events_are_the_20_newest_however_old(home: Home) -> None:
    old = [
        event(number, name=f"step-{number}", at=NOON - timedelta(days=30 * number)) for number in range(1, 31)
    ]
    home.take(*old, event(99, account="A-2"))
    found = activity(home.lake, workspace_id=WORKSPACE, account="A-1")
    assert [each.event for each in found.recent] == [f"step-{number}" for number in range(1, 21)]
    assert found.recent[0].at == NOON - timedelta(days=30)


def test_activity_without_a_lake_is_empty(home: Home) -> None:
    found = activity(home.lake, workspace_id=WORKSPACE, account="A-1")
    assert (found.days, found.recent) == ((), ())


def test_a_damaged_file_of_the_lake_is_named_with_the_way_out(home: Home) -> None:
    home.take(event())
    (file,) = home.lake.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-4])
    with pytest.raises(CorruptData, match=r"ok-000000\.parquet") as damaged:
        activity(home.lake, workspace_id=WORKSPACE, account="A-1")
    assert "made anew from the journal" in damaged.value.hint
