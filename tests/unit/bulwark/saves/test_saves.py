"""Saves: intact or rejected, migrated from older versions, replaced atomically."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark.errors import SaveError
from bulwark.saves import matches, replays
from bulwark.saves.envelope import seal, unseal
from bulwark.saves.files import backup_path, load_match, save_match
from bulwark.saves.replays import Recording
from bulwark.sim.commands import StartWave
from bulwark.sim.layout import score
from bulwark.sim.maps import read_map
from bulwark.sim.match import CORE_VERSION
from tests.unit.bulwark.fields import defended, field, run

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[4]
# It contains creeps, towers and shells, and one of the creeps is slowed.
MATCH = run(defended(), 753)
SAVED = matches.to_bytes(MATCH)
# The tick of v1.bulwark when version 1 saved it.
V1_TICK = 754


def test_a_match_is_the_same_after_saving_and_loading(tmp_path: Path) -> None:
    save_match(tmp_path / "one.bulwark", MATCH)
    assert load_match(tmp_path / "one.bulwark", [MATCH.game_map]).state_hash() == MATCH.state_hash()


@pytest.mark.parametrize("seed", [0, 2_000_000_001, 2**31, 2**32 - 1])
def test_a_match_of_any_seed_can_be_saved_loaded_and_replayed(seed: int) -> None:
    recording = Recording(field(), seed=seed, difficulty=1)
    recording.step([])
    match = recording.match
    assert matches.from_bytes(matches.to_bytes(match), [field()]).state_hash() == match.state_hash()
    kept = replays.from_bytes(replays.to_bytes(recording.replay()))
    assert replays.play(kept, [field()]).state_hash() == match.state_hash()


def test_the_same_match_gives_the_same_bytes() -> None:
    assert matches.to_bytes(MATCH) == SAVED


@given(st.integers(min_value=0, max_value=len(SAVED) * 8 - 1))
def test_a_flipped_bit_anywhere_is_rejected(bit: int) -> None:
    damaged = bytearray(SAVED)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SaveError):
        matches.from_bytes(bytes(damaged), [MATCH.game_map])


@given(st.binary(max_size=400) | st.integers(0, len(SAVED) - 1).map(lambda end: SAVED[:end]))
def test_garbage_or_a_truncated_save_is_rejected_with_a_hint(data: bytes) -> None:
    with pytest.raises(SaveError) as refused:
        matches.from_bytes(data, [MATCH.game_map])
    assert refused.value.hint


@given(
    st.dictionaries(
        st.sampled_from(["core", "map", "digest", "state"]),
        st.none() | st.integers() | st.text("abc", max_size=4),
    )
)
def test_a_valid_envelope_with_an_invalid_document_is_rejected(document: dict[str, object]) -> None:
    data = seal(document | {"digest": MATCH.game_map.digest}, kind=matches.KIND, version=matches.VERSION)
    with pytest.raises(SaveError):
        matches.from_bytes(data, [MATCH.game_map])


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"a letter", "a file that Bulwark has saved"),
        (b"bulwark-replay 1 x\n", "It is a replay"),
        (b"", "a file that"),
    ],
)
def test_another_file_is_not_called_damaged(data: bytes, hint: str) -> None:
    with pytest.raises(SaveError, match="not a Bulwark save") as refused:
        matches.from_bytes(data, [MATCH.game_map])
    assert hint in refused.value.hint


def with_number(at: int, number: int) -> list[int]:
    """The saved score with one number replaced."""
    return [number if each == at else value for each, value in enumerate(MATCH.export()["score"])]


def with_column(name: str, column: list[int]) -> bytes:
    """The saved match with one column replaced, in a valid envelope."""
    _, document = unseal(SAVED, kind=matches.KIND, newest=matches.VERSION)
    document["state"][name] = column
    return seal(document, kind=matches.KIND, version=matches.VERSION)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("creeps.x", []),
        ("creeps.x", [10**9] * MATCH.creep_count),
        ("creeps.kind", [77] * MATCH.creep_count),
        ("towers.variant", [9] * MATCH.tower_count),
        ("score", [0] * 3),
        ("score", with_number(score.HP_PERCENT, 2_000_000_000)),
        ("score", [10**6] * len(score.NAMES)),
    ],
)
def test_an_impossible_state_is_rejected_by_column(name: str, column: list[int]) -> None:
    with pytest.raises(SaveError, match=name.partition(".")[0]):
        matches.from_bytes(with_column(name, column), [MATCH.game_map])


def test_a_version_1_save_can_be_continued() -> None:
    game_map = read_map((HERE / "v1.map.json").read_text(encoding="utf-8"))
    match = matches.from_bytes((HERE / "v1.bulwark").read_bytes(), [game_map])
    assert match.tick == V1_TICK
    assert run(match, 300).tick == V1_TICK + 300


def test_the_record_of_another_core_is_dropped_for_its_rules_lead_elsewhere() -> None:
    recording = Recording(field(), seed=3)
    recording.step([StartWave()])
    data = matches.to_bytes(recording.match, record=recording.record)
    assert matches.read(data, [field()]).record == recording.record

    _, document = unseal(data, kind=matches.KIND, newest=matches.VERSION)
    older = seal(document | {"core": CORE_VERSION - 1}, kind=matches.KIND, version=matches.VERSION)
    assert matches.read(older, [field()]).record is None


def test_a_save_of_a_later_version_is_rejected() -> None:
    data = seal({}, kind=matches.KIND, version=matches.VERSION + 1)
    with pytest.raises(SaveError, match=f"version {matches.VERSION + 1}"):
        matches.from_bytes(data, [MATCH.game_map])


def test_a_save_of_a_changed_map_is_rejected() -> None:
    with pytest.raises(SaveError, match="field"):
        matches.from_bytes(SAVED, [field(gold=1)])


def test_a_damaged_save_offers_the_checkpoint_before_it(tmp_path: Path) -> None:
    path = tmp_path / "one.bulwark"
    save_match(path, MATCH)
    save_match(path, run(defended(), 500))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SaveError) as refused:
        load_match(path, [MATCH.game_map])
    assert str(backup_path(path)) in refused.value.hint
    assert load_match(backup_path(path), [MATCH.game_map]).state_hash() == MATCH.state_hash()


def test_a_failed_write_is_reported_and_the_previous_save_is_untouched(tmp_path: Path) -> None:
    path = tmp_path / "one.bulwark"
    save_match(path, MATCH)
    program = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
        "from pathlib import Path; from bulwark.saves.files import save_match; from tests.unit.bulwark.fields import defended\n"
        f"save_match(Path({str(path)!r}), defended())"
    )
    done = child(program)
    assert f"Cannot write {path}: {os.strerror(errno.EFBIG)}" in done.stderr
    assert load_match(path, [MATCH.game_map]).state_hash() == MATCH.state_hash()


def test_a_kill_at_any_time_leaves_an_intact_save(tmp_path: Path) -> None:
    path = tmp_path / "one.bulwark"
    save_match(path, MATCH)
    program = (
        "from pathlib import Path; from bulwark.saves.files import save_match; from tests.unit.bulwark.fields import defended\n"
        f"match = defended(); print('ready', flush=True)\nwhile True: save_match(Path({str(path)!r}), match); match.step()"
    )
    for wait in (0.0, 0.003, 0.011, 0.037):
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, env=environment()
        ) as saving:
            assert saving.stdout is not None
            saving.stdout.readline()
            try:
                saving.wait(timeout=wait)
            except subprocess.TimeoutExpired:
                saving.send_signal(signal.SIGKILL)
        assert load_match(path, [MATCH.game_map]).tower_count == MATCH.tower_count


@pytest.mark.parametrize("change", range(1, 9))
def test_a_kill_before_any_change_of_the_folder_leaves_a_save_where_it_was(
    tmp_path: Path, change: int
) -> None:
    path = tmp_path / "one.bulwark"
    save_match(path, MATCH)
    save_match(path, run(defended(), 5))
    program = (
        "import itertools, os, sys; from pathlib import Path; from bulwark.saves.files import save_match\n"
        "from tests.unit.bulwark.fields import defended\n"
        "match, count = defended(), itertools.count(1)\n"
        "def kill(event, _):\n"
        f"    if event in {{'os.rename', 'os.link', 'os.remove'}} and next(count) == {change}: os.kill(os.getpid(), 9)\n"
        f"sys.addaudithook(kill)\nsave_match(Path({str(path)!r}), match); save_match(Path({str(path)!r}), match)"
    )
    killed = child(program).returncode
    assert killed in {-signal.SIGKILL, 0}
    assert load_match(path, [MATCH.game_map]).tower_count == MATCH.tower_count
    assert load_match(backup_path(path), [MATCH.game_map]).tower_count == MATCH.tower_count
    save_match(path, MATCH)  # what the killed one left behind is in nobody's way
    save_match(path, MATCH)
    assert sorted(tmp_path.iterdir()) == [path, backup_path(path)]


def child(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}
