"""The models that were trained, over HTTP: their list page by page, and the report of one."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.database import Database
from tests.commands import run_command
from tests.integration.records import Client, made
from tests.integration.scores import pays, score
from tests.running import environment
from tests.unit.churn.reports import REPORT

pytestmark = pytest.mark.anyio


@pytest.fixture
async def three_models(client: Client, database: Database, workspace: Workspace) -> Client:
    """Two models of a release without reports, and a newer one with its report."""
    account = await made(client, "/v1/accounts", {"external_id": "A-1", "name": "Acme"})
    await pays(client, account, "40.00")
    for version in (1, 2, 3):
        await score(database, workspace, account, version=version, rank=1, probability=0.2, kind="voluntary")
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "update churn_models set report = %s::jsonb where version = 3",
            [msgspec.json.encode(REPORT).decode()],
        )
    return client


async def test_models_are_listed_newest_first_page_by_page(three_models: Client) -> None:
    first = (await three_models.get("/v1/churn/models", params={"limit": 2, "fields": "version,rung"})).json()
    assert first["items"] == [{"version": 3, "rung": "logistic"}, {"version": 2, "rung": None}]
    rest = await three_models.get("/v1/churn/models", params={"limit": 2, "cursor": first["next"]})
    assert [each["version"] for each in rest.json()["items"]] == [1]
    assert rest.json()["next"] is None


async def test_one_model_has_its_report_and_one_of_an_earlier_release_has_none(three_models: Client) -> None:
    newest = (await three_models.get("/v1/churn/models/3")).json()
    assert newest["report"] == json.loads(msgspec.json.encode(REPORT))
    assert newest["currency"] == "USD"
    assert (await three_models.get("/v1/churn/models/2")).json()["report"] is None


@pytest.mark.parametrize(("version", "status"), [(4, 404), (0, 400), (2**31, 400)])
async def test_a_version_that_does_not_exist_is_named_or_refused(
    three_models: Client, version: int, status: int
) -> None:
    answer = await three_models.get(f"/v1/churn/models/{version}")
    assert answer.status_code == status
    assert "code" in answer.json()


async def test_the_command_line_lists_models_and_prints_a_report(
    three_models: Client, workspace: Workspace, conninfo: str, tmp_path: Path
) -> None:
    def churn(*arguments: str) -> tuple[int, str]:
        done = run_command(
            *("churn", *arguments, "--workspace", workspace.slug),
            environment=environment(tmp_path / "home", database_url=conninfo),
        )
        return done.returncode, done.stdout + done.stderr

    code, listed = churn("models", "--json")
    assert (code, [each["rung"] for each in json.loads(listed)["items"]]) == (0, ["logistic", None, None])
    code, printed = churn("model", "3")
    assert code == 0
    for expected in (
        "The logistic rung has the least log loss.",
        "libgomp.so.1 is missing: apt install libgomp1",
        "1.05 (0.80 to 1.40)",
        "Nobody left.",
        "Contacting pays from 20.83 USD at risk a month: 7 contacted, of whom 3 left; 2 left without.",
    ):
        assert expected in printed
    assert churn("model", "9")[0] == 2
