"""The loaded models: replaced while they answer, loaded once, and never by one that is damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from keepwell.churn.inference.model import NoServedModel
from keepwell.churn.inference.registry import LOOKED_FOR_AFTER, WAITED_FOR_AFTER, Models
from keepwell.churn.inference.scorer import Scorer
from keepwell.churn.stored_json import ModelDamaged
from keepwell.platform.errors import Unavailable
from tests.unit.churn.inference.models import scorer_of
from tests.unit.churn.test_fitted_model import MODEL

pytestmark = pytest.mark.anyio

OURS, THEIRS = uuid4(), uuid4()


class Kept:
    """Versions by workspace, of which some are damaged; counts what is asked of it."""

    def __init__(self, **_: object) -> None:
        self.versions: dict[UUID, list[int]] = {OURS: [1]}
        self.damaged: set[int] = set()
        self.loads: list[tuple[UUID, int]] = []
        self.looks = 0
        self.is_down = False
        self.may_load = asyncio.Event()
        self.may_load.set()

    async def served(self, workspace_id: UUID) -> Sequence[int]:
        self.looks += 1
        if self.is_down:
            raise Unavailable("The database does not answer.")
        return sorted(self.versions.get(workspace_id, ()), reverse=True)

    async def load(self, workspace_id: UUID, version: int) -> Scorer:
        self.loads.append((workspace_id, version))
        await self.may_load.wait()
        if version in self.damaged:
            raise ModelDamaged("a bit has flipped.")
        if version not in self.versions.get(workspace_id, ()):
            raise NoServedModel("There is none.")
        return scorer_of(MODEL, version=version)


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def source() -> Kept:
    return Kept()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def models(source: Kept, time: Time) -> Models:
    return Models(source, clock=time)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_present_version_answers_while_a_newer_one_is_loaded_and_then_the_newer_one_does(
    models: Models, source: Kept, time: Time
) -> None:
    assert (await models.served(OURS)).version == 1
    source.versions[OURS].append(2)
    time.now += LOOKED_FOR_AFTER
    source.may_load.clear()
    for _ in range(10):
        assert (await models.served(OURS)).version == 1
        await settled()
    source.may_load.set()
    await settled()
    assert (await models.served(OURS)).version == 2
    assert source.loads == [(OURS, 1), (OURS, 2)]


async def test_after_a_quiet_time_nobody_is_answered_by_a_version_that_was_replaced(
    models: Models, source: Kept, time: Time
) -> None:
    await models.served(OURS)
    source.versions[OURS].append(2)
    time.now += WAITED_FOR_AFTER
    assert (await models.served(OURS)).version == 2


async def test_a_version_is_looked_for_and_loaded_once_however_many_wait_for_it(
    models: Models, source: Kept
) -> None:
    found = await asyncio.gather(
        *(models.served(OURS) for _ in range(20)), *(models.version(OURS, 1) for _ in range(20))
    )
    assert len(set(map(id, found))) == 1
    assert source.looks == 1
    assert source.loads == [(OURS, 1)]


async def test_one_of_those_who_wait_may_leave(models: Models, source: Kept) -> None:
    source.may_load.clear()
    leaves, stays = (asyncio.ensure_future(models.served(OURS)) for _ in range(2))
    await settled()
    leaves.cancel()
    source.may_load.set()
    assert (await stays).version == 1


async def test_a_damaged_newest_version_is_passed_over_and_tried_no_more_for_a_while(
    models: Models, source: Kept, time: Time
) -> None:
    source.versions[OURS].append(2)
    source.damaged.add(2)
    assert (await models.served(OURS)).version == 1
    with pytest.raises(ModelDamaged):
        await models.version(OURS, 2)
    assert source.loads == [(OURS, 2), (OURS, 1)]
    source.damaged.clear()
    time.now += 60
    assert (await models.served(OURS)).version == 2


async def test_a_workspace_sees_no_version_of_another(models: Models, source: Kept) -> None:
    source.versions[THEIRS] = [7]
    assert (await models.version(THEIRS, 7)).version == 7
    with pytest.raises(NoServedModel):
        await models.version(OURS, 7)
    assert (await models.served(OURS)).version == 1
    with pytest.raises(NoServedModel):
        await models.served(uuid4())


async def test_a_database_that_is_down_for_a_moment_does_not_end_answers(
    models: Models, source: Kept, time: Time
) -> None:
    await models.served(OURS)
    source.is_down = True
    time.now += LOOKED_FOR_AFTER
    assert (await models.served(OURS)).version == 1
    await settled()
    assert (await models.served(OURS)).version == 1
    time.now += WAITED_FOR_AFTER
    with pytest.raises(Unavailable):
        await models.served(OURS)


async def test_older_versions_are_forgotten_and_loaded_again_when_they_are_asked_for(
    models: Models, source: Kept
) -> None:
    source.versions[OURS] = list(range(1, 41))
    for version in source.versions[OURS]:
        await models.version(OURS, version)
    assert (await models.version(OURS, 40)).version == 40
    assert (await models.version(OURS, 1)).version == 1
    assert source.loads.count((OURS, 1)) == 2
    assert source.loads.count((OURS, 40)) == 1
