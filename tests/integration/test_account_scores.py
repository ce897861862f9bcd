"""Scores of accounts by name: from what the newest list had seen, for whoever may know, and of no other workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from keepwell.churn.learning.fitted.calibration import Uncalibrated
from keepwell.churn.learning.fitted.fitted_model import FittedModel, Linear
from keepwell.churn.learning.fitted.preparation import Preparation, PreparedInput
from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.credentials import RUNTIME
from tests.integration.records import Client, account, client_of, problem_code, token_of
from tests.integration.scores import AS_OF, pays, score
from tests.integration.served_models import keep
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

NAMES = ("recency_days", "gap_days", "active_days_long", "tenure_days")
MODEL = FittedModel(
    rung="logistic",
    preparation=Preparation(
        names=NAMES,
        inputs=[PreparedInput(name=name, low=0.0, high=400.0, mean=1.0, scale=1.0) for name in NAMES],
    ),
    core=Linear(weights=[1.0, 0.0, 0.0, 0.0], intercept=-3.0),
    calibration=Uncalibrated(),
)
QUIET: dict[str, float | None] = dict(zip(NAMES, (20.0, 2.0, 5.0, 100.0), strict=True))
BUSY: dict[str, float | None] = QUIET | {"recency_days": 0.0}
CANCELLED = {"code": "cancelled", "text": "Cancelled on 2026-11-01; service ends on 2026-12-01"}
FOUND = """
    update churn_models set evaluation = evaluation || '{"auc": 0.8, "gain_low": 0.1}'
"""


@pytest.fixture
async def shop(database: Database, workspace: Workspace, shared_settings: Settings) -> AsyncIterator[Client]:
    """Quiet, busy, left alone, cancelled, without a subscription, erased, and not on the list, in this order."""
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as opened:
        added = [await account(opened, number) for number in range(1, 8)]
        lines: list[dict[str, Any]] = [
            {"inputs": QUIET},
            {"inputs": BUSY},
            {"inputs": QUIET, "is_held": True},
            {"inputs": BUSY, "reasons": [CANCELLED], "probability": 0.9},
            {"inputs": QUIET},
            {"inputs": None},
        ]
        for number, (each, line) in enumerate(zip(added, lines, strict=False), start=1):
            if number != 5:
                await pays(opened, each, "40.00")
            own = {"rank": number, "probability": 0.5, "kind": "voluntary", **line}
            await score(database, workspace, each, **own)
        await pays(opened, added[6], "40.00")
        await keep(database, workspace, MODEL, version=1)
        async with database.workspace(workspace.id) as connection:
            await connection.execute(FOUND)
        yield opened


async def scores(client: Client, *names: str) -> dict[str, Any]:
    answer = await client.post("/v1/churn/scores", json={"accounts": names})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_accounts_have_the_chance_and_the_reasons_that_the_model_makes_of_what_the_list_had_seen(
    shop: Client,
) -> None:
    accounts = (await shop.get("/v1/accounts?sort=name&limit=10")).json()["items"]
    found = await scores(shop, "A-2", accounts[0]["id"])
    assert (found["model_version"], found["as_of"], found["signal"]) == (1, str(AS_OF), "found")
    busy, quiet = found["items"]
    assert [busy["external_id"], quiet["external_id"]] == ["A-2", "A-1"]
    for item, inputs in ((busy, BUSY), (quiet, QUIET)):
        assert item["probability"] == round(MODEL.probability([inputs[name] or 0.0 for name in NAMES]), 4)
    assert busy["reasons"] == []
    text = "Not used since 2026-10-31; active on 5 of the 41 days until then"
    assert quiet["reasons"] == [{"code": "quiet", "text": text}]


async def test_whoever_has_cancelled_keeps_the_rate_of_those_who_did_and_the_reason_on_record(
    shop: Client,
) -> None:
    (item,) = (await scores(shop, "A-4"))["items"]
    assert (item["probability"], item["reasons"]) == (0.9, [CANCELLED])


async def test_an_account_that_is_not_on_the_list_is_not_scored_and_is_no_error(shop: Client) -> None:
    for item in (await scores(shop, "A-5", "A-6", "A-7"))["items"]:
        assert (item["state"], item["probability"], item["kind"], item["reasons"]) == (
            "not_scored",
            None,
            None,
            [],
        )


async def test_an_account_left_alone_is_scored_for_those_only_who_may_know_it(
    shop: Client, database: Database, workspace: Workspace
) -> None:
    (known,) = (await scores(shop, "A-3"))["items"]
    assert known["state"] == "scored"
    shop.headers["Authorization"] = f"Bearer {await token_of_role(database, workspace, Role.AGENT)}"
    held, absent = (await scores(shop, "A-3", "A-7"))["items"]
    names = ("account_id", "external_id")
    assert [held[key] for key in held if key not in names] == [
        absent[key] for key in absent if key not in names
    ]


async def test_without_a_signal_everybody_who_has_not_cancelled_has_the_same_chance(
    shop: Client, database: Database, workspace: Workspace
) -> None:
    async with database.workspace(workspace.id) as connection:
        await connection.execute("update churn_models set signal = false")
    found = await scores(shop, "A-1", "A-2", "A-4")
    assert found["signal"] == "not_found"
    assert [each["probability"] for each in found["items"]] == [0.1, 0.1, 0.9]


async def test_an_account_of_nobody_or_of_another_workspace_is_named(
    shop: Client, database: Database
) -> None:
    async with database.transaction() as connection:
        theirs = await identity.ensure_workspace(connection, f"test-{uuid4().hex[:12]}", runtime=RUNTIME)
    ours = shop.headers["Authorization"]
    shop.headers["Authorization"] = f"Bearer {await token_of(database, theirs, runtime=RUNTIME)}"
    foreign = await account(shop, 99)
    shop.headers["Authorization"] = ours
    for name in (foreign["id"], foreign["external_id"], "nobody", str(uuid4())):
        answer = await shop.post("/v1/churn/scores", json={"accounts": ["A-1", name]})
        assert (answer.status_code, problem_code(answer)) == (404, "no-such-accounts")
        assert name in answer.json()["detail"]
        assert "A-1" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [{}, {"accounts": []}, {"accounts": ["A-1"] * 1_001}, {"accounts": [1]}, {"accounts": ["a\0"]}, []],
)
async def test_a_body_that_names_no_accounts_or_too_many_is_refused(shop: Client, body: Any) -> None:
    answer = await shop.post("/v1/churn/scores", json=body)
    assert answer.status_code == 400


async def test_before_a_training_there_is_no_score(client: Client) -> None:
    await account(client, 1)
    answer = await client.post("/v1/churn/scores", json={"accounts": ["A-1"]})
    assert (answer.status_code, problem_code(answer)) == (404, "no-served-model")
