"""A lake whose files are of an older shape: read as it is, and replaced by the next command that writes."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from keepwell.intake.jobs import seal_and_build
from keepwell.intake.lake.build import build
from keepwell.intake.lake.compact import compact
from keepwell.intake.lake.kinds import EVENTS
from keepwell.intake.lake.location import LakeLocation, workspace_lake
from keepwell.intake.lake.manifest import MANIFEST, decode_manifest, encode_manifest, read_manifest
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.lake.query import query
from keepwell.intake.lake.removal.erase import erase
from keepwell.platform.config import Settings
from keepwell.platform.errors import Conflict, CorruptData
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.earlier_release import age_lake
from tests.unit.intake.sample_events import CLOCK, NOON, WORKSPACE, Home, event, opened, sourced

LATER = NOON + timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Three events on two days in two segments, in a lake of an earlier release."""
    home = Home(tmp_path)
    home.accept(event(1), event(2, account="A-2"))
    home.accept(event(3, at=LATER))
    age_lake(folder_of(home))
    return home


def folder_of(home: Home) -> Path:
    return home.lake / f"workspace={WORKSPACE}"


def place_of(home: Home) -> LakeLocation:
    return LakeLocation(home.intake, workspace_lake(home.lake, WORKSPACE))


def known(home: Home) -> dict[str, tuple[object, object]]:
    rows = home.events().to_pyarrow().to_pylist()
    assert all(row["known_at"] == row["ts"] for row in rows)
    return {row["message_id"]: (row["ts"], row["backfilled"]) for row in rows}


def names(home: Home) -> set[str]:
    return {path.name for path in folder_of(home).rglob("*.parquet")}


ALL = {"E-1": (NOON, True), "E-2": (NOON, True), "E-3": (LATER, True)}


def test_older_lake_is_read_as_events_that_were_known_when_they_happened(home: Home) -> None:
    assert known(home) == ALL
    sql = "select message_id, known_at = ts as is_equal, backfilled from events order by 1"
    assert [tuple(row.values()) for row in query(place_of(home).lake, sql).read_all().to_pylist()] == [
        (each, True, True) for each in ALL
    ]


def test_next_build_replaces_an_older_lake_without_losing_an_event(home: Home) -> None:
    with opened(home.intake) as journal:
        journal.append(sourced(event(4)))
        journal.seal()
    assert home.build() == LakeBuildResult(segments=1, rows=1, files=1, rebuilt=2)
    assert known(home) == ALL | {"E-4": (NOON, True)}
    manifest = read_manifest(place_of(home).storage())
    assert manifest is not None
    assert manifest.shape == 2
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0)
    assert all(name.endswith("-v2.parquet") for name in names(home)), "the old files are still there"


def test_files_of_the_older_shape_stay_for_readers_who_began_with_them(home: Home) -> None:
    before = home.events()
    home.build()
    assert before.count().to_pyarrow().as_py() == 3


def test_worker_replaces_an_older_lake_of_a_workspace_that_only_imports(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    home = Home(tmp_path)
    home.intake, home.lake = settings.intake(WORKSPACE), settings.lake
    home.accept(event(1))
    age_lake(folder_of(home))
    seal_and_build(WORKSPACE, settings=settings, clock=CLOCK)
    assert names(home) == {"journal-ok-000000.parquet", "journal-ok-000000-v2.parquet"}
    assert known(home) == {"E-1": (NOON, True)}


def test_compacted_files_of_an_older_lake_are_built_again_segment_by_segment(home: Home) -> None:
    home.build()
    home.accept(event(4))
    compact(place_of(home).lake, progress=SilentProgress())
    age_lake(folder_of(home))
    assert home.build().rebuilt == 3
    assert known(home) == ALL | {"E-4": (NOON, True)}


def test_erasing_in_an_older_lake_removes_the_account_from_both_shapes(home: Home) -> None:
    erase(place_of(home), EVENTS, account="A-2", clock=CLOCK, progress=SilentProgress())
    assert known(home) == {each: ALL[each] for each in ("E-1", "E-3")}
    assert not any(b"A-2" in path.read_bytes() for path in folder_of(home).rglob("*.parquet"))


def test_files_whose_journal_is_gone_are_carried_over(home: Home, tmp_path: Path) -> None:
    shutil.rmtree(home.intake)
    with opened(home.intake / "http") as journal:
        journal.append(sourced(event(4)))
        journal.seal()
    home.build()
    assert {*known(home)} == {*ALL, "E-4"}
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0)
    assert names(home) == {
        f"{name}-ok-00000{n}-v2.parquet" for name, n in (("journal", 0), ("journal", 1), ("http", 0))
    }


def test_day_of_which_the_journal_has_only_a_part_is_carried_over_whole(home: Home) -> None:
    with opened(home.intake / "http") as journal:
        journal.append(sourced(event(4), event(5, at=LATER)))
        journal.seal()
    home.build()
    compact(place_of(home).lake, progress=SilentProgress())
    age_lake(folder_of(home))
    shutil.rmtree(home.intake / "http")
    home.build()
    assert sorted(row["message_id"] for row in home.events().to_pyarrow().to_pylist()) == [
        "E-1",
        "E-2",
        "E-3",
        "E-4",
        "E-5",
    ]


def test_older_lake_of_another_journal_is_left_as_it_is(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.accept(event(9))
    with pytest.raises(Conflict, match="another journal's segment"):
        build(LakeLocation(other.intake, place_of(home).lake), EVENTS, progress=SilentProgress())
    assert known(home) == ALL


def test_lake_of_a_newer_release_is_refused_by_name(home: Home) -> None:
    home.build()
    file = folder_of(home) / MANIFEST
    manifest = decode_manifest(file.read_bytes(), place=MANIFEST)
    file.write_bytes(encode_manifest(msgspec.structs.replace(manifest, shape=3)))
    with pytest.raises(CorruptData, match=r"manifest\.json: was written by a newer Keepwell"):
        home.events()
    with pytest.raises(CorruptData, match="newer"):
        home.build()
