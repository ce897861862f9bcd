"""Signals: added once, and read as they were known at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from keepwell.platform.errors import Conflict, DataValidationError, InfrastructureError
from keepwell.platform.ids import Uuid7
from keepwell.platform.runtime import Runtime
from keepwell.records.account_signals import service
from keepwell.records.account_signals.model import NewSignal
from tests.clocks import FixedClock
from tests.integration.records import Client, account

pytestmark = pytest.mark.anyio


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


class Observer:
    """Adds signals of the status of an account's website, each on the day on which it becomes known."""

    def __init__(self, database: Database, workspace: Workspace, *, account_id: UUID) -> None:
        self.account_id = account_id
        self._database = database
        self._id = workspace.id

    async def learn(self, value: Any, *, observed: int, known: int, account_id: UUID | None = None) -> None:
        clock = FixedClock(day(known))
        signal = NewSignal(
            account_id=account_id or self.account_id,
            kind="website.status",
            value=value,
            observed_at=day(observed),
        )
        async with self._database.workspace(self._id) as connection:
            await service.add(
                connection, [signal], workspace_id=self._id, runtime=Runtime(clock, Uuid7(clock))
            )

    async def known(self, on: int) -> list[Any]:
        async with self._database.workspace(self._id) as connection:
            found = await service.as_known(connection, workspace_id=self._id, known_at=day(on))
        return [each.value for each in found]


@pytest.fixture
async def observer(client: Client, database: Database, workspace: Workspace) -> Observer:
    return Observer(database, workspace, account_id=UUID((await account(client))["id"]))


async def test_only_what_was_known_by_a_day_is_read(observer: Observer) -> None:
    await observer.learn(200, observed=1, known=1)
    await observer.learn(404, observed=5, known=9)
    assert [await observer.known(number) for number in (8, 9)] == [[200], [404]]


async def test_what_is_learnt_late_about_an_earlier_day_is_not_the_newest(observer: Observer) -> None:
    await observer.learn(404, observed=5, known=5)
    await observer.learn(200, observed=2, known=8)
    assert await observer.known(9) == [404]


async def test_a_correction_counts_from_the_day_on_which_it_is_known(observer: Observer) -> None:
    await observer.learn({"status": 404}, observed=5, known=5)
    await observer.learn({"status": 200}, observed=5, known=7)
    assert [await observer.known(number) for number in (6, 7)] == [[{"status": 404}], [{"status": 200}]]


async def test_the_same_signal_twice_is_one(observer: Observer) -> None:
    for _ in range(2):
        await observer.learn(None, observed=1, known=1)
    assert await observer.known(1) == [None]


async def test_an_observation_in_the_future_is_refused(observer: Observer) -> None:
    with pytest.raises(DataValidationError, match="observed_at: 2026-03-06 00:00 is in the future"):
        await observer.learn(200, observed=6, known=5)


async def test_a_signal_of_an_unknown_account_is_refused(observer: Observer) -> None:
    with pytest.raises(Conflict):
        await observer.learn(200, observed=1, known=1, account_id=UUID(int=1))


async def test_a_stored_signal_cannot_be_changed(
    observer: Observer, database: Database, workspace: Workspace
) -> None:
    await observer.learn(200, observed=1, known=1)
    with pytest.raises(InfrastructureError) as refused:
        async with database.workspace(workspace.id) as connection:
            await connection.execute("update account_signals set value = '404'")
    assert "permission denied" in refused.value.for_operator


async def test_the_api_shows_the_signals_of_an_account(client: Client, observer: Observer) -> None:
    await observer.learn(200, observed=1, known=1)
    await observer.learn(404, observed=5, known=5)
    path = f"/v1/accounts/{observer.account_id}/signals"
    [now] = (await client.get(path)).json()["items"]
    [then] = (await client.get(path, params={"known_at": "2026-03-02T00:00:00Z"})).json()["items"]
    assert (now["value"], then["value"]) == (404, 200)
