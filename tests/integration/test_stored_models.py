"""A model in the database: stored as it was written, and refused if somebody changed it there."""

from __future__ import annotations

import msgspec
import pytest
from psycopg import sql

from keepwell.churn.learning.fitted.loading import stored
from keepwell.churn.stored_json import ModelDamaged
from keepwell.churn.trained import service
from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from keepwell.platform.errors import NotFound
from tests.integration.records import Client, made
from tests.integration.scores import score
from tests.unit.churn.test_stored_model import BOOSTED

pytestmark = pytest.mark.anyio

_KEEP = """
    update churn_models set model = %s, model_sha256 = %s, probes = convert_from(%s, 'UTF8')::jsonb where version = 1
"""
_FLIP = "update churn_models set model = set_byte(model, 40, get_byte(model, 40) # 1) where version = 1"


@pytest.fixture
async def kept(client: Client, database: Database, workspace: Workspace) -> Database:
    """A database with a boosted model, version 1, and version 2 of a release that kept none."""
    account = await made(client, "/v1/accounts", {"external_id": "A-1", "name": "Acme"})
    for version in (1, 2):
        await score(database, workspace, account, version=version, rank=1, probability=0.2, kind="voluntary")
    model = stored(BOOSTED, seed=1)
    async with database.workspace(workspace.id) as connection:
        await connection.execute(_KEEP, [model.text, model.sha256, msgspec.json.encode(model.probes)])
    return database


async def test_a_stored_model_is_loaded_as_it_was_and_one_that_was_not_kept_is_none(
    kept: Database, workspace: Workspace
) -> None:
    async with kept.workspace(workspace.id) as connection:
        assert await service.load_model(connection, workspace_id=workspace.id, version=1) == BOOSTED
        assert await service.load_model(connection, workspace_id=workspace.id, version=2) is None
        with pytest.raises(NotFound):
            await service.load_model(connection, workspace_id=workspace.id, version=3)


async def test_a_model_with_one_flipped_bit_in_the_database_is_refused(
    kept: Database, workspace: Workspace
) -> None:
    async with kept.workspace(workspace.id) as connection:
        await connection.execute(_FLIP)
        with pytest.raises(ModelDamaged, match="SHA-256"):
            await service.load_model(connection, workspace_id=workspace.id, version=1)


@pytest.mark.parametrize(
    ("column", "address"),
    [
        ("report", "/v1/churn/models/1"),
        ("evaluation", "/v1/churn/models"),
        ("evaluation", "/v1/save-list"),
        ("silence", "/v1/save-list"),
    ],
)
async def test_a_model_of_which_json_was_changed_in_the_database_is_refused_by_name(
    kept: Database, workspace: Workspace, client: Client, column: str, address: str
) -> None:
    async with kept.workspace(workspace.id) as connection:
        await connection.execute(
            sql.SQL("update churn_models set {} = '{{\"a\": 1}}'").format(sql.Identifier(column))
        )
    answer = await client.get(address)
    assert answer.status_code == 500
    assert answer.json()["code"] == "model-damaged"
