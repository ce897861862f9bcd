"""The weekly digest under a clock that the test moves: who gets it, when, how often, and what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import psycopg
import pytest
from psycopg import sql

from keepwell.app.digest.jobs import digest_kind
from keepwell.app.digest.model import Week, due_week
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.ids import Uuid7
from keepwell.platform.mail import service
from keepwell.platform.mail.model import MailDetail
from keepwell.platform.runtime import Runtime
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock
from tests.conftest import migrated_database
from tests.integration.credentials import second_member
from tests.integration.records import Client, client_of, made, problem_code

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
# Sunday, 8 March 2026; the Monday after it is the ninth.
SUNDAY = datetime(2026, 3, 8, 12, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
# Of all tests, so that they can use one application.
CLOCK = MovableClock(SUNDAY)
RUNTIME = Runtime(CLOCK, Uuid7(CLOCK))


@pytest.fixture(scope="module")
def conninfo(server: str) -> Iterator[str]:
    # A worker looks into every workspace, also those of other tests: recurring work would be done in hundreds.
    with migrated_database(server) as own:
        yield own


@pytest.fixture
def settings_of_test(settings_of_module: Settings) -> Settings:
    return settings_of_module


class Weeks:
    """A workspace with some revenue and two members, and workers whose clock the test moves."""

    def __init__(self, client: Client, database: Database, settings: Settings, workspace: Workspace) -> None:
        self.client, self.database, self.settings, self.workspace = client, database, settings, workspace
        self.clock = CLOCK

    def worker(self) -> Worker:
        runtime = Runtime(self.clock, Uuid7(self.clock))
        kinds = [digest_kind(self.settings, runtime=runtime)]
        return Worker(self.database, kinds, clock=self.clock, jitter=lambda: 0.0)

    async def until(self, instant: datetime, *, by: timedelta = HOUR) -> None:
        """Let the time pass in steps; the worker looks at the end of each."""
        worker = self.worker()
        while self.clock.instant < instant:
            self.clock.move(min(by, instant - self.clock.instant))
            await worker.round()

    def prefer(self, name: str, **fields: str) -> None:
        """Store preferences of a member."""
        columns = sql.SQL(", ").join(map(sql.Identifier, fields))
        with psycopg.connect(self.settings.database_url or "", autocommit=True) as superuser:
            superuser.execute(
                sql.SQL(
                    "update member_preferences set ({}) = row({}) where member_id ="
                    " (select id from members where workspace_id = %s and name = %s)"
                ).format(columns, sql.SQL(", ").join(sql.Placeholder() * len(fields))),
                [*fields.values(), self.workspace.id, name],
            )

    async def mails(self) -> dict[str, list[MailDetail]]:
        """The digests of each address, the oldest first."""
        found: dict[str, list[MailDetail]] = {}
        async with self.database.workspace(self.workspace.id) as connection:
            page = await service.list_mails(
                connection, "id", workspace_id=self.workspace.id, limit=100, kind="digest"
            )
            for each in page.items:
                mail = await service.get_mail(connection, self.workspace.id, mail_id=each.id)
                found.setdefault(mail.recipient_address.partition("-")[0], []).append(mail)
        return found


@pytest.fixture
async def weeks(database: Database, settings_of_test: Settings, workspace: Workspace) -> AsyncIterator[Weeks]:
    settings = msgspec.structs.replace(settings_of_test, public_url="https://keepwell.example")
    CLOCK.instant = SUNDAY
    async with client_of(database, workspace, settings=settings, runtime=RUNTIME) as client:
        for name in ("berlin", "tonga"):
            email = f"{name}-{workspace.slug}@shop.example"
            await made(client, "/v1/members", {"name": name, "role": "analyst", "email": email})
        await made(client, "/v1/members", {"name": "No e-mail", "role": "agent"})
        with psycopg.connect(settings.database_url or "", autocommit=True) as superuser:
            superuser.execute(
                """
                insert into member_preferences (workspace_id, member_id, time_zone)
                select workspace_id, id, case name when 'berlin' then 'Europe/Berlin' else 'Pacific/Tongatapu' end
                from members where workspace_id = %s and email is not null
                """,
                [workspace.id],
            )
        for number, begins in enumerate(("2026-02-01", "2026-03-04")):
            account = await made(
                client, "/v1/accounts", {"external_id": f"A-{number}", "name": f"<Shop> {number}"}
            )
            subscription = {
                "account_id": account["id"],
                "external_id": f"S-{number}",
                "plan": "Pro",
                "amount": "1234.56",
                "amount_per": "month",
                "interval": "month",
                "starts_on": begins,
            }
            await made(client, "/v1/subscriptions", subscription)
        yield Weeks(client, database, settings, workspace)


async def test_each_member_gets_one_digest_on_monday_morning_of_their_own_time_zone(weeks: Weeks) -> None:
    # 07:00 in Tonga is 18:00 of Sunday in UTC, whose day has to end first.
    await weeks.until(MONDAY - timedelta(minutes=1))
    assert await weeks.mails() == {}
    await weeks.until(MONDAY + timedelta(hours=1))
    assert list(await weeks.mails()) == ["tonga"]
    # 07:00 in Berlin is 06:00 in UTC.
    await weeks.until(MONDAY + timedelta(hours=5, minutes=59))
    assert list(await weeks.mails()) == ["tonga"]
    await weeks.until(MONDAY + timedelta(hours=7))
    assert {name: len(found) for name, found in (await weeks.mails()).items()} == {"tonga": 1, "berlin": 1}


async def test_it_waits_for_the_end_of_a_members_quiet_hours(weeks: Weeks) -> None:
    weeks.prefer("berlin", quiet_from="20:00", quiet_until="09:30")
    await weeks.until(MONDAY + timedelta(hours=8))
    assert list(await weeks.mails()) == ["tonga"]
    await weeks.until(MONDAY + timedelta(hours=9))
    assert sorted(await weeks.mails()) == ["berlin", "tonga"]


async def test_a_time_zone_that_this_machine_does_not_know_counts_as_utc_and_stops_nobody_else(
    weeks: Weeks,
) -> None:
    weeks.prefer("tonga", time_zone="Pacific/Atlantis", quiet_from="20:00", quiet_until="06:00")
    await weeks.until(MONDAY + timedelta(hours=6))
    assert list(await weeks.mails()) == ["berlin"]
    await weeks.until(MONDAY + timedelta(hours=7))
    assert sorted(await weeks.mails()) == ["berlin", "tonga"]


async def test_it_is_one_a_week_exactly_whatever_the_clock_and_the_workers_do(weeks: Weeks) -> None:
    await weeks.until(MONDAY + timedelta(hours=12), by=6 * HOUR)
    weeks.clock.move(-timedelta(days=1))
    await weeks.until(MONDAY + timedelta(hours=12), by=6 * HOUR)
    with psycopg.connect(weeks.settings.database_url or "", autocommit=True) as superuser:
        superuser.execute("delete from due_work")
    await asyncio.gather(*(weeks.worker().round() for _ in range(3)))
    assert {name: len(found) for name, found in (await weeks.mails()).items()} == {"tonga": 1, "berlin": 1}
    await weeks.until(MONDAY + WEEK + timedelta(hours=12), by=WEEK / 2)
    assert {name: len(found) for name, found in (await weeks.mails()).items()} == {"tonga": 2, "berlin": 2}


async def test_after_a_downtime_it_is_caught_up_until_tuesday_night_and_not_later(weeks: Weeks) -> None:
    weeks.clock.instant = MONDAY + timedelta(days=1, hours=20)
    await weeks.worker().round()
    assert list(await weeks.mails()) == ["berlin"]
    weeks.clock.instant = MONDAY + WEEK + timedelta(days=3)
    await weeks.worker().round()
    assert list(await weeks.mails()) == ["berlin"]


async def test_its_figures_are_those_of_the_reports_and_it_escapes_what_others_wrote(weeks: Weeks) -> None:
    await weeks.until(MONDAY + timedelta(hours=7))
    mail = (await weeks.mails())["berlin"][0]
    report = await weeks.client.get(
        "/v1/metrics/movements", params={"from": "2026-03-02", "to": "2026-03-08", "by": "total"}
    )
    (period,) = report.json()["periods"]
    assert (period["opening"], period["new"], period["closing"]) == ("1234.56", "1234.56", "2469.12")
    assert mail.subject.endswith(": MRR 2,469.12 USD on 2026-03-08")
    text, html = mail.text or "", mail.html or ""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert {
        "MRR before 1,234.56 USD",
        "new +1,234.56 USD",
        "MRR now 2,469.12 USD",
        "paying accounts 2",
    } <= set(lines)
    assert not any(line.startswith(("churn", "exchange rates")) for line in lines)
    assert "https://keepwell.example/unsubscribe?token=" in text
    assert '<td align="right">2,469.12 USD</td>' in html
    assert "<Shop>" not in html


async def test_who_turned_it_off_gets_none_until_they_turn_it_on_again(weeks: Weeks) -> None:
    assert (await weeks.client.get("/v1/digest")).json() == {"is_on": True}
    member = next(
        each for each in (await weeks.client.get("/v1/members")).json()["items"] if each["name"] == "berlin"
    )
    async with weeks.database.workspace(weeks.workspace.id) as connection:
        await service.opt_out(
            connection, weeks.workspace.id, topic="digest", subject_id=member["id"], clock=weeks.clock
        )
    await weeks.until(MONDAY + timedelta(hours=12), by=6 * HOUR)
    assert list(await weeks.mails()) == ["tonga"]
    refused = await weeks.client.put("/v1/digest", json={"is_on": False})
    # A token that may read must not change anything.
    assert (refused.status_code, problem_code(refused)) == (403, "fresh-sign-in-required")
    _, session = await second_member(weeks.client)
    for is_on in (False, True):
        answer = await weeks.client.put("/v1/digest", json={"is_on": is_on}, headers=session)
        assert (answer.status_code, answer.json()) == (200, {"is_on": is_on})


async def test_a_workspace_without_revenue_gets_none(weeks: Weeks) -> None:
    for each in (await weeks.client.get("/v1/subscriptions")).json()["items"]:
        gone = await weeks.client.delete(f"/v1/subscriptions/{each['id']}", headers={"If-Match": "*"})
        assert gone.status_code == 204
    await weeks.until(MONDAY + timedelta(hours=12), by=6 * HOUR)
    assert await weeks.mails() == {}


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        # The clocks went forward on the Sunday before; Monday morning is an hour earlier in UTC.
        (datetime(2026, 3, 30, 4, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), date(2026, 3, 23)),
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 23)),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), None),
        # The week that begins in one year and ends in another.
        (datetime(2027, 1, 4, 6, 0, tzinfo=UTC), date(2026, 12, 28)),
    ],
)
def test_a_week_is_due_from_monday_morning_until_tuesday_night(now: datetime, monday: date | None) -> None:
    assert due_week(now, time_zone="Europe/Berlin") == (None if monday is None else Week(monday))


def test_a_week_is_not_due_before_it_has_ended_in_utc_whose_days_figures_follow() -> None:
    midnight = datetime(2026, 3, 30, tzinfo=UTC)
    for time_zone in ("Asia/Tokyo", "Pacific/Auckland", "Pacific/Kiritimati"):
        assert due_week(midnight - timedelta(seconds=1), time_zone=time_zone) is None
        assert due_week(midnight, time_zone=time_zone) == Week(date(2026, 3, 23))
