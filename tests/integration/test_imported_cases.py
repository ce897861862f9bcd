"""Past follow-ups from a file: cases, contacts, what is refused, and what the nightly work makes of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.churn.cases import jobs
from keepwell.churn.cases.announcing import announce
from keepwell.churn.cases.model import CaseFilter, SentCases
from keepwell.churn.cases.service import list_cases
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import ImportSummary, import_export
from keepwell.platform.bus import Bus, DomainEvent, on
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.feed import service as feed
from keepwell.platform.runtime import Runtime
from keepwell.records.events import ActionTaken, RecordsChanged
from tests.clocks import FixedClock
from tests.commands import run_command
from tests.integration.shops import Shop
from tests.running import environment

pytestmark = pytest.mark.anyio

HEAD = "id,account,arm,from,to,contacted,channel"
FIRST = "F-1,A-1,act,2024-04-01,2024-05-01,2024-04-02T09:00:00Z,phone"
SECOND = "F-2,A-2,hold,2024-04-10,2024-05-10,,"
TODAY = datetime(2024, 5, 20, 1, tzinfo=UTC)
MAPPING = """\
version: 1
entities:
  save_cases:
    file: follow_ups.csv
    fields:
      id: id
      account: account
      arm: arm
      opened_on: from
      horizon_ends_on: to
      held_share: {constant: "0.5"}
      contacted_at: {column: contacted, default: null}
      channel: {column: channel, default: null}
"""


@pytest.fixture
async def shop(database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path) -> Shop:
    opened = Shop(database, workspace, settings_of_test, folder=tmp_path / "export")
    await opened.import_export()
    return opened


async def imported(shop: Shop, *rows: str, mapping: str = MAPPING) -> ImportSummary:
    folder = shop.export.folder
    (folder / "follow_ups.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    file = folder / "cases.yaml"
    file.write_text(mapping, encoding="utf-8")
    return await import_export(shop.work, read_mapping(file, IMPORT_ENTITIES.fields), folder=folder)


async def changes(shop: Shop) -> set[tuple[str, str]]:
    async with shop.database.workspace(shop.workspace.id) as connection:
        found = await feed.changes_after(connection, 0, workspace_id=shop.workspace.id, limit=500)
        return {(each.kind, f"{each.record_id}:{each.version}") for each in found}


async def cases(shop: Shop) -> list[tuple[Any, ...]]:
    async with shop.database.workspace(shop.workspace.id) as connection:
        filters = CaseFilter(with_held=True, sort="opened_on")
        found = await list_cases(connection, filters, workspace_id=shop.workspace.id, limit=50)
        return [(each.external_id, each.arm, each.outcome, each.mrr, each.contacts) for each in found.items]


async def decide(shop: Shop, bus: Bus | None = None) -> None:
    async with shop.database.workspace(shop.workspace.id) as connection:
        await jobs.decide_outcomes(connection, shop.workspace.id, TODAY.date(), clock=FixedClock(TODAY))
        if bus is not None:
            await announce(connection, bus, workspace_id=shop.workspace.id)


async def test_a_row_is_a_case_with_its_contact_and_is_unknown_until_somebody_has_looked(shop: Shop) -> None:
    await imported(shop, FIRST, SECOND)
    assert await cases(shop) == [("F-1", "act", "unknown", None, 1), ("F-2", "hold", "unknown", None, 0)]
    await decide(shop)
    # S-2 ended on 1 May and paid 10 a month; nothing is recorded after that day.
    assert await cases(shop) == [
        ("F-1", "act", "stayed", "100.00", 1),
        ("F-2", "hold", "unknown", "10.00", 0),
    ]
    again = await imported(shop, FIRST, SECOND)
    assert again.entities["save_cases"].unchanged == 2
    assert [each[2] for each in await cases(shop)] == ["stayed", "unknown"]


async def test_the_nightly_work_publishes_what_it_decided_and_tells_other_systems_of_nobody_left_alone(
    shop: Shop,
) -> None:
    await imported(shop, FIRST, "F-3,A-1,hold,2024-02-01,2024-03-01,,")
    heard: list[DomainEvent] = []

    async def hear(_: Connection, event: DomainEvent, __: Runtime) -> None:
        heard.append(event)

    bus = Bus(shop.work.runtime, on(RecordsChanged, hear), on(ActionTaken, hear))
    await decide(shop, bus)
    changed, told = heard
    assert isinstance(changed, RecordsChanged)
    assert isinstance(told, ActionTaken)
    assert isinstance(told.data, SentCases)
    assert len(changed.records["save_cases"]) == 2
    assert (told.action, [str(each.opened_on) for each in told.data.cases]) == (
        "save_cases.ended",
        ["2024-04-01"],
    )


async def test_an_import_adds_no_case_of_an_account_left_alone_to_the_changes_feed(shop: Shop) -> None:
    before = await changes(shop)
    await imported(shop, FIRST, "F-3,A-2,hold,2024-04-10,2024-05-10,2024-04-12,phone")
    told = (await changes(shop)) - before
    assert sorted(kind for kind, _ in told if kind != "imports") == ["accounts", "save_cases"]


@pytest.mark.parametrize("share", ["nan", "inf", "1e-99999", "half"])
async def test_a_share_that_is_not_a_number_becomes_a_dead_letter_and_stops_no_other_row(
    shop: Shop, share: str
) -> None:
    mapping = MAPPING.replace('{constant: "0.5"}', "{column: channel}").replace(
        "{column: channel, default: null}", "{constant: phone}"
    )
    summary = await imported(shop, FIRST.replace("phone", share), SECOND + "0.5", mapping=mapping)
    assert summary.entities["save_cases"].dead_lettered == 1
    assert [each[0] for each in await cases(shop)] == ["F-2"]


async def test_a_row_that_contradicts_its_case_or_another_becomes_a_dead_letter(shop: Shop) -> None:
    await imported(shop, FIRST)
    far = "2199-01-01,2199-02-01,,"
    summary = await imported(
        shop,
        FIRST.replace("act", "hold"),
        f"F-3,A-1,act,{far}",
        f"F-4,A-1,act,{far}",
        "F-5,A-1,act,2024-02-01,2024-02-01,,",
        "F-6,A-1,maybe,2024-02-01,2024-03-01,,",
        "F-7,A-1,act,2024-02-01,2024-03-01,2024-03-02,phone",
        "F-8,nobody,act,2024-02-01,2024-03-01,,",
    )
    assert summary.entities["save_cases"].dead_lettered == 6
    codes = {code for _, _, code, _ in shop.dead_letters()}
    assert codes == {
        *("not-storable", "open-case", "invalid-period", "unknown-value", "outside-case", "unknown-account")
    }
    assert [each[:2] for each in await cases(shop)] == [("F-1", "act"), ("F-3", "act")]


async def test_an_undo_takes_cases_and_their_contacts_back_though_they_are_decided_by_now(shop: Shop) -> None:
    summary = await imported(shop, FIRST, SECOND)
    await decide(shop)
    await shop.undo(summary.id)
    assert await cases(shop) == []
    assert (await shop.state())["save_case_contacts"] == []


async def test_the_commands_show_a_case_and_refuse_a_contact_outside_its_days(
    shop: Shop, conninfo: str, tmp_path: Path
) -> None:
    await imported(shop, FIRST, SECOND)

    def cases_command(*arguments: str) -> tuple[int, str]:
        done = run_command(
            "cases",
            *arguments,
            "--workspace",
            shop.workspace.slug,
            environment=environment(tmp_path / "home", database_url=conninfo),
        )
        return done.returncode, done.stdout + done.stderr

    code, shown = cases_command("show", "A-1", "--json")
    assert (code, [each["channel"] for each in json.loads(shown)["made"]]) == (0, ["phone"])
    assert "MRR unknown at the opening" in cases_command("show", "A-1")[1]
    listed = cases_command("list")[1].splitlines()
    assert sorted(line.split()[7] for line in listed) == ["A-1", "A-2"]
    code, refused = cases_command("contact", "A-1", "--channel", "mail", "--note", "x")
    assert (code, "contacted_at" in refused) == (3, True)
    assert cases_command("show", "A-3")[0] == 2
