"""Group commit: calls that wait together become durable together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from keepwell.intake.events.calls import Call
from keepwell.intake.events.group_commit import GroupCommitter, GroupCommitters
from keepwell.intake.events.inlet import open_inlet
from keepwell.intake.model import ACCEPTED, HTTP_JOURNAL, Refusal
from keepwell.intake.service import EventJournal, read_dead_letters
from keepwell.intake.store import State
from keepwell.platform.config import Settings
from keepwell.platform.errors import RateLimited, Unavailable
from tests.unit.intake.sample_events import CLOCK, accepted_ids, event

pytestmark = pytest.mark.anyio


@pytest.fixture
async def committer(tmp_path: Path) -> AsyncIterator[GroupCommitter]:
    committer = GroupCommitter(tmp_path, clock=CLOCK)
    yield committer
    await committer.close()


def call(number: int, *, pad: int = 0) -> Call:
    properties = {"pad": "x" * pad}
    return Call(msgspec.json.encode(msgspec.structs.replace(event(number), properties=properties)))


async def test_waiting_calls_share_a_commit(committer: GroupCommitter, tmp_path: Path) -> None:
    await asyncio.gather(*(committer.accept([call(number)]) for number in range(500)))
    with closing(State(tmp_path)) as state:
        (segment,) = state.segments(ACCEPTED)
    assert segment.rows == 500
    assert len(segment.blocks) < 10


async def test_overload_is_rate_limited_and_answered_calls_are_stored(
    committer: GroupCommitter, tmp_path: Path
) -> None:
    sent = [committer.accept([call(number, pad=30_000)]) for number in range(600)]
    answers = await asyncio.gather(*sent, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, RateLimited)]
    assert 0 < len(refused) < 600
    assert refused[0].retry_after == timedelta(seconds=1)
    assert len(list(accepted_ids(tmp_path))) == 600 - len(refused)


async def test_cancelled_sender_does_not_affect_others(committer: GroupCommitter, tmp_path: Path) -> None:
    gone = asyncio.create_task(committer.accept([call(1)]))
    stays = asyncio.create_task(committer.accept([call(2)]))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert set(accepted_ids(tmp_path)) == {"E-1", "E-2"}


async def test_a_folder_that_another_process_keeps_is_refused_until_it_is_free(tmp_path: Path) -> None:
    committer = GroupCommitter(tmp_path, clock=CLOCK, patience=0.1)
    with EventJournal.open(tmp_path, clock=CLOCK), pytest.raises(Unavailable):
        await committer.accept([call(1)])
    await committer.accept([call(1)])
    await committer.close()
    assert list(accepted_ids(tmp_path)) == ["E-1"]


async def test_a_busy_server_gives_way_to_another_and_each_recognises_the_others_events(
    tmp_path: Path,
) -> None:
    busy, other = (GroupCommitter(tmp_path, clock=CLOCK, patience=2.0) for _ in range(2))
    sent = asyncio.create_task(_send(other, 20))
    number = 0
    async with asyncio.timeout(30):
        while not sent.done():
            await busy.accept([call(number)])
            number += 1
        await sent
        await asyncio.gather(busy.close(), other.close())
    assert sorted(accepted_ids(tmp_path)) == sorted(f"E-{each}" for each in range(max(number, 20)))


async def _send(server: GroupCommitter, count: int) -> None:
    for number in range(count):
        await server.accept([call(number)])


async def test_an_idle_server_closes_the_folder(committer: GroupCommitter, tmp_path: Path) -> None:
    await committer.accept([call(1)])
    await asyncio.to_thread(_open_and_close, tmp_path)
    await committer.accept([call(2)])
    assert list(accepted_ids(tmp_path)) == ["E-1", "E-2"]


def _open_and_close(root: Path) -> None:
    with open_inlet(root, clock=CLOCK):
        pass


async def test_refused_calls_become_dead_letters(committer: GroupCommitter, tmp_path: Path) -> None:
    await committer.accept([call(1), Call(b'{"much": "text"}', Refusal("too-long", "Too long."))])
    (letter,) = read_dead_letters(tmp_path)
    assert (letter.code, letter.row) == ("too-long", '{"much": "text"}')


async def test_closing_seals_the_rows(tmp_path: Path) -> None:
    committer = GroupCommitter(tmp_path, clock=CLOCK)
    await committer.accept([call(1)])
    await committer.close()
    assert (tmp_path / "ok-000000.jsonl").exists()


async def test_unexpected_error_reaches_the_senders_and_later_calls_are_accepted(
    committer: GroupCommitter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(EventJournal, "append", fail)
        with pytest.raises(ZeroDivisionError):
            await committer.accept([call(1)])
    await committer.accept([call(1)])
    assert list(accepted_ids(tmp_path)) == ["E-1"]


async def test_a_start_announces_every_workspace_since_each_may_have_a_lake_of_an_older_shape(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path)
    announced: list[UUID] = []

    async def announce(workspace_id: UUID) -> None:
        announced.append(workspace_id)

    for name in (str(UUID(int=1)), str(UUID(int=2)), "a copy"):
        (settings.intakes / name).mkdir(parents=True)
    committers = GroupCommitters(settings, clock=CLOCK, announce=announce)
    committers.resume()
    await asyncio.sleep(0)
    await committers.close()
    assert sorted(announced) == [UUID(int=1), UUID(int=2)]


async def test_after_the_end_of_a_server_the_next_call_opens_its_folder_again(tmp_path: Path) -> None:
    async def announce(_: UUID) -> None:
        pass

    workspace_id, settings = UUID(int=1), Settings(home=tmp_path)
    committers = GroupCommitters(settings, clock=CLOCK, announce=announce)
    for number in (1, 2):
        await committers.accept(workspace_id, [call(number)])
        await committers.close()
    assert set(accepted_ids(settings.intake(workspace_id) / HTTP_JOURNAL)) == {"E-1", "E-2"}
