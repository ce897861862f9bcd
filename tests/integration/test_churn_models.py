"""The models that were trained, over HTTP: their list page by page, and the report of one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from keepwell.churn.report import PROVES_NOTHING
from keepwell.churn.runs import service as runs
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.commands import run_command
from tests.integration.records import Client, made, token_of
from tests.integration.scores import pays, score
from tests.running import environment
from tests.unit.churn.reports import REPORT

pytestmark = pytest.mark.anyio

RUNTIME = system_runtime()


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


@pytest.mark.parametrize("what", ["", "/card", "/audit?by=plan"])
@pytest.mark.parametrize(("version", "status"), [(4, 404), (0, 400), (2**31, 400)])
async def test_a_version_that_does_not_exist_is_named_or_refused(
    three_models: Client, version: int, status: int, what: str
) -> None:
    answer = await three_models.get(f"/v1/churn/models/{version}{what}")
    assert answer.status_code == status
    assert "code" in answer.json()


async def test_another_workspaces_model_has_neither_card_nor_audit(
    three_models: Client, database: Database
) -> None:
    async with database.transaction() as connection:
        other = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
    headers = {"Authorization": f"Bearer {await token_of(database, other, runtime=RUNTIME)}"}
    for what in ("card", "audit?by=plan"):
        answer = await three_models.get(f"/v1/churn/models/3/{what}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), what


async def test_the_card_is_the_markdown_that_the_command_prints(
    three_models: Client, workspace: Workspace, conninfo: str, tmp_path: Path
) -> None:
    answer = await three_models.get("/v1/churn/models/3/card")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    printed = run_command(
        *("churn", "card", "3", "--workspace", workspace.slug),
        environment=environment(tmp_path / "home", database_url=conninfo),
    )
    assert answer.text == printed.stdout
    assert answer.text.startswith("# Model card: who leaves within 30 days, model 3")


async def test_an_audit_that_cannot_be_made_says_why_as_the_command_does(
    three_models: Client, monkeypatch: pytest.MonkeyPatch, settings_of_test: Settings
) -> None:
    monkeypatch.setenv("KEEPWELL_DATABASE_URL", settings_of_test.database_url or "")
    unknown = (await three_models.get("/v1/churn/models/3/audit", params={"by": "shoe size"})).json()
    assert (unknown["code"], unknown["hint"]) == ("no-such-attribute", "There are: plan, billing.")
    too_early = (await three_models.get("/v1/churn/models/3/audit", params={"by": "plan"})).json()
    assert (too_early["status"], too_early["code"]) == (400, "too-little-history")


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
        "By that rule, 7 contacts would have been made, 3 with an account that left; 2 that left would have had none.",
    ):
        assert expected in printed
    assert churn("model", "9")[0] == 2


async def test_a_test_that_is_suspect_is_praised_neither_by_the_api_nor_on_the_command_line(
    three_models: Client, database: Database, workspace: Workspace, conninfo: str, tmp_path: Path
) -> None:
    async with database.workspace(workspace.id) as connection:
        await connection.execute(
            "update churn_models set signal = false, evaluation = evaluation || %s::jsonb where version = 3",
            ['{"auc": 0.991, "gain_low": 0.1, "probable_labels": ["days_to_renewal"]}'],
        )
    found = (await three_models.get("/v1/churn/models/3")).json()
    assert (found["signal"], found["report"]["why"]) == ("suspect", PROVES_NOTHING)
    for arguments in (["model", "3"], ["models"], ["card", "3"]):
        done = run_command(
            *("churn", *arguments, "--workspace", workspace.slug),
            environment=environment(tmp_path / "home", database_url=conninfo),
        )
        assert done.returncode == 0
        assert "0.991" not in done.stdout
        assert "least log loss" not in done.stdout


async def test_a_model_is_promoted_and_rolled_back_with_an_audit_entry_a_message_and_a_run_soon(
    three_models: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        # Of a model without a signal, nothing but the base rate is needed.
        await connection.execute("update churn_models set signal = false where version <> 2")
        await connection.execute("delete from due_work")
    await made(three_models, "/v1/webhook-endpoints", {"url": "https://shop.example.com/keepwell"})
    answer = await three_models.post("/v1/churn/models/1/promote")
    assert (answer.status_code, answer.json()["model_version_before"]) == (200, 3)
    assert await standings(three_models) == {3: "retired", 2: "retired", 1: "champion"}
    refused = [
        await three_models.post(f"/v1/churn/models/{path}")
        for path in ("1/promote", "2/promote", "9/promote")
    ]
    assert [each.json()["code"] for each in refused] == ["already-champion", "model-not-kept", "not-found"]
    back = (await three_models.post("/v1/churn/models/rollback")).json()
    assert (back["model_version"], back["cause"]) == (3, "rolled_back")
    async with database.workspace(workspace.id) as connection:
        work = await connection.execute("select count(*) from due_work where kind = 'churn.import'")
        assert await work.fetchone() == (1,)
        messages = await connection.execute(
            "select body from webhook_messages where event = 'churn.model_promoted' order by id"
        )
        told = [json.loads(body)["data"]["model_version"] for (body,) in await messages.fetchall()]
    assert told == [1, 3]
    entries = (await three_models.get("/v1/audit-entries", params={"limit": 2})).json()["items"]
    assert [(each["action"], each["subject"]) for each in entries] == [
        ("churn_model.rolled_back", "churn_model:3"),
        ("churn_model.promoted", "churn_model:1"),
    ]


async def standings(client: Client) -> dict[int, str]:
    found = (await client.get("/v1/churn/models")).json()["items"]
    return {each["version"]: each["standing"] for each in found}


async def test_rollbacks_lead_back_to_the_first_champion_and_then_are_refused(
    three_models: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        await connection.execute("update churn_models set signal = false")
    for version in (1, 3, 1):
        await three_models.post(f"/v1/churn/models/{version}/promote")
    seen = []
    while (answer := await three_models.post("/v1/churn/models/rollback")).status_code == 200:
        seen.append(answer.json()["model_version"])
    assert seen[-1] == 1
    assert len(seen) < 6
    assert answer.json()["code"] == "no-earlier-champion"


async def test_while_a_list_is_being_stored_a_promotion_says_so_and_when_to_try_again(
    three_models: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as storing:
        await runs.lock_runs(storing, workspace_id=workspace.id)
        answer = await three_models.post("/v1/churn/models/1/promote")
    assert (answer.status_code, answer.json()["detail"]) == (503, "A list, or a model, is being stored.")
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("lists-busy", "15")
    assert await standings(three_models) == {3: "champion", 2: "retired", 1: "retired"}


async def test_of_two_promotions_at_once_one_is_told_that_it_is_done(
    three_models: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        await connection.execute("update churn_models set signal = false")
    both = await asyncio.gather(*(three_models.post("/v1/churn/models/1/promote") for _ in range(2)))
    assert sorted(each.status_code for each in both) == [200, 409]
    assert await standings(three_models) == {3: "retired", 2: "retired", 1: "champion"}
