"""The scores in the timeline of an account."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client
from tests.integration.scores import pays, score
from tests.integration.test_permissions import token_of_role
from tests.integration.timelines import items

pytestmark = pytest.mark.anyio


async def test_each_scoring_has_its_probability_and_that_of_the_one_before(
    owned: tuple[Client, dict[str, Any]], database: Database, workspace: Workspace
) -> None:
    client, owner = owned
    await pays(client, owner, "10")
    for version, probability in enumerate((0.25, 0.5, 0.125), start=1):
        await score(
            database,
            workspace,
            owner,
            version=version,
            as_of=date(2026, 5, version),
            rank=1,
            probability=probability,
            kind="voluntary",
        )
    found = [item["score"] for item in await stored_before_now(client, owner, database, workspace)]
    assert [(each["version"], each["probability"], each["probability_before"]) for each in found] == [
        (3, 0.125, 0.5),
        (2, 0.5, 0.25),
        (1, 0.25, None),
    ]


async def stored_before_now(
    client: Client, owner: dict[str, Any], database: Database, workspace: Workspace
) -> list[dict[str, Any]]:
    """The scores, once the lists that the database has just made are dated before the time of the test."""
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "update churn_runs set scored_at = as_of::timestamp at time zone 'UTC' where workspace_id = %s",
            (workspace.id,),
        )
    return await items(client, owner, kinds="score")


async def test_a_day_with_several_lists_has_one_figure_that_of_the_accounts_page(
    owned: tuple[Client, dict[str, Any]], database: Database, workspace: Workspace
) -> None:
    client, account = owned
    await pays(client, account, "40.00")
    now = RUNTIME.clock.now()
    for version, probability, ago in ((1, 0.2, 9), (2, 0.3, 4), (3, 0.33, 4), (4, 0.36, 2)):
        await score(
            database,
            workspace,
            account,
            version=version,
            rank=1,
            probability=probability,
            kind="voluntary",
            is_held=True,
        )
        async with database.workspace(workspace.id) as connection:
            await connection.execute(
                "update churn_runs set scored_at = %s where number = %s",
                [(now - timedelta(days=ago)).replace(hour=version), version],
            )
            # By less than what is news.
            await connection.execute(
                "update churn_run_scores set is_moment = false where run_number = %s and run_number > 2",
                [version],
            )
        page = await client.get(f"/v1/accounts/{account['id']}")
        if version == 3:
            assert page.json()["risk"]["probability"] == 0.33
    found = (await client.get(f"/v1/accounts/{account['id']}/timeline?kinds=score")).json()["items"]
    shown = [(each["score"]["probability"], each["score"]["probability_before"]) for each in found]
    assert shown == [(0.33, 0.2), (0.2, None)]


@pytest.mark.parametrize("held_in", [{3}, {1, 3}, {1}])
async def test_an_agent_sees_no_score_of_an_account_that_is_left_alone(
    owned: tuple[Client, dict[str, Any]], database: Database, workspace: Workspace, held_in: set[int]
) -> None:
    client, owner = owned
    await pays(client, owner, "10")
    for version in (1, 2, 3):
        await score(
            database,
            workspace,
            owner,
            version=version,
            as_of=date(2026, 5, version),
            rank=1,
            probability=version / 10,
            kind="voluntary",
            is_held=version in held_in,
        )
    assert len(await stored_before_now(client, owner, database, workspace)) == 3
    client.headers["Authorization"] = f"Bearer {await token_of_role(database, workspace, Role.AGENT)}"
    found = [item["score"] for item in await items(client, owner, kinds="score")]
    seen = [(each["version"], each["probability_before"]) for each in found]
    assert seen == ([] if 3 in held_in else [(3, 0.2), (2, None)])
    risk = (await client.get(f"/v1/accounts/{owner['id']}")).json()["risk"]
    assert (risk is None) == (3 in held_in)
