"""Accounts that pay, and lines of a save list that no model was trained for."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from keepwell.churn.label import Label
from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.integration.records import Client, made

AS_OF = date(2026, 11, 20)
BY_SUBSCRIPTION = Label()


async def pays(client: Client, account: dict[str, Any], amount: str, **fields: Any) -> None:
    body = {
        "external_id": f"S-{account['external_id']}",
        "account_id": account["id"],
        "plan": "Pro",
        "amount": amount,
        "amount_per": "month",
        "interval": "month",
        "starts_on": "2026-01-10",
    }
    await made(client, "/v1/subscriptions", body | fields)


async def score(
    database: Database,
    workspace: Workspace,
    account: dict[str, Any],
    *,
    version: int = 1,
    as_of: date = AS_OF,
    label: Label = BY_SUBSCRIPTION,
    **fields: Any,
) -> None:
    """A line of a save list for the account; the list, the run of the number `version`, and its model are made if it is the first."""
    async with database.workspace(workspace.id) as connection:
        own = {"workspace_id": workspace.id, "account_id": UUID(account["id"]), "is_held": False}
        own |= {"version": version, "as_of": as_of, "revenue_at_risk": 1, "mrr": 1, "plan": "Pro", **fields}
        own["label"] = msgspec.json.encode(label).decode()
        own["reasons"] = json.dumps(fields.get("reasons", []))
        inputs: dict[str, float | None] | None = fields.get("inputs")
        own |= {"input_names": inputs and list(inputs), "inputs": inputs and list(inputs.values())}
        await connection.execute(
            """
            insert into churn_models (workspace_id, version, trained_at, horizon_days, label, signal, statement, base_rate, evaluation)
            values (%(workspace_id)s, %(version)s, now(), 30, %(label)s::jsonb, true, 'Tested.', 0.1,
                    '{"held_out_from": "2026-01-01", "snapshots": 0, "churned": 0}')
            on conflict do nothing
            """,
            own,
        )
        await connection.execute(
            """
            insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of, input_names)
            values (%(workspace_id)s, %(version)s, %(as_of)s, 'training', 'scored', now(), %(version)s, %(as_of)s, %(input_names)s)
            on conflict do nothing
            """,
            own,
        )
        await connection.execute(
            """
            insert into churn_run_scores (workspace_id, run_number, rank, account_id, plan, mrr, probability,
                                          revenue_at_risk, kind, reasons, is_held, is_moment, inputs)
            values (%(workspace_id)s, %(version)s, %(rank)s, %(account_id)s, %(plan)s, %(mrr)s, %(probability)s,
                    %(revenue_at_risk)s, %(kind)s, %(reasons)s::jsonb, %(is_held)s, true, %(inputs)s::float8[])
            """,
            own,
        )
