"""What an erasure and an import do to each other."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from keepwell.app.erasure.files import ErasedFiles
from keepwell.app.erasure.service import erase_account
from keepwell.identity import service as identity
from keepwell.importing.erasure.service import erased_accounts
from keepwell.platform.runtime import system_runtime
from keepwell.records.changes import ChangeContext
from keepwell.records.erasure.model import ErasureItem
from tests.integration.erasure.person import CUSTOMER
from tests.integration.erasure.world import World
from tests.integration.records import Client
from tests.integration.shops import Shop

pytestmark = pytest.mark.anyio


async def test_the_import_of_an_erased_person_is_no_longer_undone(world: World) -> None:
    first = (await world.shop.imports())[-1]
    before = await world.books()
    await world.erase()
    with pytest.raises(Exception, match="depends on plans 'Basic'"):
        await world.shop.undo(first.id)
    assert await world.books() == before


async def test_an_erasure_reaches_the_log_of_an_import_that_was_undone_and_repeated(
    shop: Shop, client: Client, conninfo: str
) -> None:
    """The repeated import gave the account and its records other ids."""
    world = World(shop, client, conninfo)
    await shop.import_export()
    await shop.undo((await shop.imports())[0].id)
    await shop.import_export()
    await world.add_people()
    found = (await client.get("/v1/accounts", params={"q": CUSTOMER})).json()["items"]
    world.account_id = found[0]["id"]
    await world.erase()
    assert world.left()[0] == {}


async def test_an_erasure_waits_for_an_import_that_has_begun(world: World) -> None:
    """Otherwise the import, which does not know yet whom to skip, would add the person once more."""

    async def erase() -> ErasureItem:
        async with world.shop.database.workspace(world.workspace.id) as connection:
            actor = await identity.operator(connection, world.workspace.id)
            context = ChangeContext(
                connection=connection, actor=actor, runtime=system_runtime(), bus=world.shop.work.bus
            )
            files = ErasedFiles(world.shop.settings, system_runtime())
            return await erase_account(context, UUID(world.account_id), version=None, files=files)

    async with world.shop.database.workspace(world.workspace.id) as connection:
        await erased_accounts(connection, workspace_id=world.workspace.id)
        erasing = asyncio.create_task(erase())
        done, _ = await asyncio.wait([erasing], timeout=0.3)
        assert not done
    assert (await erasing).files == "due"
