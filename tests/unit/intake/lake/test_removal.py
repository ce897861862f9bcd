from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from pyarrow import parquet

from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.journal.verify import verify
from keepwell.intake.lake.compact import compact
from keepwell.intake.lake.kinds import EVENTS, kind_of
from keepwell.intake.lake.location import LakeLocation, workspace_lake
from keepwell.intake.lake.model import LakeBuildResult
from keepwell.intake.lake.removal.erase import Proof, erase
from keepwell.intake.lake.removal.expire import ExpiryResult, expire
from keepwell.intake.lake.writer import open_writer
from keepwell.intake.model import SourcedRow
from keepwell.intake.store import State
from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.lake.lakes import SensorHome
from tests.unit.intake.sample_events import CLOCK, NOON, WORKSPACE, Home, accepted_ids, event, opened, sourced


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def place(home: Home) -> LakeLocation:
    return LakeLocation(home.intake, workspace_lake(home.lake, WORKSPACE))


def expired(home: Home, before: date) -> ExpiryResult:
    return expire(place(home), EVENTS, before=before, progress=SilentProgress())


def erased(home: Home, account: str = "A-1") -> Proof:
    return erase(place(home), EVENTS, account=account, clock=CLOCK, progress=SilentProgress())


def is_whole(root: Path) -> bool:
    return not verify(root, progress=SilentProgress()).damages


def bytes_below(folder: Path) -> bytes:
    return b"".join(
        path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "state.db"
    )


def test_expired_days_and_their_segments_are_removed(home: Home) -> None:
    home.accept(event(1), event(2))
    home.accept(event(3), event(4, at=NOON + timedelta(days=1)))
    assert expired(home, date(2024, 5, 2)) == ExpiryResult(days=1, files=2, rows=3, segments=1)
    assert home.events().message_id.to_pyarrow().to_pylist() == ["E-4"]
    assert list(accepted_ids(home.intake)) == ["E-3", "E-4"]
    assert not (home.intake / "ok-000000.jsonl").exists()
    assert is_whole(home.intake)


def test_expired_rows_do_not_come_back_by_rebuild_or_late_event(home: Home) -> None:
    home.accept(event(1), event(2, at=NOON + timedelta(days=1)))
    expired(home, date(2024, 5, 2))
    home.lake.rename(home.lake.with_name("elsewhere"))
    home.accept(event(3))
    assert home.events().message_id.to_pyarrow().to_pylist() == ["E-2"]


def test_expiring_with_an_earlier_day_brings_nothing_back(home: Home) -> None:
    home.accept(event(1), event(2, at=NOON + timedelta(days=1)))
    expired(home, date(2024, 5, 2))
    assert expired(home, date(2000, 1, 1)) == ExpiryResult(days=0, files=0, rows=0, segments=0)
    home.build()
    assert home.count() == 1


def test_dead_letters_expire_with_their_segment(home: Home) -> None:
    home.accept(event(1, at=NOON + timedelta(days=5)))
    with opened(home.intake) as intake:
        intake.append([SourcedRow("usage.jsonl", 1, b"no event")])
    erased(home, "nobody")  # which seals both streams
    assert expired(home, date(2024, 5, 1)).segments == 0
    assert expired(home, date(2024, 5, 2)).segments == 1
    assert list(read_dead_letters(home.intake)) == []
    assert home.count() == 1


def test_rows_without_a_time_stay(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept({"sensor": "a"}, {"sensor": "b", "at": "2024-05-01T12:00:00Z"})
    home.build()
    expire(home.place, kind_of(home.place), before=date(2030, 1, 1), progress=SilentProgress())
    assert [row["sensor"] for row in home.query("select sensor from rows")] == ["a"]


def test_erased_account_is_removed_everywhere_and_others_are_unchanged(home: Home) -> None:
    home.accept(event(1, account="Zoë"), event(2, account="A-2"))
    home.accept(event(3, account="A-2"), event(4, account="Zoë", at=NOON + timedelta(days=1)))
    proof = erased(home, "Zoë")
    assert list(accepted_ids(home.intake)) == ["E-2", "E-3"]
    assert sorted(home.events().account.to_pyarrow().to_pylist()) == ["A-2", "A-2"]
    assert "Zoë".encode() not in bytes_below(home.intake) + bytes_below(home.lake)
    assert is_whole(home.intake)
    assert home.build() == LakeBuildResult(segments=0, rows=0, files=0)
    assert proof.first_scan.found == 4
    assert proof.second_scan.found == 0


def test_proof_has_every_file_before_and_after_but_not_the_account(home: Home) -> None:
    home.accept(event(1), event(2, account="A-2"))
    home.accept(event(3))
    before = hashlib.sha256((home.intake / "ok-000000.jsonl").read_bytes()).hexdigest()
    proof = erased(home)
    after = hashlib.sha256((home.intake / "ok-000000.jsonl").read_bytes()).hexdigest()
    assert [file.name for file in proof.files] == [
        "journal/ok-000000",
        "journal/ok-000001",
        "day=2024-05-01/journal-ok-000000-v2.parquet",
        "day=2024-05-01/journal-ok-000001-v2.parquet",
    ]
    assert (proof.files[0].before_sha256, proof.files[0].after_sha256) == (before, after)
    assert (proof.files[0].rows_removed, proof.files[0].rows_left) == (1, 1)
    assert proof.files[1].after_sha256 is None
    assert proof.account_sha256 == hashlib.sha256(b"A-1").hexdigest()
    with closing(State(home.intake)) as state:
        (record,) = state.erasures()
    assert msgspec.json.decode(record.proof, type=Proof) == proof
    assert "A-1" not in record.proof


def test_erased_events_do_not_come_back_with_the_same_export(home: Home) -> None:
    home.accept(event(1), event(2, account="A-2"))
    erased(home)
    home.accept(event(1), event(2, account="A-2"))
    assert home.events().message_id.to_pyarrow().to_pylist() == ["E-2"]
    home.accept(event(3))
    assert home.count() == 2


@pytest.mark.parametrize(
    ("row", "is_gone"),
    [
        (b'{"context": {"groupId": "A-1"}}', True),
        (b'{"context": {"groupId": "A-10"}}', False),
        (b'{"list": [{"deep": "A-1"}]}', True),
        (b'{"torn": "A-1', True),
        (b"2024-05-01;A-1;login", True),
        (b"2024-05-01;A-11;login", False),
        (b'"A-1" \xff', True),
        (b'{"torn": "\\u0041-1', True),
        (b'{"A-1": {}}', True),
    ],
)
def test_dead_letters_of_the_account_leave_only_a_placeholder(
    home: Home, row: bytes, *, is_gone: bool
) -> None:
    with opened(home.intake) as intake:
        intake.append([SourcedRow("usage.jsonl", 1, row), SourcedRow("usage.jsonl", 2, b"other")])
    proof = erased(home)
    assert proof.first_scan.found == int(is_gone)
    letters = list(read_dead_letters(home.intake))
    assert [letter.code == "erased" for letter in letters] == [is_gone, False]
    assert (letters[0].row_bytes() is None) == is_gone
    assert letters[0].line == 1
    assert is_whole(home.intake)


def test_rows_of_the_http_intake_and_of_open_segments_are_erased_too(home: Home) -> None:
    home.accept(event(1))
    for root in (home.intake, home.intake / "http"):
        with opened(root) as intake:
            intake.append(sourced(event(2), event(3, account="A-2")))
    erased(home)
    home.build()
    assert home.events().account.to_pyarrow().to_pylist() == ["A-2", "A-2"]
    assert is_whole(home.intake / "http")


def test_compacted_and_replaced_files_have_nothing_of_the_account(home: Home) -> None:
    home.accept(event(1), event(2, account="A-2"))
    home.accept(event(3))
    compact(place(home).lake, progress=SilentProgress())
    erased(home)
    assert home.count() == 1
    assert len(list(home.lake.rglob("*.parquet"))) == 1
    assert home.build().rebuilt == 0


def test_running_intake_is_named_and_nothing_is_erased(home: Home) -> None:
    home.accept(event(1))
    with opened(home.intake), pytest.raises(Conflict, match="Another process is"):
        erased(home)
    assert home.count() == 1


def test_rows_are_erased_by_key_even_if_the_column_cannot_represent_it(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept(
        {"sensor": "a"}, {"sensor": "b"}, {"sensor": "a", "count": 2**70}, {"sensor": "b", "more": "a"}
    )
    home.build()
    proof = erase(home.place, kind_of(home.place), account="a", clock=CLOCK, progress=SilentProgress())
    assert proof.first_scan.found == 4
    assert [row["sensor"] for row in home.query("select sensor from rows")] == ["b", "b"]


@pytest.mark.parametrize("kind", ["number", "integer", "string"])
def test_rows_are_erased_by_the_value_of_their_key_whatever_its_type(tmp_path: Path, kind: str) -> None:
    schema = {"type": "object", "properties": {"user": {"type": kind}, "note": {"type": "string"}}}
    home = SensorHome(tmp_path, schema=schema)
    written = [b'"12"', b'"\\u00312"'] if kind == "string" else [b"12", b"12.0", b"1.2e1"]
    others = [b'"13"', b'"012"'] if kind == "string" else [b"13", b"120"]
    home.accept(*(b'{"user":%s}' % each for each in (*written, *others)), b'{"note":"12"}')
    home.build(key="user", time=None)
    proof = erase(home.place, kind_of(home.place), account="12", clock=CLOCK, progress=SilentProgress())
    assert proof.first_scan.found == 2 * len(written)
    assert home.query("select count(*) as n from rows")[0]["n"] == len(others) + 1
    assert is_whole(home.place.intake_root)


def test_a_row_whose_key_occurs_twice_is_erased_for_either_value(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept(b'{"sensor":"a","sensor":"b"}', b'{"sensor":"c"}')
    home.build(time=None)
    erase(home.place, kind_of(home.place), account="a", clock=CLOCK, progress=SilentProgress())
    assert b'"a"' not in bytes_below(home.place.intake_root)


def test_an_id_that_an_earlier_release_may_have_rounded_is_refused(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"user": {"type": "number"}}}
    home = SensorHome(tmp_path, schema=schema)
    home.accept(b'{"user":1}')
    home.build(key="user", time=None)
    (file,) = (tmp_path / "lake").rglob("*.parquet")
    table = parquet.read_table(file, partitioning=None)
    rounded = table.set_column(0, "user", [[float(2**53)]])
    with open_writer(home.place.storage(), purpose="testing") as lake:
        lake.write(str(file.relative_to(tmp_path / "lake")), rounded, segments=["journal/ok-000000"])
        lake.publish()
    with pytest.raises(DataValidationError, match="digits rounded"):
        erase(home.place, kind_of(home.place), account=str(2**53 + 1), clock=CLOCK, progress=SilentProgress())


def test_erasing_from_a_lake_without_a_key_is_refused(tmp_path: Path) -> None:
    home = SensorHome(tmp_path)
    home.accept({"sensor": "a"})
    home.build(key=None)
    with pytest.raises(DataValidationError, match="No field"):
        erase(home.place, kind_of(home.place), account="a", clock=CLOCK, progress=SilentProgress())
