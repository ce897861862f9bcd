"""Lists are judged by what then happened to their accounts, once the records say so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, LiteralString

import anyio
import msgspec
import pytest

from keepwell.app.alerts.service import write_due_alerts
from keepwell.app.listeners import event_bus
from keepwell.churn.drift.model import InputReference, TrainingReference
from keepwell.churn.live import service as live
from keepwell.churn.live.announcing import announce
from keepwell.churn.nightly.service import make_run
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.mail import service as mail
from keepwell.platform.runtime import system_runtime
from tests.commands import run_command
from tests.integration.records import client_of, made
from tests.integration.scored_sample import Scored, score_sample, training
from tests.running import environment

pytestmark = pytest.mark.anyio

_HORIZON = timedelta(days=30)
_OBSERVED = date(2025, 7, 1)

# A list as a night of long ago would have left it: of everybody who paid then, all with one probability, one in four left alone.
_PAST_LIST: LiteralString = """
    with run as (
      insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of, accounts, input_names)
      select app_workspace(), max(number) + 1, %(as_of)s, 'night', 'scored', now(), 1, %(as_of)s, 0, (
        select input_names from churn_runs where number = 1)
      from churn_runs returning workspace_id, number
    )
    insert into churn_run_scores (workspace_id, account_id, run_number, rank, probability, mrr, revenue_at_risk, is_held, is_moment,
                                  kind, plan, reasons, inputs)
    select run.workspace_id, s.account_id, run.number, 1, %(probability)s, 10, 1, s.place %% 4 = 0, false, 'voluntary', '', '[]', null
    from run, (
      select account_id, row_number() over (order by account_id) as place
      from (select distinct account_id from subscriptions
            where starts_on <= %(as_of)s and (ends_on is null or ends_on > %(as_of)s)) as paid) as s
    returning account_id
"""

_CONTACTS: LiteralString = """
    with made as (
      insert into save_cases (workspace_id, id, external_id, account_id, opened_on, horizon_ends_on, arm)
      select workspace_id, gen_random_uuid(), 'contacted', account_id, %(first)s, %(first)s::date + 30, 'act'
      from churn_run_scores where run_number = 2 limit 1
      returning workspace_id, id, account_id
    )
    insert into save_case_contacts (workspace_id, id, external_id, case_id, account_id, contacted_at, channel)
    select made.workspace_id, gen_random_uuid(), day::text, made.id, made.account_id, day, 'phone'
    from made, generate_series(%(first)s::date, %(first)s::date + 150, interval '10 days') as day
"""


# A weekly look of a list of its own.
_LOOK: LiteralString = """
    with run as (
      insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of, accounts)
      select app_workspace(), max(number) + 1, %(as_of)s, 'manual', 'scored', now(), 1, %(as_of)s, 0
      from churn_runs returning workspace_id, number
    )
    insert into churn_drift (workspace_id, run_number, as_of, model_version, judged_at, is_look, drifted, expected)
    select workspace_id, number, %(as_of)s, 1, now(), true, %(drifted)s, '{}' from run
"""

# Of a training whose accounts had all had another tenure.
_FAR_REFERENCE = msgspec.json.encode(
    TrainingReference(
        days=[date(2025, 1, 1)],
        accounts=200.0,
        inputs=[InputReference(name="tenure_days", edges=[-1.0], counts=[[190, 10, 0]])],
        departed=30,
    )
).decode()


@pytest.fixture(scope="module")
def scored(settings_of_module: Settings, conninfo: str) -> Scored:
    return anyio.run(score_sample, settings_of_module, conninfo)


async def _past_list(database: Database, scored: Scored, as_of: date, *, probability: float) -> int:
    async with database.workspace(scored.workspace.id) as connection:
        found = await connection.execute(_PAST_LIST, {"as_of": as_of, "probability": probability})
        return found.rowcount


async def _run_again(database: Database, scored: Scored) -> None:
    await make_run(training(database, scored.settings), workspace_id=scored.workspace.id, cause="manual")


async def _forget(database: Database, scored: Scored) -> None:
    async with database.workspace(scored.workspace.id) as connection:
        await connection.execute("delete from churn_runs where number > 1")
        await connection.execute("update churn_models set reference = null")


async def _answer(database: Database, scored: Scored, path: str, **parameters: str | int) -> Any:
    runtime = system_runtime()
    async with client_of(database, scored.workspace, settings=scored.settings, runtime=runtime) as client:
        found = await client.get(f"/v1/churn/{path}", params=parameters)
        assert found.status_code == 200, found.text
        return found.json()


async def test_before_any_list_has_matured_the_verdict_waits_and_says_until_when(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    found = await _answer(database, scored, "live")
    assert found["verdict"]["state"] == "waiting"
    assert found["verdict"]["next_on"] == str(_OBSERVED + _HORIZON)
    # So few accounts would miss even three times the odds within a year.
    assert found["verdict"]["smallest_visible"] is None
    assert 0.5 < found["expected"]["roc_auc"] < 1
    assert (found["baseline"], found["together"], found["tests"]) == (None, None, [])
    drift = await _answer(database, scored, "drift")
    # Too little was there for a model, so that there is nothing to drift from.
    assert (drift["as_of"], drift["inputs"], drift["looks"]) == (str(_OBSERVED), None, [])


async def test_lists_whose_horizon_is_on_record_are_judged_and_one_in_each_horizon_is_bet_on(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    days = [_OBSERVED - timedelta(days=back) for back in (95, 70, 60, 45, 25, 5)]
    sizes = {str(day): await _past_list(database, scored, day, probability=0.05) for day in days}
    await _run_again(database, scored)
    listed = (await _answer(database, scored, "live/lists", limit=50))["items"]
    assert [(each["as_of"], each["known_days"]) for each in reversed(listed)] == [
        *((str(day), 30) for day in days[:4]),
        (str(days[4]), 20),
    ]
    first = listed[-1]
    assert first["figures"]["snapshots"] + first["figures"]["unknown"] == sizes[first["as_of"]]
    assert first["left_alone"]["snapshots"] <= first["figures"]["snapshots"] // 4 + 1
    assert first["figures"]["expected"] == pytest.approx(0.05 * first["figures"]["snapshots"], abs=0.01)
    found = await _answer(database, scored, "live")
    # 70 days ago begins before 95 days ago has ended; 60 begins after it, and 25 is not over.
    assert [each["as_of"] for each in found["tests"]] == [str(days[2]), str(days[0])]
    assert found["verdict"]["next_on"] == str(days[2] + 2 * _HORIZON)
    assert found["together"]["lists"] == 2
    assert found["together"]["departed"] == sum(
        each["figures"]["departed"] for each in listed if each["as_of"] in {str(days[0]), str(days[2])}
    )


async def test_what_was_judged_is_not_judged_again_and_pages_are_whole(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    for back in (60, 45, 31):
        await _past_list(database, scored, _OBSERVED - timedelta(days=back), probability=0.05)
    await _run_again(database, scored)
    before = (await _answer(database, scored, "live/lists"))["items"]
    await _run_again(database, scored)
    first = await _answer(database, scored, "live/lists", limit=2)
    second = await _answer(database, scored, "live/lists", limit=2, cursor=first["next"])
    assert [*first["items"], *second["items"]] == before
    assert (len(before), second["next"]) == (3, None)


async def test_probabilities_that_are_far_too_high_are_broken_and_need_a_challenger(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    for back in (150, 120, 90, 60, 30):
        await _past_list(database, scored, _OBSERVED - timedelta(days=back), probability=0.4)
    await _run_again(database, scored)
    found = await _answer(database, scored, "live")
    assert (found["verdict"]["state"], found["verdict"]["broken_by"]) == ("broken", "fewer_left")
    assert found["tests"][0]["is_broken"]
    async with database.workspace(scored.workspace.id) as connection:
        verdict = await live.verdict(connection, workspace_id=scored.workspace.id)
    assert verdict is not None
    assert verdict.needs_challenger


async def test_an_account_that_a_correction_ends_before_its_list_is_unknown_and_did_not_stay(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    as_of = _OBSERVED - timedelta(days=40)
    size = await _past_list(database, scored, as_of, probability=0.05)
    async with database.workspace(scored.workspace.id) as connection:
        changed = await connection.execute(
            """
            update subscriptions set ends_on = %(day)s where account_id = (
              select account_id from subscriptions group by account_id
              having count(*) = 1 and min(starts_on) < %(day)s and bool_and(ends_on is null) order by account_id limit 1)
            """,
            {"day": as_of - timedelta(days=3)},
        )
        assert changed.rowcount == 1
    await _run_again(database, scored)
    (judged,) = (await _answer(database, scored, "live/lists"))["items"]
    assert judged["figures"]["unknown"] == 1
    assert judged["figures"]["snapshots"] == size - 1


async def test_an_input_that_is_far_from_the_training_has_drifted_at_the_weekly_look_and_breaks_nothing(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    async with database.workspace(scored.workspace.id) as connection:
        await connection.execute("update churn_models set reference = %s::jsonb", [_FAR_REFERENCE])
    await _run_again(database, scored)
    await _run_again(database, scored)
    found = await _answer(database, scored, "drift")
    assert [(each["name"], each["is_drifted"]) for each in found["inputs"]] == [("tenure_days", True)]
    # The second list is of the same day: one look a week.
    assert [each["drifted"] for each in found["looks"]] == [["tenure_days"]]
    assert (await _answer(database, scored, "live"))["verdict"]["state"] == "waiting"
    printed = [
        _printed(scored, "drift"),
        _printed(scored, "live"),
    ]
    assert "further from the training of model 1 than chance explains: tenure_days" in printed[0]
    assert f"The first one is on {_OBSERVED + _HORIZON} at the earliest." in printed[1]


def _printed(scored: Scored, command: str) -> str:
    done = run_command(
        *("churn", command, "--workspace", scored.workspace.slug),
        environment=environment(scored.settings.home, database_url=scored.settings.database_url or ""),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_a_break_is_announced_once_to_webhooks_and_by_mail_to_those_who_can_act_and_want_to_know(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    runtime = system_runtime()
    async with client_of(database, scored.workspace, settings=scored.settings, runtime=runtime) as client:
        for role in ("owner", "analyst", "agent"):
            email = f"{role}-{scored.workspace.slug}@shop.example"
            await made(client, "/v1/members", {"name": role, "role": role, "email": email})
        await made(
            client, "/v1/webhook-endpoints", {"url": "https://shop.example.com/k", "events": ["churn.broken"]}
        )
    for back in (150, 120, 90, 60, 30):
        await _past_list(database, scored, _OBSERVED - timedelta(days=back), probability=0.4)
    await _run_again(database, scored)
    bus = event_bus(runtime)
    for _ in range(2):
        async with database.workspace(scored.workspace.id) as connection:
            await announce(connection, workspace_id=scored.workspace.id, bus=bus, now=runtime.clock.now())
            await write_due_alerts(connection, scored.workspace.id, settings=scored.settings, runtime=runtime)
    async with database.workspace(scored.workspace.id) as connection:
        bodies = await connection.execute(
            "select body::jsonb from webhook_messages where event = 'churn.broken'"
        )
        ((message,),) = await bodies.fetchall()
        mails = await mail.list_mails(
            connection, "id", workspace_id=scored.workspace.id, limit=10, kind="alerts"
        )
    assert message["data"]["broken_by"] == "fewer_left"
    assert sorted(each.recipient_address.partition("-")[0] for each in mails.items) == ["analyst", "owner"]
    assert {each.subject for each in mails.items} == {
        f"{scored.workspace.name}: the save list's probabilities do not hold"
    }


async def test_an_input_that_drifts_at_some_looks_and_not_at_others_is_announced_once_in_four_weeks(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    runtime = system_runtime()
    async with client_of(database, scored.workspace, settings=scored.settings, runtime=runtime) as client:
        hears = {"url": "https://shop.example.com/drift", "events": ["churn.drifted"]}
        await made(client, "/v1/webhook-endpoints", hears)
    looks = [["mrr"], [], ["mrr", "seats"], ["mrr"], [], [], [], [], ["mrr"]]
    async with database.workspace(scored.workspace.id) as connection:
        for week, drifted in enumerate(looks):
            as_of = _OBSERVED - timedelta(days=7 * (len(looks) - week))
            await connection.execute(_LOOK, {"as_of": as_of, "drifted": drifted})
            await announce(
                connection,
                workspace_id=scored.workspace.id,
                bus=event_bus(runtime),
                now=runtime.clock.now(),
            )
        bodies = await connection.execute(
            "select body::jsonb -> 'data' -> 'drifted' from webhook_messages where event = 'churn.drifted' order by id"
        )
        assert await bodies.fetchall() == [(["mrr"],), (["seats"],), (["mrr"],)]


async def test_models_that_are_trained_every_day_give_no_look_of_their_own(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    async with database.workspace(scored.workspace.id) as connection:
        await connection.execute(_LOOK, {"as_of": _OBSERVED - timedelta(days=6), "drifted": []})
        # As if by another model.
        await connection.execute("update churn_drift set model_version = 9 where is_look")
        await connection.execute("update churn_models set reference = %s::jsonb", [_FAR_REFERENCE])
    await _run_again(database, scored)
    found = await _answer(database, scored, "drift")
    assert [each["is_drifted"] for each in found["inputs"]] == [True]
    assert [each["model_version"] for each in found["looks"]] == [9]


async def test_once_somebody_is_contacted_only_those_left_alone_say_that_fewer_leave(
    scored: Scored, database: Database
) -> None:
    await _forget(database, scored)
    for back in (150, 120, 90, 60, 30):
        await _past_list(database, scored, _OBSERVED - timedelta(days=back), probability=0.4)
    async with database.workspace(scored.workspace.id) as connection:
        # Nobody is left alone, and somebody is contacted on every day of the lists.
        await connection.execute("update churn_run_scores set is_held = false where run_number > 1")
        await connection.execute(_CONTACTS, {"first": _OBSERVED - timedelta(days=150)})
    await _run_again(database, scored)
    found = await _answer(database, scored, "live")
    assert (found["verdict"]["state"], found["verdict"]["lists"]) == ("quiet", 5)
    async with database.workspace(scored.workspace.id) as connection:
        await connection.execute("delete from save_cases")
