from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from bulwark.desktop.match.interpolation import Interpolation, shell_position
from bulwark.desktop.match.session import Session
from bulwark.errors import ReplayDiverged, SaveError
from bulwark.saves.replays import Playback, Recording, Replay
from bulwark.sim.commands import Build, Command, Sell, StartWave
from bulwark.sim.layout import creep, event, shell
from tests.unit.bulwark.desktop.maps import small_map

MAX_TICKS = 4_000
COMMANDS: dict[int, Sequence[Command]] = {
    3: [Build(0, 4, 2), Build(4, 6, 4)],
    40: [StartWave()],
    90: [Build(2, 7, 2), StartWave()],
    200: [Sell(1)],
}


def record() -> Recording:
    recording = Recording(small_map(), seed=11)
    while recording.match.outcome == 0 and recording.match.tick < MAX_TICKS:
        recording.step(COMMANDS.get(recording.match.tick, ()))
    return recording


@pytest.fixture(scope="module")
def replay() -> Replay:
    return record().replay()


def frames(rate: str) -> Iterator[int]:
    """Microseconds of each frame."""
    jitter = [4_000, 31_000, 16_667, 90_000, 0, 7_001, 260_000]
    steady = {"30": 33_333, "60": 16_667, "144": 6_944}
    at = 0
    while True:
        yield steady[rate] if rate in steady else jitter[at % len(jitter)]
        at += 1


@pytest.mark.parametrize("rate", ["30", "60", "144", "jittered"])
@pytest.mark.parametrize("speed", [1, 4])
def test_a_match_is_the_same_at_every_frame_rate(replay: Replay, rate: str, speed: int) -> None:
    playback = Playback(replay, [small_map()])
    session = Session(playback)
    session.speed = speed

    for elapsed in frames(rate):
        session.advance(elapsed)
        if playback.ended:
            break

    assert session.match.state_hash() == replay.checkpoints[-1].state_hash
    assert session.match.tick == replay.ticks


def test_a_diverging_replay_names_the_tick_and_column(replay: Replay) -> None:
    checkpoint = replay.checkpoints[0]
    columns = {**checkpoint.columns, "creeps.hp": "00000000"}
    forged = checkpoint._replace(state_hash="0" * 16, columns=columns)
    playback = Playback(replay._replace(checkpoints=[forged]), [small_map()])

    with pytest.raises(ReplayDiverged) as caught:
        while not playback.ended:
            playback.step()

    assert (caught.value.tick, caught.value.column) == (checkpoint.tick, "creeps.hp")


def test_a_replay_with_another_command_diverges(replay: Replay) -> None:
    commands = [(tick, command) for tick, command in replay.commands if not isinstance(command, Sell)]
    playback = Playback(replay._replace(commands=commands), [small_map()])

    with pytest.raises(ReplayDiverged):
        while not playback.ended:
            playback.step()


def test_a_replay_of_another_core_or_map_is_rejected(replay: Replay) -> None:
    with pytest.raises(SaveError, match="core 99"):
        Playback(replay._replace(core=99), [small_map()])
    with pytest.raises(SaveError, match="small"):
        Playback(replay, [small_map(lives=3)])


def test_a_command_while_paused_costs_one_tick() -> None:
    session = Session(Recording(small_map(), seed=1))
    session.paused = True

    assert session.advance(1_000_000) == 0
    session.order(Build(0, 4, 2))

    assert session.advance(1_000) == 1
    assert session.match.tower_count == 1
    assert session.advance(1_000_000) == 0


def test_a_frame_of_several_ticks_returns_the_events_of_each() -> None:
    session = Session(Recording(small_map(), seed=1))
    session.order(StartWave())

    session.advance(200_000)

    kinds = [occurrence.kind for occurrence in session.take_events()]
    assert kinds.count(event.WAVE_BEGAN) == 1
    assert event.SPAWNED in kinds
    assert session.take_events() == []


def test_a_creep_is_interpolated_between_its_last_two_positions_by_uid() -> None:
    recording = Recording(small_map(), seed=5)
    recording.step([Build(0, 2, 2), Build(0, 2, 4), StartWave()])
    interpolation = Interpolation()
    gone: set[int] = set()
    while recording.match.tick < 400:
        before = places(recording)
        interpolation.remember(recording.match)
        recording.step()
        after = places(recording)
        gone |= before.keys() - after.keys()
        for fraction in (0.0, 0.25, 1.0):
            drawn = dict(zip(after, interpolation.creeps(recording.match, fraction), strict=True))
            for uid in before.keys() & after.keys():
                (x, y), (to_x, to_y) = before[uid], after[uid]
                assert drawn[uid] == pytest.approx((x + (to_x - x) * fraction, y + (to_y - y) * fraction))
    # Removed creeps shift the table's rows, so only the uid identifies a creep.
    assert gone


def places(recording: Recording) -> dict[int, tuple[int, int]]:
    match, count = recording.match, recording.match.creep_count
    positions = zip(match.creeps[creep.X][:count], match.creeps[creep.Y][:count], strict=True)
    return dict(zip(match.creeps[creep.UID][:count], positions, strict=True))


def test_a_ballistic_shell_is_drawn_where_it_was_one_tick_ago() -> None:
    recording = Recording(small_map(), seed=5)
    recording.step([Build(4, 6, 2), StartWave()])
    seen = 0
    while seen < 20 and recording.match.tick < MAX_TICKS:
        match = recording.match
        before = (
            [(match.shells[n][0]) for n in (shell.X, shell.Y, shell.Z)] if match.shell_count == 1 else None
        )
        fired = match.shells[shell.TO_X][0], match.shells[shell.TO_Y][0]
        recording.step()
        same = match.shell_count == 1 and (match.shells[shell.TO_X][0], match.shells[shell.TO_Y][0]) == fired
        if before is not None and same:
            x, y, z = shell_position(match, 0, 0.0)
            assert abs(x - before[0]) <= 1
            assert abs(y - before[1]) <= 1
            assert abs(z - before[2]) <= 4
            assert shell_position(match, 0, 1.0) == (
                match.shells[shell.X][0],
                match.shells[shell.Y][0],
                match.shells[shell.Z][0],
            )
            seen += 1
    assert seen == 20


def test_the_same_commands_give_the_same_match() -> None:
    assert json.dumps(record().match.export()) == json.dumps(record().match.export())
