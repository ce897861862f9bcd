"""Save cases: opened with a list, decided by movements, and the contacts that are recorded meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from keepwell.app.listeners import event_bus
from keepwell.churn.cases.announcing import announce
from keepwell.churn.cases.episodes.arms import held_accounts
from keepwell.churn.model import ChurnKind
from keepwell.identity.model import Workspace
from keepwell.identity.permissions import Role
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.holdout import Holdout
from tests.integration.case_shop import ENDS, OPENED, CaseShop, day
from tests.integration.credentials import ANY, RUNTIME
from tests.integration.records import client_of, made, problem_code
from tests.integration.scores import pays, score
from tests.integration.test_permissions import token_of_role

pytestmark = pytest.mark.anyio

LATER = date(2026, 5, 2)


@pytest.fixture
async def shop(
    database: Database, workspace: Workspace, shared_settings: Settings, conninfo: str
) -> AsyncIterator[CaseShop]:
    async with client_of(database, workspace, settings=shared_settings, runtime=RUNTIME) as client:
        opened = CaseShop(client, database, workspace, conninfo)
        await opened.open_with(100, 50)
        yield opened


async def contact(shop: CaseShop, case_id: str, **body: Any) -> Any:
    return await shop.client.post(f"/v1/save-cases/{case_id}/contacts", json={"channel": "phone", **body})


async def test_a_case_keeps_what_the_list_said_and_its_arm(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4, 2: 0.3}, held=[2])
    first, second = await shop.cases(account_id=shop.accounts[1]), await shop.cases(arm="hold")
    assert [each["account_id"] for each in second] == [shop.accounts[2]]
    (case,) = first
    assert (case["opened_on"], case["horizon_ends_on"], case["arm"]) == (str(OPENED), str(ENDS), "act")
    assert (case["probability"], case["mrr"], case["outcome"]) == (0.4, "10.00", "open")
    opened_then = await shop.cases(opened_from=OPENED, opened_to=OPENED)
    assert {each["account_id"] for each in opened_then} == {shop.accounts[1], shop.accounts[2]}
    backwards = await shop.client.get("/v1/save-cases?opened_from=2026-04-02&opened_to=2026-04-01")
    assert (backwards.status_code, problem_code(backwards)) == (400, "invalid-data")
    assert (case["reasons"][0]["code"], case["model_version"], case["held_share"]) == ("quiet", 1, 0)
    due = "select count(*) from due_work where workspace_id = %s and kind = 'churn.cases'"
    assert shop.sql(due, shop.workspace.id) == [(1,)]


async def test_an_account_has_one_open_case_and_gets_another_only_after_its_horizon(shop: CaseShop) -> None:
    assert await shop.list_of({1: 0.4}) == 1
    assert await shop.list_of({1: 0.9}, on=day(10)) == 0
    # Its horizon has ended, but nobody has decided it yet.
    assert await shop.list_of({1: 0.9}, on=day(31)) == 0
    await shop.decide(LATER)
    assert await shop.list_of({1: 0.9}, on=ENDS) == 0
    assert await shop.list_of({1: 0.9}, on=day(31)) == 1
    assert [each["opened_on"] for each in await shop.cases()] == [str(OPENED), str(day(31))]


async def test_a_second_open_case_of_an_account_is_refused_by_the_database(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4})
    copied = """
        insert into save_cases (workspace_id, id, external_id, account_id, opened_on, horizon_ends_on, arm)
        select workspace_id, gen_random_uuid(), 'other', account_id, opened_on, horizon_ends_on, arm from save_cases
        where workspace_id = %s
    """
    with pytest.raises(psycopg.errors.UniqueViolation):
        shop.sql(copied, shop.workspace.id)


FIXED = (
    *("arm = 'hold'", "mrr = 11", "mrr = null", "probability = 0.5", "held_share = 0.5", "reasons = '[]'"),
    *("opened_on = opened_on - 1", "horizon_ends_on = horizon_ends_on + 1", "model_version = null"),
)


async def test_an_arm_or_an_opening_figure_that_would_change_is_refused_by_the_database(
    shop: CaseShop,
) -> None:
    await shop.list_of({1: 0.4})
    for change in FIXED:
        with pytest.raises(psycopg.errors.CheckViolation, match="never change"):
            shop.sql(f"update save_cases set {change} where workspace_id = %s", shop.workspace.id)  # noqa: S608


async def test_a_list_leaves_an_account_in_the_arm_of_its_open_case_whatever_the_share_is_by_now(
    shop: CaseShop,
) -> None:
    await shop.list_of({1: 0.4, 2: 0.4}, held=[2])
    kinds = {UUID(each): kind for each, kind in zip(shop.accounts.values(), ChurnKind, strict=True)}
    for share in ("0", "0.9999"):
        body = {"holdout_shares": {"follow_up": share, "dunning": share}}
        assert (await shop.client.patch("/v1/workspace", json=body, headers=ANY)).status_code == 200
        async with shop.database.workspace(shop.workspace.id) as connection:
            held = await held_accounts(
                connection, kinds, holdout=Holdout(b"test"), workspace_id=shop.workspace.id
            )
        assert held == {UUID(shop.accounts[2])}


async def outcome(shop: CaseShop, number: int) -> Sequence[Any]:
    case = await shop.case_of(number)
    return case["outcome"], case["mrr_at_horizon"], case["mrr_lost"], case["unknown_because"]


async def test_movements_decide_how_a_case_ended(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4, 2: 0.4}, held=[2])
    await shop.end(2, day(12))
    assert await shop.decide(ENDS) == 0
    assert await shop.decide(LATER) == 2
    assert await outcome(shop, 1) == ("stayed", "100.00", "0.00", None)
    assert await outcome(shop, 2) == ("left", "0.00", "50.00", None)
    assert await shop.decide(LATER) == 0


async def test_an_account_that_pays_less_at_the_end_has_shrunk_and_one_that_came_back_has_stayed(
    shop: CaseShop,
) -> None:
    await shop.list_of({1: 0.4, 2: 0.4})
    await shop.end(1, day(12), amount="40")
    await shop.end(2, day(12))
    again = {"id": shop.accounts[2], "external_id": "again-2"}
    await pays(shop.client, again, "50", starts_on=str(day(20)))
    await shop.decide(LATER)
    assert await outcome(shop, 1) == ("shrank", "40.00", "60.00", None)
    assert await outcome(shop, 2) == ("stayed", "50.00", "0.00", None)


async def test_what_happens_after_the_horizon_is_no_outcome(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4, 2: 0.4})
    await shop.end(2, day(31))
    await shop.decide(date(2026, 5, 10))
    assert (await outcome(shop, 2))[0] == "stayed"


async def test_a_case_is_unknown_while_the_records_end_before_its_horizon(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4})
    await shop.records_reach(day(29))
    await shop.decide(LATER)
    assert await outcome(shop, 1) == ("unknown", None, None, "records_end")
    await shop.records_reach(ENDS)
    await shop.decide(LATER)
    case = await shop.case_of(1)
    assert (case["outcome"], case["records_until"], case["revised_at"]) == ("stayed", str(ENDS), None)


async def test_a_case_is_unknown_while_a_subscription_of_its_account_cannot_be_read(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4})
    mark = """
        insert into unreadable_subscriptions (workspace_id, id, external_id, account_id, since, field, code, reason)
        values (%s, gen_random_uuid(), 'S-9', %s, %s, 'amount', 'c', 'r')
    """
    shop.sql(mark, shop.workspace.id, shop.accounts[1], day(5))
    await shop.decide(LATER)
    assert await outcome(shop, 1) == ("unknown", None, None, "unreadable")


async def test_a_correction_of_the_records_decides_a_case_again_and_says_so(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4})
    await shop.decide(LATER)
    await shop.end(1, day(3))
    assert await shop.decide(date(2026, 5, 10)) == 1
    case = await shop.case_of(1)
    assert (case["outcome"], case["revised_from"], case["mrr_lost"]) == ("left", "stayed", "100.00")
    assert case["revised_at"].startswith("2026-05-10")


async def test_a_rate_that_fell_is_no_account_that_shrank(shop: CaseShop) -> None:
    for on, rate in ((date(2026, 1, 1), "1.2"), (day(10), "1.0")):
        body = {"rates": [{"currency": "EUR", "on": str(on), "rate": rate}]}
        assert (await shop.client.post("/v1/exchange-rates", json=body)).status_code == 200
    added = await made(shop.client, "/v1/accounts", {"external_id": "A-9", "name": "Euro"})
    shop.accounts[9] = added["id"]
    await pays(shop.client, added, "10", currency="EUR")
    await shop.list_of({9: 0.4})
    await shop.decide(LATER)
    assert await outcome(shop, 9) == ("stayed", "10.00", "0.00", None)


async def test_contacts_are_recorded_with_their_case_and_taken_back(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4}, on=date(2026, 5, 10))
    case = await shop.case_of(1)
    answer = await contact(shop, case["id"], note="Asks for fewer seats.")
    assert (answer.status_code, answer.headers["location"]) == (201, f"/v1/save-cases/{case['id']}")
    shown = (await shop.client.get(f"/v1/save-cases/{case['id']}")).json()
    assert [(each["channel"], each["note"], each["by"]) for each in shown["made"]] == [
        ("phone", "Asks for fewer seats.", "Owner")
    ]
    assert (shown["contacts"], shown["version"]) == (1, case["version"] + 1)
    removed = await shop.client.delete(f"/v1/save-cases/{case['id']}/contacts/{answer.json()['id']}")
    assert removed.status_code == 204
    assert (await shop.case_of(1))["contacts"] == 0


async def test_a_contact_outside_the_days_of_its_case_is_refused(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4}, on=date(2026, 5, 10))
    case_id = (await shop.case_of(1))["id"]
    for at in ("2026-05-09T23:59:00Z", "2026-05-22T00:00:00Z", "1802-01-01T00:00:00Z"):
        answer = await contact(shop, case_id, contacted_at=at)
        assert (answer.status_code, "contacted_at" in answer.json()["detail"]) == (400, True)


async def test_a_contact_with_an_account_left_alone_needs_a_reason_and_stays_in_its_arm(
    shop: CaseShop,
) -> None:
    await shop.list_of({1: 0.4}, on=date(2026, 5, 10), held=[1])
    case = await shop.case_of(1)
    refused = await contact(shop, case["id"])
    assert (refused.status_code, problem_code(refused)) == (409, "account-left-alone")
    assert (await contact(shop, case["id"], crossover_reason="They called us.")).status_code == 201
    after = await shop.case_of(1)
    assert (after["arm"], after["contacts"]) == ("hold", 1)
    sent = shop.sql(
        "select event from webhook_messages where workspace_id = %s and event like 'save_case%%'",
        shop.workspace.id,
    )
    assert sent == []


async def test_a_reason_for_an_account_that_nobody_leaves_alone_is_refused(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4}, on=date(2026, 5, 10))
    answer = await contact(shop, (await shop.case_of(1))["id"], crossover_reason="Why not.")
    assert (answer.status_code, "crossover_reason" in answer.json()["detail"]) == (400, True)


async def test_an_agent_learns_nothing_of_cases_of_accounts_left_alone(shop: CaseShop) -> None:
    await shop.list_of({1: 0.4, 2: 0.4}, on=date(2026, 5, 10), held=[1])
    held, acted = await shop.case_of(1), await shop.case_of(2)
    token = await token_of_role(shop.database, shop.workspace, Role.AGENT)
    shop.client.headers["Authorization"] = f"Bearer {token}"
    assert [each["id"] for each in await shop.cases()] == [acted["id"]]
    assert await shop.cases(arm="hold") == []
    assert (await shop.client.get(f"/v1/save-cases/{held['id']}")).status_code == 404
    assert (await contact(shop, held["id"], crossover_reason="They called.")).status_code == 404
    assert (await contact(shop, acted["id"])).status_code == 201


async def test_the_changes_feed_tells_of_no_case_of_an_account_left_alone(
    shop: CaseShop,
) -> None:
    newest = (await shop.client.get("/v1/changes")).json()["newest"]
    await shop.list_of({1: 0.4, 2: 0.4}, on=date(2026, 5, 10), held=[1])
    async with shop.database.workspace(shop.workspace.id) as connection:
        await announce(connection, event_bus(RUNTIME), workspace_id=shop.workspace.id)
    held, acted = await shop.case_of(1), await shop.case_of(2)
    assert (await contact(shop, held["id"], crossover_reason="They called.")).status_code == 201
    assert (await contact(shop, acted["id"])).status_code == 201
    answer = await shop.client.get("/v1/changes", params={"after": newest})
    assert {(each["kind"], each["record_id"]) for each in answer.json()["items"]} == {
        ("save_cases", acted["id"]),
        ("accounts", shop.accounts[2]),
    }


async def test_outcomes_count_both_arms_and_conclude_nothing_of_two_cases(shop: CaseShop) -> None:
    await shop.client.patch(
        "/v1/workspace",
        json={"holdout_shares": {"follow_up": "0.5"}, "contact_cost": "2.50"},
        headers=ANY,
    )
    await shop.list_of({1: 0.4, 2: 0.4}, held=[2])
    await contact(shop, (await shop.case_of(1))["id"], contacted_at="2026-04-03T09:00:00Z")
    await shop.end(2, day(12))
    await shop.decide(LATER)
    found = (await shop.client.get("/v1/outcomes")).json()
    (experiment,) = found["experiments"]
    assert (found["cases"], found["contacts"], found["contact_cost"]) == (2, 1, "2.50")
    assert (experiment["held_share"], experiment["verdict"], experiment["method"]) == (
        0.5,
        "not_sure",
        "newcombe",
    )
    assert (experiment["acted"]["left"], experiment["held"]["left"]) == (0, 1)
    assert (experiment["saved"]["cost"], experiment["saved"]["net"]) == ("2.50", None)
    assert found["months"][0]["mrr"] == "20.00"


async def test_cases_of_another_share_are_another_experiment(shop: CaseShop) -> None:
    for share, number in (("0.5", 1), ("0.2", 2)):
        await shop.client.patch("/v1/workspace", json={"holdout_shares": {"follow_up": share}}, headers=ANY)
        await shop.list_of({number: 0.4}, on=day(number))
    found = (await shop.client.get("/v1/outcomes")).json()
    assert [each["held_share"] for each in found["experiments"]] == [0.2, 0.5]
    assert Decimal(found["experiments"][0]["open"]) == 1


async def test_the_timeline_tells_of_cases_and_contacts_and_an_agent_of_none_that_is_left_alone(
    shop: CaseShop,
) -> None:
    await shop.list_of({1: 0.4, 2: 0.4}, held=[2])
    await contact(
        shop, (await shop.case_of(1))["id"], contacted_at="2026-04-03T09:00:00Z", note="Wants fewer seats."
    )
    await shop.decide(LATER)

    async def told(number: int) -> list[tuple[Any, ...]]:
        answer = await shop.client.get(f"/v1/accounts/{shop.accounts[number]}/timeline?kinds=case")
        items = answer.json()["items"]
        return [(each["type"], each["day"], each["case"]["outcome"], each["case"]["note"]) for each in items]

    assert await told(1) == [
        ("ended", str(ENDS), "stayed", None),
        ("contacted", "2026-04-03", "stayed", "Wants fewer seats."),
        ("opened", str(OPENED), "stayed", None),
    ]
    assert [each[0] for each in await told(2)] == ["ended", "opened"]
    token = await token_of_role(shop.database, shop.workspace, Role.AGENT)
    shop.client.headers["Authorization"] = f"Bearer {token}"
    assert len(await told(1)) == 3
    assert await told(2) == []


async def test_rows_of_the_list_name_their_case_and_those_left_alone_when_theirs_ends(shop: CaseShop) -> None:
    opened_on = date(2026, 5, 10)
    await shop.list_of({1: 0.4, 2: 0.4}, on=opened_on, held=[2])
    other = {"id": shop.accounts[2]}
    await score(shop.database, shop.workspace, other, rank=2, probability=0.4, kind="voluntary", is_held=True)
    await contact(shop, (await shop.case_of(1))["id"])
    (row,) = (await shop.client.get("/v1/save-list")).json()["items"]
    assert (row["case"]["opened_on"], row["case"]["contacts"]) == (str(opened_on), 1)
    risk = (await shop.client.get(f"/v1/accounts/{shop.accounts[2]}")).json()["risk"]
    assert (risk["is_held"], risk["case"]["horizon_ends_on"]) == (True, "2026-06-09")
    shop.sql("update churn_models set as_of = as_of - 20 where workspace_id = %s", shop.workspace.id)
    (left_alone,) = (await shop.client.get("/v1/save-list/left-alone")).json()["items"]
    assert (left_alone["since"], left_alone["until"]) == (str(opened_on), "2026-06-09")
