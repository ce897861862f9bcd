"""Replays: short, and a test of the core wherever they are played."""

from __future__ import annotations

import pytest

from bulwark.compiled import compiled
from bulwark.errors import ReplayDiverged, SaveError
from bulwark.saves import replays
from bulwark.saves.envelope import seal
from bulwark.saves.replays import Recording
from bulwark.sim.commands import AutoStart, Command, Sell, SetConstant, StartWave, Target, Upgrade
from bulwark.sim.layout import physics, score
from tests.unit.bulwark.fields import TOWERS, field

FIELD = field(gold=900)


def recorded() -> Recording:
    """A whole match with every kind of command."""
    recording = Recording(FIELD, seed=11)
    recording.step([*TOWERS, AutoStart(1), StartWave()])
    while recording.match.outcome == score.PLAYING:
        commands: dict[int, list[Command]] = {
            200: [Upgrade(1), Target(1, 2)],
            500: [Sell(8), SetConstant(physics.DRAG, 7)],
            640: [StartWave()],
        }
        recording.step(commands.get(recording.match.tick, []))
    return recording


RECORDING = recorded()


def test_a_replay_ends_in_the_same_state() -> None:
    match = replays.play(replays.from_bytes(replays.to_bytes(RECORDING.replay())), [FIELD])
    assert match.state_hash() == RECORDING.match.state_hash()


def test_a_replay_carries_changed_constants_and_the_mark() -> None:
    match = replays.play(replays.from_bytes(replays.to_bytes(RECORDING.replay())), [FIELD])
    assert match.world.physics[physics.DRAG] == 7
    assert match.tweaked


# Only benchmarks and recordings use the compiled kernels, and compiling them takes half a minute.
@pytest.mark.thorough
def test_a_replay_also_plays_on_the_compiled_kernels() -> None:
    match = replays.play(RECORDING.replay(), [FIELD], engine=compiled())
    assert match.state_hash() == RECORDING.match.state_hash()


def test_a_replay_has_a_checkpoint_every_300_ticks() -> None:
    ticks = [checkpoint.tick for checkpoint in RECORDING.replay().checkpoints]
    assert ticks == [*range(300, RECORDING.match.tick, 300), RECORDING.match.tick]


def test_a_different_seed_diverges_with_tick_and_column() -> None:
    with pytest.raises(ReplayDiverged) as diverged:
        replays.play(RECORDING.replay()._replace(seed=12), [FIELD])
    assert (diverged.value.tick, diverged.value.column) == (300, "score.seed")


def test_a_missing_command_diverges_at_the_next_checkpoint() -> None:
    whole = RECORDING.replay()
    fewer = whole._replace(commands=[each for each in whole.commands if not isinstance(each[1], Sell)])
    with pytest.raises(ReplayDiverged) as diverged:
        replays.play(fewer, [FIELD])
    assert diverged.value.tick == 600
    assert diverged.value.column.startswith(("score.", "towers.", "creeps."))


def test_a_replay_longer_than_its_match_diverges() -> None:
    whole = RECORDING.replay()
    with pytest.raises(ReplayDiverged, match="ended early"):
        replays.play(whole._replace(ticks=whole.ticks + 1), [FIELD])


def test_a_replay_of_another_core_is_rejected() -> None:
    with pytest.raises(SaveError, match="core 0"):
        replays.play(RECORDING.replay()._replace(core=0), [FIELD])


@pytest.mark.parametrize("numbers", [[3, 99], [3], [3, 0, 1, 2], [3, 0, "a", 1, 1], ["x", 0, 1, 1, 1]])
def test_an_invalid_command_is_rejected(numbers: list[object]) -> None:
    document = RECORDING.replay()._asdict() | {"commands": [numbers], "checkpoints": []}
    data = seal(document, kind=replays.KIND, version=replays.VERSION)
    with pytest.raises(SaveError):
        replays.from_bytes(data)


def test_a_flood_of_commands_in_one_tick_is_refused() -> None:
    flood = RECORDING.replay()._replace(commands=[(0, StartWave())] * 1_001)
    with pytest.raises(SaveError, match="1,001 commands in one tick"):
        replays.from_bytes(replays.to_bytes(flood))


def test_a_hash_that_differs_without_a_column_is_said_so() -> None:
    only = replays.Checkpoint(5, "0" * 16, {})
    with pytest.raises(ReplayDiverged, match="by tick 5: its hash differs"):
        replays.play(RECORDING.replay()._replace(checkpoints=[only]), [FIELD])
