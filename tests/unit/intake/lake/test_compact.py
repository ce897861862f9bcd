from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pyarrow import parquet

from keepwell.intake.lake.compact import CompactionResult, compact
from keepwell.intake.lake.location import workspace_lake
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.service import activity
from keepwell.platform.errors import CorruptData, NotFound
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.lake.lakes import SENSOR, SensorHome
from tests.unit.intake.sample_events import NOON, TODAY, WORKSPACE, Home, event


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def compacted(home: Home, *, target_bytes: int = 1_000_000) -> CompactionResult:
    return compact(workspace_lake(home.lake, WORKSPACE), progress=SilentProgress(), target_bytes=target_bytes)


def parquet_names(home: Home) -> list[str]:
    return sorted(path.name for path in home.lake.rglob("*.parquet"))


def test_small_files_of_a_day_become_one_sorted_file(home: Home) -> None:
    home.accept(event(1, account="B"), event(2, account="A", at=NOON + timedelta(hours=1)))
    home.accept(event(3, account="A"), event(4, at=NOON + timedelta(days=1)))
    before = home.events().order_by("message_id").to_pyarrow()
    assert compacted(home) == CompactionResult(days=1, files_before=2, files_after=1, rows=3)
    assert home.events().order_by("message_id").to_pyarrow().equals(before)
    (file,) = home.lake.rglob("compacted-*.parquet")
    assert parquet.read_table(file)["message_id"].to_pylist() == ["E-3", "E-2", "E-1"]
    assert len(activity(home.lake, workspace_id=WORKSPACE, account="A", today=TODAY).recent) == 2


def test_replaced_files_stay_until_the_next_command_that_writes(home: Home) -> None:
    home.accept(event(1))
    home.accept(event(2))
    begun = home.events()
    compacted(home)
    assert begun.count().to_pyarrow().as_py() == 2
    home.build()
    assert len(parquet_names(home)) == 1
    assert home.count() == 2


def test_building_and_compacting_again_changes_nothing(home: Home) -> None:
    home.accept(event(1))
    home.accept(event(2))
    compacted(home)
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0)
    assert compacted(home) == CompactionResult(days=0, files_before=0, files_after=0, rows=0)
    assert home.count() == 2


def test_later_file_is_merged_into_the_compacted_one(home: Home) -> None:
    for number in range(4):
        home.accept(event(number))
        compacted(home)
    home.build()
    assert len(parquet_names(home)) == 1
    assert home.count() == 4


def test_missing_compacted_file_is_rebuilt_from_its_segments(home: Home) -> None:
    home.accept(event(1), event(2, at=NOON + timedelta(days=1)))
    home.accept(event(3))
    compacted(home)
    home.build()
    next(home.lake.rglob("compacted-*")).unlink()
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0, rebuilt=2)
    assert home.count() == 3


def test_large_files_are_left_alone(home: Home) -> None:
    home.accept(event(1))
    home.accept(event(2))
    assert compacted(home, target_bytes=100).files_before == 0


def test_groups_end_at_the_target_size(home: Home) -> None:
    for number in range(4):
        home.accept(event(number))
    size = next(home.lake.rglob("*.parquet")).stat().st_size
    assert compacted(home, target_bytes=size * 2 + 10).files_after == 1
    assert home.count() == 4


def test_files_with_different_columns_are_not_merged(tmp_path: Path) -> None:
    SensorHome(tmp_path).accept({"sensor": "a"}, {"sensor": "b"})
    changed = SENSOR | {"properties": {**SENSOR["properties"], "value": {"type": "string"}}}  # type: ignore[dict-item]
    later = SensorHome(tmp_path, schema=changed)
    later.accept({"sensor": "c", "value": "high"})
    later.accept({"sensor": "d", "value": "low"})
    later.build()
    assert compact(later.place.lake, progress=SilentProgress()).files_before == 2
    assert len(later.query("select * from rows")) == 4


def test_damaged_file_stops_the_compaction_and_the_lake_is_unchanged(home: Home) -> None:
    home.accept(event(1))
    home.accept(event(2))
    (file, _) = sorted(home.lake.rglob("*.parquet"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-4])
    with pytest.raises(CorruptData, match="ok-00000"):
        compacted(home)
    file.write_bytes(whole)
    assert home.count() == 2


def test_compacting_without_a_lake_is_refused(home: Home) -> None:
    with pytest.raises(NotFound, match="there is no lake"):
        compacted(home)
