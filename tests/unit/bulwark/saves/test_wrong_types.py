"""Files whose checksum is right and whose content is not: a sentence, never a traceback."""

from __future__ import annotations

import copy
import hashlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bulwark.browser import snapshot
from bulwark.errors import SaveError
from bulwark.saves import matches, replays
from bulwark.saves.envelope import seal, unseal
from bulwark.saves.replays import Playback, Recording
from bulwark.sim.commands import AutoStart, StartWave
from bulwark.sim.layout import score
from bulwark.sim.match import CORE_VERSION, Match
from bulwark.steps import resumed
from tests import thorough
from tests.unit.bulwark.fields import TOWERS, field, run

FIELD = field()
WRONG: tuple[Any, ...] = (
    None, True, -1, 7, 2**31, 2**70, 1.5, float("nan"), "two", "1", "", [], [[]], [None], ["1"], [1.5], [2**70], {}, {"a": 1},
)  # fmt: skip


def recorded(ticks: int) -> Recording:
    recording = Recording(FIELD, seed=11)
    recording.step([*TOWERS, AutoStart(1), StartWave()])
    for _ in range(ticks):
        recording.step()
    return recording


def saved(recording: Recording) -> bytes:
    return matches.to_bytes(recording.match, record=recording.record)


SAVED = saved(recorded(420))
REPLAY = replays.to_bytes(recorded(320).replay())


def document_of(data: bytes, kind: str) -> dict[str, Any]:
    _, document = unseal(data, kind=kind, newest=9)
    return document


def variants(document: Any) -> Iterator[tuple[str, Any]]:
    """The document with each member of each mapping and the first two of each list replaced by each wrong value."""
    members = document if isinstance(document, dict) else range(min(len(document), 2))
    for member in members:
        for wrong in WRONG:
            changed = copy.copy(document)
            changed[member] = wrong
            yield f"{member}={wrong!r:.20}", changed
        if isinstance(document[member], dict | list):
            for name, inner in variants(document[member]):
                changed = copy.copy(document)
                changed[member] = inner
                yield f"{member}.{name}", changed
    if isinstance(document, dict):
        for member in document:
            yield f"-{member}", {name: value for name, value in document.items() if name != member}
        yield "+surplus", document | {"surplus": 1}


def numbers_of_the_score() -> Iterator[tuple[str, Any]]:
    document = document_of(SAVED, matches.KIND)
    for at, name in enumerate(score.NAMES):
        for wrong in WRONG:
            numbers = list(document["state"]["score"])
            numbers[at] = wrong
            yield f"score.{name}={wrong!r:.20}", document | {"state": document["state"] | {"score": numbers}}


def opened_save(document: dict[str, Any]) -> None:
    """Load it, play on, and show it."""
    steps = resumed(matches.read(seal(document, kind=matches.KIND, version=matches.VERSION), [FIELD]))
    match = run(steps.match, 3)
    if isinstance(steps, Recording):
        replays.to_bytes(steps.replay())
    snapshot.encode(match, [[]] * 5, walls=0)
    Match.restore(FIELD, match.export())


def opened_replay(document: dict[str, Any]) -> None:
    """Load it, and play it."""
    replay = replays.from_bytes(seal(document, kind=replays.KIND, version=replays.VERSION))
    playback = Playback(replay, [FIELD])
    for _ in range(min(replay.ticks, 330)):
        playback.step()


def refusal_of(
    opened: Callable[[dict[str, Any]], None], document: dict[str, Any], *, name: str
) -> SaveError | None:
    """Why the document cannot be opened: a sentence of some length, with a hint. Any other error fails the test."""
    said = None
    try:
        opened(document)
    except SaveError as error:
        said = error
    except Exception as error:  # whatever it is, a player would see a traceback
        raise AssertionError(name) from error
    assert said is None or (said.hint and len(str(said)) < 300), name
    return said


def test_a_save_with_a_wrong_value_anywhere_is_refused_in_a_sentence_or_can_be_played() -> None:
    document = document_of(SAVED, matches.KIND)
    changed = thorough.sample([*variants(document), *numbers_of_the_score()], 400, seed="saves")
    refused = [said for name, each in changed if (said := refusal_of(opened_save, each, name=name))]
    assert len(refused) > len(changed) // 2


def test_a_replay_with_a_wrong_value_anywhere_is_refused_in_a_sentence_or_can_be_played() -> None:
    document = document_of(REPLAY, replays.KIND)
    refused = [
        said for name, each in variants(document) if (said := refusal_of(opened_replay, each, name=name))
    ]
    assert len(refused) > 300


def sealed(head: str, body: bytes) -> bytes:
    """An envelope around the body whose checksum is right."""
    line = f"bulwark-{head}"
    checksum = hashlib.sha256(line.encode() + b"\n" + body).hexdigest()
    return f"{line} {checksum}\n".encode() + body


@pytest.mark.parametrize("word", ["0", "two", "-1", "1.0", "01x", "", "²", "9" * 5000])
@pytest.mark.parametrize("kind", ["save", "replay"])
def test_a_version_that_is_not_a_number_is_refused(kind: str, word: str) -> None:
    body = (SAVED if kind == "save" else REPLAY).partition(b"\n")[2]
    with pytest.raises(SaveError):
        unseal(sealed(f"{kind} {word}", body), kind=kind, newest=3)


@pytest.mark.parametrize("core", [CORE_VERSION + 1, 0, None, "2", True])
def test_a_save_of_an_unknown_core_is_refused(core: object) -> None:
    document = document_of(SAVED, matches.KIND) | {"core": core}
    with pytest.raises(SaveError, match="core"):
        opened_save(document)


def test_a_document_that_is_nested_too_deeply_is_refused() -> None:
    body = zlib.compress(b'{"state":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    with pytest.raises(SaveError, match="cannot be read"):
        unseal(sealed("save 3", body), kind="save", newest=3)
