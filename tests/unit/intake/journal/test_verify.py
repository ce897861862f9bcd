from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from keepwell.intake.journal.verify import Damage, verify
from keepwell.platform.errors import CorruptData, InfrastructureError, NotFound
from keepwell.platform.progress import SilentProgress
from tests.unit.intake.follow.logs import Logs, lines


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    """An intake of several sealed segments and an open one."""
    logs = Logs(tmp_path)
    logs.append("app.log", lines(range(400)) + b"no row\n" * 3)
    logs.poll()
    return logs


def damages(logs: Logs) -> list[Damage]:
    return list(verify(logs.into, progress=SilentProgress()).damages)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_undamaged_intake_verifies_with_all_rows(logs: Logs) -> None:
    verified = verify(logs.into, progress=SilentProgress())
    assert (verified.rows, list(verified.damages)) == (403, [])


def test_flipped_bit_is_located_within_its_commit(logs: Logs) -> None:
    flip(logs.into / "ok-000001.jsonl", 5_000)
    (damage,) = damages(logs)
    assert damage.file == "ok-000001.jsonl"
    assert damage.first is not None
    assert damage.end is not None
    assert damage.first <= 5_000 < damage.end <= damage.first + 4_000


def test_every_damaged_range_of_a_segment_is_named(logs: Logs) -> None:
    flip(logs.into / "ok-000000.jsonl", 0)
    flip(logs.into / "ok-000000.jsonl", 9_000)
    assert [damage.file for damage in damages(logs)] == ["ok-000000.jsonl"] * 2


def test_missing_segment_is_named(logs: Logs) -> None:
    (logs.into / "ok-000001.jsonl").unlink()
    (damage,) = damages(logs)
    assert (damage.file, damage.what) == ("ok-000001.jsonl", "is missing")


def test_truncated_segment_is_named_with_the_lost_bytes(logs: Logs) -> None:
    path = logs.into / "ok-000000.jsonl"
    length = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-100])
    damage = damages(logs)[0]
    assert (damage.file, damage.what, damage.first, damage.end) == (
        path.name,
        "ends too early",
        length - 100,
        length,
    )


def test_segment_that_grew_is_named(logs: Logs) -> None:
    with (logs.into / "ok-000000.jsonl").open("ab") as file:
        file.write(b"{}\n")
    assert [damage.what for damage in damages(logs)] == ["has grown"]


def test_open_segment_is_verified_up_to_its_commit(logs: Logs) -> None:
    path = logs.into / "dlq-000000.open"
    with path.open("ab") as file:
        file.write(b"not committed")
    assert damages(logs) == []
    flip(path, 3)
    assert [damage.file for damage in damages(logs)] == ["dlq-000000.open"]


def test_segment_without_a_manifest_is_named(logs: Logs) -> None:
    (logs.into / "ok-000099.jsonl").write_bytes(b"{}\n")
    assert [damage.file for damage in damages(logs)] == ["ok-000099.jsonl"]


@pytest.mark.parametrize("age", ["empty", "missing", "older"])
def test_rows_are_not_overwritten_by_a_state_that_was_copied_without_its_log(
    tmp_path: Path, age: str
) -> None:
    logs = Logs(tmp_path)
    logs.append("app.log", lines(range(10)))
    logs.poll()
    older = (logs.into / "state.db").read_bytes()
    logs.append("app.log", lines(range(10, 400)))
    logs.poll()
    logs.append("app.log", lines(range(400, 500)))
    (logs.into / "state.db").unlink()
    if age != "missing":
        (logs.into / "state.db").write_bytes(older if age == "older" else b"")
        assert damages(logs)
    before = {path.name: path.read_bytes() for path in logs.into.glob("ok-*")}
    with pytest.raises(CorruptData, match=r"state\.db-wal"):
        logs.poll()
    assert {path.name: path.read_bytes() for path in logs.into.glob("ok-*")} == before


@pytest.mark.parametrize(
    "change",
    [
        "update segment set rows = rows + 1 where number = 0",
        "update segment set sources = replace(sources, 'logs', 'lags') where stream = 'ok' and number = 1",
        "update source set offset = offset - 70",
    ],
)
def test_changed_state_record_is_named_and_stops_everything(logs: Logs, change: str) -> None:
    with sqlite3.connect(logs.into / "state.db") as connection:
        connection.execute(change)
    connection.close()
    (damage,) = damages(logs)
    assert damage.file == "state.db"
    assert "has been changed" in damage.what
    with pytest.raises(CorruptData, match=r"state\.db"):
        logs.poll()


def test_state_file_that_is_not_a_database_is_named(logs: Logs) -> None:
    (logs.into / "state.db").write_bytes(b"\0" * 4_096)
    (damage,) = damages(logs)
    assert damage.file == "state.db"


def test_folder_without_an_intake_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"state\.db"):
        verify(tmp_path, progress=SilentProgress())


def test_flipped_bit_in_the_state_is_found_or_changes_nothing(logs: Logs) -> None:
    whole, expected = (logs.into / "state.db").read_bytes(), logs.numbers()
    rng = random.Random(7)
    found = 0
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        (logs.into / "state.db").write_bytes(damaged)
        for beside in ("state.db-wal", "state.db-shm"):
            (logs.into / beside).unlink(missing_ok=True)
        try:
            verified = verify(logs.into, progress=SilentProgress())
        except InfrastructureError:
            found += 1
            continue
        if verified.damages:
            found += 1
        else:
            assert logs.numbers() == expected
            assert len(logs.letters()) == 3
    assert found > 10


def test_segments_begun_by_an_earlier_release_still_verify(logs: Logs) -> None:
    with sqlite3.connect(logs.into / "state.db") as connection:
        connection.execute("update segment set blocks = '[]', checksum = null")
    connection.close()
    logs.append("app.log", lines(range(400, 410)) + b"no row\n")
    logs.poll()
    assert damages(logs) == []
    flip(logs.into / "dlq-000000.open", 3)
    assert [damage.file for damage in damages(logs)] == ["dlq-000000.open"]


def test_a_file_whose_name_is_not_utf8_is_named_in_a_text_that_can_be_stored(logs: Logs) -> None:
    (logs.into / "ok-\udcff.jsonl").write_text("{}\n")
    assert r"ok-\xff.jsonl" in {damage.file for damage in damages(logs)}
