"""The files of an erasure are erased later, by the worker, and stay due until they are."""

from __future__ import annotations

import pytest

from keepwell.app.erasure.files import ErasedFiles
from keepwell.intake.model import HTTP_JOURNAL
from keepwell.intake.service import EventJournal
from keepwell.platform.errors import Conflict
from keepwell.platform.runtime import system_runtime
from tests.clocks import FixedClock
from tests.integration.erasure.person import NOW
from tests.integration.erasure.world import World

pytestmark = pytest.mark.anyio


async def test_files_that_another_process_writes_stay_due_with_the_reason(world: World) -> None:
    await world.erase()
    root = world.shop.settings.intake(world.workspace.id) / HTTP_JOURNAL
    files = ErasedFiles(world.shop.settings, system_runtime(), patience=0.1)
    with EventJournal.open(root, clock=FixedClock(NOW)), pytest.raises(Conflict):
        await files.erase_due(world.shop.database, world.workspace.id)
    path = f"/v1/accounts/{world.account_id}/erasure"
    waiting = (await world.client.get(path)).json()
    assert (waiting["files"], "Another process" in waiting["last_error"]) == ("due", True)
    await world.erase_files()
    assert (await world.client.get(path)).json()["files"] == "done"


async def test_files_of_an_erasure_before_the_secret_was_replaced_are_listed_as_failing_until_it_is_back(
    world: World,
) -> None:
    await world.erase()
    secret = world.shop.settings.secret_file
    own = secret.read_bytes()
    secret.write_bytes(bytes(len(own)))
    await world.erase_files()
    (failing,) = (await world.client.get("/v1/work?status=failing&kind=erasure.files")).json()["items"]
    assert (failing["id"], failing["attempts"]) == (world.account_id, 1)
    assert "encrypted with another secret.key. Put back" in failing["last_error"]
    secret.write_bytes(own)
    await ErasedFiles(world.shop.settings, system_runtime()).erase_due(
        world.shop.database, world.workspace.id
    )
    answer = await world.client.get(f"/v1/accounts/{world.account_id}/erasure")
    assert answer.json()["files"] == "done"
