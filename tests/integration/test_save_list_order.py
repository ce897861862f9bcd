"""The order of the save list, against Python's sort of a few hundred made accounts that tie in every key but the last."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
import pytest

from keepwell.churn import service as churn
from keepwell.churn.label import Label
from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.integration.records import Client
from tests.integration.scores import BY_SUBSCRIPTION

pytestmark = pytest.mark.anyio

BY_CHANCE = Label(name="inactivity", money="none", active_within_days=180)
KINDS = ("voluntary", "involuntary")
# Twice the amount at half the probability is the same risk; the two that follow 0.1 are the same to numeric's 15 digits.
AMOUNTS = (0, 120, 240, 480)
PROBABILITIES = (0.1, 0.10000000000000002, 0.10000000000000003, 0.2, 0.25, 0.5)


class Made(NamedTuple):
    """An account as it was scored; `annual_amount` is what it pays today."""

    id: UUID
    external_id: str
    annual_amount: int
    probability: float
    kind: str
    is_held: bool

    def place(self, label: Label) -> tuple[Decimal, int, float, str]:
        """What the list is sorted by."""
        amount = self.annual_amount if label.has_money else 0
        return -Decimal(f"{self.probability:.15g}") * amount, -amount, -self.probability, self.external_id


def ranked(made: Sequence[Made], label: Label) -> list[Made]:
    """The accounts that are on the list, by rank."""
    pays = label is BY_SUBSCRIPTION
    listed = [each for each in made if not each.is_held and (each.annual_amount > 0 or not pays)]
    return sorted(listed, key=lambda each: each.place(label))


def ranks(made: Sequence[Made], label: Label, *, kind: str | None) -> list[tuple[int, str]]:
    numbered = enumerate(ranked(made, label), start=1)
    return [(rank, str(each.id)) for rank, each in numbered if kind in (None, each.kind)]


@pytest.fixture(params=[BY_SUBSCRIPTION, BY_CHANCE], ids=["subscriptions", "chance"])
def label(request: pytest.FixtureRequest) -> Label:
    chosen: Label = request.param
    return chosen


@pytest.fixture
async def made(database: Database, workspace: Workspace, label: Label) -> list[Made]:
    drawn = random.Random(7)
    accounts = [
        Made(
            id=uuid4(),
            external_id=f"A-{number}",
            annual_amount=drawn.choice(AMOUNTS),
            probability=drawn.choice(PROBABILITIES),
            kind=drawn.choice(KINDS),
            is_held=drawn.random() < 0.1,
        )
        for number in range(300)
    ]
    await store_scored(database, workspace, accounts, label)
    return accounts


async def store_scored(
    database: Database, workspace: Workspace, accounts: Sequence[Made], label: Label
) -> None:
    rows = [
        {**each._asdict(), "workspace_id": workspace.id, "rank": rank}
        for rank, each in enumerate(accounts, start=1)
    ]
    async with database.workspace(workspace.id) as connection, connection.cursor() as cursor:
        await cursor.executemany(
            """
            insert into accounts (workspace_id, id, external_id, name)
            values (%(workspace_id)s, %(id)s, %(external_id)s, %(external_id)s)
            """,
            rows,
        )
        await cursor.executemany(
            """
            update account_standings set status = 'active', annual_amount = %(annual_amount)s, changes_on = null
            where workspace_id = %(workspace_id)s and account_id = %(id)s
            """,
            rows,
        )
        await cursor.execute(
            """
            insert into churn_models (workspace_id, version, trained_at, horizon_days, label, signal, statement, base_rate, evaluation)
            values (%(workspace_id)s, 1, now(), 30, %(label)s::jsonb, true, 'Tested.', 0.1,
                    '{"held_out_from": "2026-01-01", "snapshots": 0, "churned": 0}')
            """,
            {"workspace_id": workspace.id, "label": msgspec.json.encode(label).decode()},
        )
        await cursor.execute(
            """
            insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of)
            values (%(workspace_id)s, 1, current_date, 'training', 'scored', now(), 1, current_date)
            """,
            {"workspace_id": workspace.id},
        )
        await cursor.executemany(
            """
            insert into churn_run_scores (workspace_id, run_number, rank, account_id, plan, mrr, probability,
                                          revenue_at_risk, kind, reasons, is_held, is_moment)
            values (%(workspace_id)s, 1, %(rank)s, %(id)s, 'Pro', 0, %(probability)s, 0, %(kind)s, '[]', %(is_held)s, true)
            """,
            rows,
        )


@pytest.mark.parametrize("kind", [None, "involuntary"])
async def test_pages_have_the_ranks_and_the_order_of_a_plain_sort(
    client: Client, made: list[Made], label: Label, kind: str | None
) -> None:
    query: dict[str, Any] = {"limit": 37} | ({"kind": kind} if kind else {})
    found = []
    while True:
        page = (await client.get("/v1/save-list", params=query)).json()
        found += [(item["rank"], item["account_id"]) for item in page["items"]]
        if page["next"] is None:
            break
        assert len(page["items"]) == 37
        query["cursor"] = page["next"]
    assert found == ranks(made, label, kind=kind)


@pytest.mark.parametrize("kind", [None, "involuntary"])
async def test_the_export_has_the_lines_of_the_pages(
    client: Client, made: list[Made], label: Label, kind: str | None
) -> None:
    text = (await client.get("/v1/save-list.csv", params={"kind": kind} if kind else {})).text
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(int(line["rank"]), line["account_id"]) for line in lines] == ranks(made, label, kind=kind)
    of = {str(each.id): each for each in made}
    assert all(float(line["probability"]) == of[line["account_id"]].probability for line in lines)


async def test_an_account_has_the_rank_that_the_list_gives_it(
    database: Database, workspace: Workspace, made: list[Made], label: Label
) -> None:
    rank_of = {account_id: rank for rank, account_id in ranks(made, label, kind=None)}
    asked = made[::3]
    async with database.workspace(workspace.id) as connection:
        found = [
            await churn.risk_of(connection, workspace_id=workspace.id, account_id=each.id, with_held=True)
            for each in asked
        ]
    assert [risk and risk.rank for risk in found] == [rank_of.get(str(each.id)) for each in asked]
    held = [each.is_held for each, risk in zip(asked, found, strict=True) if risk is not None]
    assert [risk.is_held for risk in found if risk is not None] == held
    assert set(held) == {True, False}
