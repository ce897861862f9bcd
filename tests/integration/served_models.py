"""Models in the database, as a training would have stored them."""

from __future__ import annotations

import msgspec

from keepwell.churn.learning.fitted.fitted_model import FittedModel
from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.api_tokens.model import NewToken, TokenWithSecret
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Permission
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.unit.churn.inference.models import kept

MAY_SCORE = NewToken(name="scoring", scopes=[Permission.SCORE])


async def add_version(database: Database, workspace: Workspace, *, version: int) -> None:
    """A version of which no model was kept, and no list made."""
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            """
            insert into churn_models (workspace_id, version, trained_at, horizon_days, label, signal, statement, base_rate, evaluation)
            values (%s, %s, now(), 30, '{"name": "subscription", "money": "mrr"}', true, 'Tested.', 0.1,
                    '{"held_out_from": "2026-01-01", "snapshots": 0, "churned": 0}')
            """,
            [workspace.id, version],
        )


async def keep(database: Database, workspace: Workspace, model: FittedModel, *, version: int) -> None:
    """Store the model of a version."""
    own = kept(model)
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "update churn_models set model = %s, model_sha256 = %s, probes = convert_from(%s, 'UTF8')::jsonb where version = %s",
            [own.text, own.sha256, msgspec.json.encode(own.probes), version],
        )


async def token(database: Database, workspace: Workspace, new: NewToken = MAY_SCORE) -> TokenWithSecret:
    """A token of the first owner's."""
    async with database.workspace(workspace.id) as connection:
        actor = await identity.operator(connection, workspace.id)
        return await api_tokens.create_token(connection, actor, new, runtime=system_runtime())
