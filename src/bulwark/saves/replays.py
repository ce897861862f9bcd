"""Replays: the commands of a match, and a checkpoint of its state every ten seconds.

A replay is short because the core is deterministic, and playing one verifies that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bulwark.errors import ReplayDiverged, SaveError
from bulwark.saves.envelope import seal, unseal
from bulwark.saves.matches import find_map
from bulwark.saves.record import (
    BEGINNING,
    TICKS,
    Record,
    listed,
    number,
    read_commands,
    write_commands,
    wrong,
)
from bulwark.sim.commands import Command, Refusal
from bulwark.sim.engine import INTERPRETED, Engine
from bulwark.sim.maps import Map
from bulwark.sim.match import CORE_VERSION, Match

KIND = "replay"
VERSION = 1
TICKS_BETWEEN = 300
_DAMAGED = "The replay is damaged."
_BOUNDS: Mapping[str, tuple[int, int]] = {"core": (1, 1 << 30), **BEGINNING, "ticks": TICKS}


class Checkpoint(NamedTuple):
    """The state after a tick."""

    tick: int
    state_hash: str
    columns: Mapping[str, str]


class Replay(NamedTuple):
    """A recorded match."""

    core: int
    map: str
    digest: str
    seed: int
    difficulty: int
    hp_percent: int
    ticks: int
    commands: Sequence[tuple[int, Command]]
    checkpoints: Sequence[Checkpoint]


class Recording:
    """A match that is recorded while it is played."""

    def __init__(
        self,
        game_map: Map,
        *,
        seed: int,
        difficulty: int = 1,
        hp_percent: int = 100,
        engine: Engine = INTERPRETED,
    ) -> None:
        self.match = Match.begin(
            game_map, seed=seed, difficulty=difficulty, hp_percent=hp_percent, engine=engine
        )
        self._commands: list[tuple[int, Command]] = []
        self._record = Record(seed, difficulty, hp_percent, self._commands)
        self._checkpoints: list[Checkpoint] = []

    @property
    def record(self) -> Record:
        """What the match began with, and its commands so far."""
        return self._record

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:
        """Play one tick, like Match.step."""
        self._commands.extend((self.match.tick, command) for command in commands)
        refusals = self.match.step(commands)
        if self.match.tick % TICKS_BETWEEN == 0:
            self._checkpoints.append(_checkpoint(self.match))
        return refusals

    def replay(self) -> Replay:
        """The match so far, with its current state as the last checkpoint."""
        return Replay(
            core=CORE_VERSION,
            map=self.match.game_map.id,
            digest=self.match.game_map.digest,
            **self._record._replace(commands=list(self._commands))._asdict(),
            ticks=self.match.tick,
            checkpoints=[*self._checkpoints, _checkpoint(self.match)],
        )


class ResumedRecording(Recording):
    """Goes on recording a match that was saved with its record."""

    def __init__(self, match: Match, record: Record) -> None:
        self.match = match
        self._commands = list(record.commands)
        self._record = record._replace(commands=self._commands)
        self._checkpoints = [_checkpoint(match)]


class Playback:
    """Steps through a replay: executes its commands tick by tick, and compares each checkpoint.

    Raises SaveError if this core cannot play it, or its map is not among `maps`.
    """

    def __init__(self, replay: Replay, maps: Iterable[Map], *, engine: Engine = INTERPRETED) -> None:
        if replay.core != CORE_VERSION:
            hint = "Play it with the release that recorded it."
            raise SaveError(f"The replay is of core {replay.core}, this is {CORE_VERSION}.", hint=hint)
        self.replay = replay
        self.match = Match.begin(
            find_map(replay._asdict(), maps),
            seed=replay.seed,
            difficulty=replay.difficulty,
            hp_percent=replay.hp_percent,
            engine=engine,
        )
        self._commands: dict[int, list[Command]] = {}
        for tick, command in replay.commands:
            self._commands.setdefault(tick, []).append(command)
        self._expected = {checkpoint.tick: checkpoint for checkpoint in replay.checkpoints}

    @property
    def record(self) -> None:
        """Nothing is recorded: the replay is there."""

    @property
    def ended(self) -> bool:
        """Whether all of it was played."""
        return self.match.tick >= self.replay.ticks

    def step(self, commands: Sequence[Command] = ()) -> list[Refusal]:  # noqa: ARG002  a replay accepts no commands
        """Play one recorded tick; none after the end.

        Raises ReplayDiverged naming the tick and the first column that differs.
        """
        if self.ended:
            return []
        before = self.match.tick
        refusals = self.match.step(self._commands.get(before, ()))
        if self.match.tick == before:
            raise ReplayDiverged("The match ended early.", tick=before, column="score.outcome")
        if self.match.tick in self._expected:
            _compare(self.match, self._expected[self.match.tick])
        return refusals


def play(replay: Replay, maps: Iterable[Map], *, engine: Engine = INTERPRETED) -> Match:
    """Play a replay to its end.

    Raises ReplayDiverged with the tick of the first differing checkpoint, and the column that differs.
    """
    playback = Playback(replay, maps, engine=engine)
    while not playback.ended:
        playback.step()
    return playback.match


def to_bytes(replay: Replay) -> bytes:
    """The replay as a file's content."""
    document: dict[str, Any] = replay._asdict()
    document["commands"] = write_commands(replay.commands)
    document["checkpoints"] = [list(checkpoint) for checkpoint in replay.checkpoints]
    return seal(document, kind=KIND, version=VERSION)


def from_bytes(data: bytes) -> Replay:
    """The replay in a file's content. Raises SaveError if it is damaged or newer."""
    _, document = unseal(data, kind=KIND, newest=VERSION)
    if document.keys() != set(Replay._fields):
        wrong = ", ".join(sorted(document.keys() ^ set(Replay._fields)))
        raise SaveError(f"The replay has missing or unknown fields: {wrong:.80}.", hint=_DAMAGED)
    return Replay(
        **{name: number(document[name], name, bounds=bounds) for name, bounds in _BOUNDS.items()},
        map=_text(document["map"], "map"),
        digest=_text(document["digest"], "digest"),
        commands=read_commands(document["commands"]),
        checkpoints=[_checkpoint_of(values) for values in listed(document["checkpoints"], "checkpoints")],
    )


def _checkpoint_of(values: object) -> Checkpoint:
    match values:
        case [int(tick), str(state_hash), dict(columns)] if all(
            type(each) is str for each in columns.values()
        ):
            return Checkpoint(number(tick, "checkpoints[].tick", bounds=TICKS), state_hash, columns)
    raise wrong("checkpoints[]", "a tick, a hash and the hashes of columns")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise wrong(name, "a text")
    return value


def _checkpoint(match: Match) -> Checkpoint:
    return Checkpoint(match.tick, match.state_hash(), dict(match.column_hashes()))


def _compare(match: Match, expected: Checkpoint) -> None:
    if match.state_hash() == expected.state_hash:
        return
    hashes = match.column_hashes()
    column = next((name for name in expected.columns if hashes.get(name) != expected.columns[name]), "")
    differs = f"`{column}` differs" if column else "its hash differs"
    raise ReplayDiverged(
        f"The match diverged by tick {match.tick}: {differs}.",
        tick=match.tick,
        column=column,
    )
