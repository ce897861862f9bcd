"""A business whose lists open save cases, on days that a test chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg

from keepwell.churn.cases.episodes import service as episodes
from keepwell.churn.cases.episodes.enrolment import ListMade
from keepwell.churn.model import ChurnKind, Reason, Score
from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.integration.records import Client, account, made
from tests.integration.scores import pays, score

OPENED = date(2026, 4, 1)
ENDS = date(2026, 5, 1)


def score_of(account_id: str, rank: int, *, probability: float = 0.4, mrr: int = 10) -> Score:
    return Score(
        rank=rank,
        account_id=UUID(account_id),
        plan="Pro",
        mrr=Decimal(mrr),
        probability=probability,
        revenue_at_risk=Decimal(str(probability)) * mrr,
        kind=ChurnKind.VOLUNTARY,
        reasons=[Reason("quiet", "Nobody has logged in for 12 days.")],
        inputs=[],
    )


class CaseShop:
    """Accounts that pay, and lists that put some of them at risk; `accounts` are their ids, by number."""

    def __init__(self, client: Client, database: Database, workspace: Workspace, conninfo: str) -> None:
        self.client = client
        self.database = database
        self.workspace = workspace
        self.accounts: dict[int, str] = {}
        self._conninfo = conninfo
        self._versions = 0

    async def open_with(self, *amounts: int) -> None:
        """Accounts that pay these amounts a month since January, and records until the cases end."""
        for number, amount in enumerate(amounts, start=1):
            added = await account(self.client, number)
            await pays(self.client, added, str(amount))
            self.accounts[number] = added["id"]
        await self.records_reach(ENDS)

    async def records_reach(self, day: date) -> None:
        """The newest record is of this day."""
        self.sql("delete from invoices where workspace_id = %s", self.workspace.id)
        body = {"external_id": f"I-{day}", "account_id": self.accounts[1], "status": "open"}
        body |= {"total": "1.00", "issued_on": str(day)}
        await made(self.client, "/v1/invoices", body)

    async def end(self, number: int, day: date, **fields: Any) -> None:
        """The account's subscription ends, and another begins if `fields` say of what."""
        change = {"ends_on": str(day), "end_reason": "voluntary"}
        found = await self.client.get("/v1/subscriptions", params={"account_id": self.accounts[number]})
        path = f"/v1/subscriptions/{found.json()['items'][0]['id']}"
        answer = await self.client.patch(path, json=change, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        if fields:
            added = {"id": self.accounts[number], "external_id": f"again-{number}"}
            await pays(self.client, added, fields.pop("amount"), starts_on=str(day), **fields)

    async def list_of(
        self, at_risk: Mapping[int, float], *, on: date = OPENED, held: Collection[int] = (), rest: int = 20
    ) -> int:
        """A list on which these accounts lead, and others that nobody knows follow, so that all of them are worked with."""
        self._versions += 1
        first = {"id": self.accounts[1]}
        await score(
            self.database,
            self.workspace,
            first,
            version=self._versions,
            as_of=on,
            rank=1,
            probability=0.1,
            kind="voluntary",
        )
        scores = [
            score_of(self.accounts[number], rank, probability=probability)
            for rank, (number, probability) in enumerate(at_risk.items(), start=1)
        ]
        others = [score_of(str(UUID(int=rank)), rank, probability=0.01) for rank in range(100, 100 + rest)]
        made_list = ListMade(model_version=self._versions, as_of=on, scores=[*scores, *others])
        async with self.database.workspace(self.workspace.id) as connection:
            return await episodes.open_cases(
                connection,
                made_list,
                workspace_id=self.workspace.id,
                held={UUID(self.accounts[number]) for number in held},
                now=datetime.combine(on, time(1), UTC),
            )

    async def decide(self, on: date) -> int:
        """What the nightly work of this day decides."""
        async with self.database.workspace(self.workspace.id) as connection:
            return await episodes.decide_ended(
                connection, workspace_id=self.workspace.id, now=datetime.combine(on, time(1), UTC)
            )

    async def cases(self, **query: Any) -> list[dict[str, Any]]:
        """The cases as the API lists them, the oldest first."""
        answer = await self.client.get("/v1/save-cases", params={"sort": "opened_on", **query})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def case_of(self, number: int) -> dict[str, Any]:
        """The latest case of an account."""
        return (await self.cases(account_id=self.accounts[number]))[-1]

    def sql(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """As a superuser, whom no policy stops."""
        with psycopg.connect(self._conninfo) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []


def day(number: int) -> date:
    """So many days after the cases were opened."""
    return OPENED + timedelta(days=number)
