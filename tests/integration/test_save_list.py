"""Training on an imported business and the resulting save list, through service and API."""

from __future__ import annotations

import asyncio
import csv
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from benchmarks.sample_spans import read_spans
from keepwell.churn.model import NothingToScore
from keepwell.churn.nightly.service import make_run
from keepwell.churn.runs import store as runs
from keepwell.churn.sources.coverage import SourceSilent
from keepwell.churn.training_service import TrainingResult
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.holdout import Holdout
from keepwell.platform.runtime import system_runtime
from keepwell.records.account_signals import service as account_signals
from keepwell.records.account_signals.model import NewSignal
from tests.integration.records import Client, client_of, made
from tests.integration.scored_sample import (
    UNTIL,
    Scored,
    end,
    inputs_of,
    move_starts,
    pages,
    score_sample,
    somebody_waits,
    train,
    training,
)
from tests.running import PATIENCE

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def scored(settings_of_module: Settings, conninfo: str) -> Scored:
    return asyncio.run(score_sample(settings_of_module, conninfo))


@pytest.fixture
def trained(scored: Scored) -> TrainingResult:
    return scored.trained


@pytest.fixture
async def client(database: Database, scored: Scored) -> AsyncIterator[Client]:
    opening = client_of(database, scored.workspace, settings=scored.settings, runtime=system_runtime())
    async with opening as opened:
        yield opened


async def test_every_row_of_the_sample_is_imported_as_it_is(client: Client) -> None:
    (imported,) = (await client.get("/v1/imports")).json()["items"]
    entities = imported["summary"]["entities"]
    assert (len(entities), imported["assumptions"]) == (9, [])
    for name, entity in entities.items():
        assert (entity["imported"], entity["dead_lettered"]) == (entity["read"], 0)
        # So few accounts need no refund.
        assert entity["read"] > 0 or name == "refunds"


async def test_past_follow_ups_end_as_the_subscriptions_of_the_export_say(
    client: Client, scored: Scored
) -> None:
    """By another way than the product's: what is paid on two days, in the account's own currency."""
    folder = scored.settings.home / "sample"
    with (folder / "follow_ups.csv").open(encoding="utf-8", newline="") as stream:
        exported = {row["follow_up_id"]: row for row in csv.DictReader(stream)}
    spans = read_spans(folder)
    cases = (await client.get("/v1/save-cases", params={"limit": 200})).json()["items"]
    assert {case["external_id"] for case in cases} == exported.keys()
    assert Counter(case["outcome"] for case in cases)["stayed"] > 10
    for case in cases:
        row = exported[case["external_id"]]
        assert (case["arm"], case["contacts"]) == (row["arm"], int(row["contacted_at"] != ""))
        if case["outcome"] != "unknown":
            ends_on = date.fromisoformat(row["horizon_ends_on"])
            days = (date.fromisoformat(row["enrolled_on"]) - timedelta(days=1), ends_on)
            before, after = (
                sum(
                    span.monthly_amount
                    for span in spans
                    if span.external_id == row["account_id"] and span.covers(day)
                )
                for day in days
            )
            expected = "left" if after == 0 else "shrank" if after < before else "stayed"
            assert case["outcome"] == expected, row


async def test_pages_contain_every_scored_account_once_by_rank(
    client: Client, trained: TrainingResult
) -> None:
    items = [item async for page in pages(client, limit=7) for item in page["items"]]
    assert [item["rank"] for item in items] == list(range(1, trained.accounts_scored + 1))
    assert len({item["account_id"] for item in items}) == trained.accounts_scored


async def test_every_page_counts_the_accounts_of_the_whole_list_by_kind(client: Client) -> None:
    read = [page async for page in pages(client, limit=7)]
    items = [item for page in read for item in page["items"]]
    kinds = Counter(item["kind"] for item in items)
    assert kinds["involuntary"] > 0
    for totals in (page["totals"] for page in read):
        assert {kind: totals[kind] for kind in kinds} == kinds
        for kind in kinds:
            mrr = sum(Decimal(item["mrr"]) for item in items if item["kind"] == kind)
            # Each account's is rounded, the total once.
            assert abs(Decimal(totals[f"{kind}_mrr"]) - mrr) <= Decimal("0.01") * kinds[kind]


async def test_the_list_includes_its_models_evaluation(client: Client, trained: TrainingResult) -> None:
    found = (await client.get("/v1/save-list", params={"limit": 1})).json()
    assert found["as_of"] == UNTIL.isoformat()
    assert found["model"]["statement"] == trained.model.statement
    assert found["model"]["evaluation"]["held_out_from"] < found["as_of"]
    assert (found["currency"], found["model"]["signal"]) == ("USD", "not_tested")


async def test_an_account_shows_its_entry_of_the_list(client: Client, trained: TrainingResult) -> None:
    listed = (await client.get("/v1/save-list", params={"limit": 1})).json()
    model = {name: listed["model"][name] for name in ("signal", "label", "horizon_days")}
    line = {**listed["items"][0], **model, "is_held": False}
    risk = (await client.get(f"/v1/accounts/{line['account_id']}")).json()["risk"]
    assert risk == {name: line[name] for name in risk}
    assert risk["rank"] == 1


async def test_unpaid_invoices_failed_charges_and_past_due_subscriptions_are_involuntary_churn(
    client: Client, scored: Scored
) -> None:
    items = {
        UUID(item["account_id"]): item async for page in pages(client, limit=50) for item in page["items"]
    }
    unpaid = [items[account_id] for account_id in scored.unpaid]
    assert [item["kind"] for item in unpaid] == ["involuntary"] * 3
    assert [reason["text"] for item in unpaid for reason in item["reasons"]] == [
        "An invoice has been overdue since 2025-06-19",
        "A payment failed on 2025-06-27 and is still open",
        "An invoice has been overdue since 2025-06-21",
    ]


async def test_who_left_since_the_training_is_neither_on_the_list_nor_at_risk(
    client: Client, trained: TrainingResult
) -> None:
    first, second = (await client.get("/v1/save-list", params={"limit": 2})).json()["items"]
    path = f"/v1/accounts/{first['account_id']}"
    running = [each for each in (await client.get(path)).json()["subscriptions"] if each["ends_on"] is None]
    for each in running:
        await end(client, each["id"], on="2026-01-01")
    found = [item async for page in pages(client, limit=50) for item in page["items"]]
    assert (await client.get(path)).json()["risk"] is None
    for each in running:
        await end(client, each["id"], on=None)
    assert len(found) == trained.accounts_scored - 1
    assert (found[0]["account_id"], found[0]["rank"]) == (second["account_id"], 1)


async def test_who_leaves_between_two_pages_hides_nobody_else(
    client: Client, trained: TrainingResult
) -> None:
    following = pages(client, limit=3)
    first = (await anext(following))["items"]
    path = f"/v1/accounts/{first[0]['account_id']}"
    running = [each for each in (await client.get(path)).json()["subscriptions"] if each["ends_on"] is None]
    for each in running:
        await end(client, each["id"], on="2026-01-01")
    others = [item["account_id"] async for page in following for item in page["items"]]
    for each in running:
        await end(client, each["id"], on=None)
    listed = [*(item["account_id"] for item in first), *others]
    assert (len(listed), len(set(listed))) == (trained.accounts_scored, trained.accounts_scored)


async def test_the_list_shows_and_ranks_by_the_mrr_of_today(client: Client) -> None:
    last = (await client.get("/v1/save-list", params={"limit": 50})).json()["items"][-1]
    added = await made(
        client,
        "/v1/subscriptions",
        {
            "external_id": "S-more",
            "account_id": last["account_id"],
            "plan": "Team",
            "amount": "90000",
            "amount_per": "month",
            "interval": "month",
            "starts_on": "2026-01-01",
        },
    )
    first = (await client.get("/v1/save-list", params={"limit": 1})).json()["items"][0]
    account = (await client.get(f"/v1/accounts/{last['account_id']}")).json()
    await client.delete(f"/v1/subscriptions/{added['id']}", headers={"If-Match": f'"{added["version"]}"'})
    assert first["account_id"] == last["account_id"]
    assert first["mrr"] == account["mrr"]
    assert Decimal(first["mrr"]) == Decimal(last["mrr"]) + 90_000
    assert first["revenue_at_risk"] == account["risk"]["revenue_at_risk"]


async def test_a_training_between_pages_does_not_mix_lists(
    client: Client, scored: Scored, database: Database
) -> None:
    first = (await client.get("/v1/save-list", params={"limit": 5})).json()
    again = await train(database, scored.settings, scored.workspace)
    assert again.model.version == first["model"]["version"] + 1
    later = (await client.get("/v1/save-list", params={"limit": 5, "cursor": first["next"]})).json()
    assert later["model"]["version"] == first["model"]["version"]
    assert later["items"][0]["rank"] == 6
    assert (await client.get("/v1/save-list")).json()["model"]["version"] == again.model.version


async def test_a_training_takes_its_version_after_another_one_is_stored(
    client: Client, scored: Scored, database: Database
) -> None:
    newest = (await client.get("/v1/save-list")).json()["model"]["version"]
    own = {"workspace_id": scored.workspace.id, "version": newest}
    async with database.workspace(scored.workspace.id) as other:
        await runs.LOCK_RUNS.run(other, **own)
        await other.execute(
            """
            insert into churn_models
            select (jsonb_populate_record(m, jsonb_build_object('version', version + 1, 'standing', null))).* from churn_models m
            where workspace_id = %(workspace_id)s and version = %(version)s
            """,
            own,
        )
        training = asyncio.create_task(train(database, scored.settings, scored.workspace))
        deadline = time.monotonic() + PATIENCE
        while not (training.done() or await somebody_waits(database)):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
    assert (await training).model.version == newest + 2


async def test_a_record_that_is_backdated_changes_no_input_of_an_earlier_list(
    scored: Scored, database: Database, trained: TrainingResult
) -> None:
    before = await inputs_of(database, scored.workspace, version=trained.model.version)
    names = next(iter(before.values())).keys()
    assert {"recency_days", "tenure_days", "mrr", "open_payment"} <= names
    assert len(before) == trained.accounts_scored
    assert all(inputs.keys() == names for inputs in before.values())
    (account_id,) = random.Random(1).sample(sorted(before), 1)
    await move_starts(database, scored.workspace, account_id, days=-400)
    again = await train(database, scored.settings, scored.workspace)
    await move_starts(database, scored.workspace, account_id, days=400)
    assert await inputs_of(database, scored.workspace, version=trained.model.version) == before
    now = await inputs_of(database, scored.workspace, version=again.model.version)
    assert now[account_id]["tenure_days"] > before[account_id]["tenure_days"] > 0


async def test_a_share_that_is_held_out_leaves_those_accounts_off_the_next_list(
    client: Client, scored: Scored, database: Database, trained: TrainingResult
) -> None:
    shares = {"holdout_shares": {"follow_up": "0.5", "dunning": "0.5"}}
    assert (await client.patch("/v1/workspace", json=shares, headers={"If-Match": "*"})).status_code == 200
    assert (await client.get("/v1/save-list")).json()["totals"]["left_alone"] == 0
    await train(database, scored.settings, scored.workspace)
    listed = [item["account_id"] async for page in pages(client, limit=50) for item in page["items"]]
    held = [item["id"] for item in (await client.get("/v1/save-list/left-alone")).json()["items"]]
    assert len(listed) + len(held) == trained.accounts_scored
    holdout = Holdout(b"test")
    numbers = {
        each: holdout.number(workspace_id=scored.workspace.id, account_id=UUID(each))
        for each in [*listed, *held]
    }
    assert held
    assert {each for each, number in numbers.items() if number < 0.5} == set(held)


async def test_a_tracker_that_has_gone_silent_leaves_the_list_as_it_is_and_says_so(
    client: Client, scored: Scored, database: Database
) -> None:
    before = (await client.get("/v1/save-list", params={"limit": 1})).json()
    account_id = before["items"][0]["account_id"]
    added = await made(
        client,
        "/v1/subscriptions",
        {
            "external_id": "S-later",
            "account_id": account_id,
            "plan": "Team",
            "amount": "10",
            "amount_per": "month",
            "interval": "month",
            "starts_on": "2025-07-25",
        },
    )
    with pytest.raises(SourceSilent, match="There are no events of use after 2025-06-30"):
        await train(database, scored.settings, scored.workspace)
    run = await make_run(
        training(database, scored.settings), workspace_id=scored.workspace.id, cause="manual"
    )
    after = (await client.get("/v1/save-list", params={"limit": 1})).json()
    today = (await client.get("/v1/today")).json()
    await client.delete(f"/v1/subscriptions/{added['id']}", headers={"If-Match": f'"{added["version"]}"'})
    assert (after["run"], after["model"], after["as_of"]) == (before["run"], before["model"], before["as_of"])
    runs_of_it = (await client.get("/v1/churn/runs", params={"limit": 2})).json()["items"]
    assert [(each["cause"], each["state"]) for each in runs_of_it] == [
        ("manual", "silent"),
        ("training", "silent"),
    ]
    assert run.statement == runs_of_it[0]["statement"]
    assert "There are no events of use after 2025-06-30" in str(run.statement)
    assert before["silence"] is None
    assert (after["silence"]["source"], after["silence"]["last_on"]) == ("events", "2025-06-30")
    assert today["risk"]["silence"] == after["silence"]


async def test_the_cursor_of_an_unknown_list_is_rejected(client: Client) -> None:
    cursor = "eyJ2ZXJzaW9uIjo5OTksInJhbmsiOjF9"  # version 999, rank 1
    answer = await client.get("/v1/save-list", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-data")


async def test_an_empty_workspace_is_rejected_and_stores_no_model(
    database: Database, settings_of_test: Settings, workspace: Workspace
) -> None:
    with pytest.raises(NothingToScore):
        await train(database, settings_of_test, workspace)
    opening = client_of(database, workspace, settings=settings_of_test, runtime=system_runtime())
    async with opening as client:
        assert (await client.get("/v1/save-list")).json()["model"] is None


async def test_what_is_wrong_with_other_websites_of_an_account_is_beside_its_reasons(
    client: Client, database: Database, scored: Scored
) -> None:
    account_id = (await client.get("/v1/save-list", params={"limit": 1})).json()["items"][0]["account_id"]
    contacts = (await client.get("/v1/contacts", params={"account_id": account_id})).json()["items"]
    named = [each["website"] for each in contacts if each["website"] is not None]
    own = named[0] if named else "https://own.example"
    gone, renamed = "https://status.example", "https://reviews.example/arcade"
    # As another contact writes it.
    written = own.replace("https://", "http://WWW.")
    for website in (*({own} - {*named}), written, gone, renamed, "https://fine.example"):
        await made(client, "/v1/contacts", {"account_id": account_id, "name": "Desk", "website": website})
    seen = {
        gone: {"state": "dead", "outcome": "client_error", "status": 404},
        renamed: {"state": "moved", "to": "https://other.example/"},
        "https://fine.example": {"state": "alive"},
        "https://nobody-names.example": {"state": "dead", "outcome": "no_such_host", "status": None},
        # It was one of the others once.
        own: {"state": "dead", "outcome": "no_such_host", "status": None},
        written: {"state": "dead", "outcome": "no_such_host", "status": None},
    }
    runtime = system_runtime()
    now = runtime.clock.now()
    signals = [
        NewSignal(
            account_id=UUID(account_id),
            kind="webpage.status",
            value={"website": website, "now": status, "before": None},
            observed_at=now - timedelta(seconds=number),
        )
        for number, (website, status) in enumerate(seen.items())
    ]
    async with database.workspace(scored.workspace.id) as connection:
        await account_signals.add(connection, signals, workspace_id=scored.workspace.id, runtime=runtime)
    after = (await client.get("/v1/save-list")).json()["items"]
    [entry] = [each for each in after if each["account_id"] == account_id]
    assert [(each["website"], each["status"], each["moved_to"]) for each in entry["pages"]] == [
        (renamed, None, "https://other.example/"),
        (gone, 404, None),
    ]
    assert entry["website"] is None


async def test_a_website_that_is_gone_is_on_the_list_only_if_it_is_the_one_that_the_account_has_now(
    client: Client, database: Database, scored: Scored
) -> None:
    async def seen() -> Any:
        items = (await client.get("/v1/save-list")).json()["items"]
        return next(each["website"] for each in items if each["account_id"] == account_id)

    account_id = (await client.get("/v1/save-list", params={"limit": 1})).json()["items"][0]["account_id"]
    runtime = system_runtime()
    gone = NewSignal(
        account_id=UUID(account_id),
        kind="website.status",
        value={"now": {"state": "dead", "outcome": "client_error", "status": 404}, "before": None},
        observed_at=runtime.clock.now(),
    )
    async with database.workspace(scored.workspace.id) as connection:
        await account_signals.add(connection, [gone], workspace_id=scored.workspace.id, runtime=runtime)
        await connection.execute("update contacts set website = %s where account_id = %s", [None, account_id])
    assert await seen() is None
    contact = {"account_id": account_id, "name": "Desk", "website": "https://new.example"}
    await made(client, "/v1/contacts", contact)
    assert await seen() is None
    async with database.workspace(scored.workspace.id) as connection:
        await connection.execute(
            "insert into named_websites (workspace_id, account_id, website, url, state, read_at)"
            " values (app_workspace(), %s, 'https://new.example', 'https://new.example/', 'dead', now())",
            [account_id],
        )
    assert (await seen())["status"] == 404
