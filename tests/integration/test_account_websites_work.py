"""The worker that reads the websites of accounts: only once asked to, for all that are due in one child process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.jobs import kinds
from keepwell.crawl.accounts.service import ACCOUNT
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from keepwell.platform.work import service as work
from keepwell.platform.work.model import WorkFilter, WorkItem
from keepwell.platform.work.worker import Worker
from tests.clocks import MovableClock
from tests.conftest import migrated_database
from tests.crawl_site import CrawlSite
from tests.integration.crawled_accounts import CrawledAccounts
from tests.integration.credentials import ANY
from tests.integration.records import Client

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_is_due")]

RUNTIME = system_runtime()
LOOPBACK = "127.0.0.0/8"


@pytest.fixture(scope="module")
def conninfo(server: str) -> Iterator[str]:
    # A worker looks into every workspace, also those of other tests.
    with migrated_database(server) as own:
        yield own


@pytest.fixture(scope="module")
def site() -> Iterator[CrawlSite]:
    with CrawlSite() as opened:
        opened.pages = {"/": "<title>Arcade</title>"}
        yield opened


class Office:
    """A workspace and its worker, whose clock the test moves."""

    def __init__(self, shop: CrawledAccounts) -> None:
        self.shop = shop
        self.clock = MovableClock(RUNTIME.clock.now())
        room = kinds(shop.database, shop.settings, clock=self.clock, jitter=lambda: 1.0)
        self.worker = Worker(shop.database, room, clock=self.clock, jitter=lambda: 0.0)

    async def ask_for(self, website_crawls: str) -> None:
        answer = await self.shop.client.patch(
            "/v1/workspace", json={"website_crawls": website_crawls}, headers=ANY
        )
        assert answer.status_code == 200, answer.text

    async def rounds(self, count: int = 2) -> None:
        """The first round plans, the second one does it."""
        for _ in range(count):
            await self.worker.round()

    async def due(self) -> list[WorkItem]:
        workspace_id = self.shop.workspace.id
        async with self.shop.database.workspace(workspace_id) as connection:
            found = await work.list_work(
                connection,
                WorkFilter(kind=ACCOUNT),
                workspace_id=workspace_id,
                now=self.clock.now(),
                limit=100,
            )
        return list(found.items)

    async def crawls(self) -> list[Any]:
        found = await service.list_crawls(
            self.shop.database.reader(self.shop.workspace.id),
            "-started_at",
            workspace_id=self.shop.workspace.id,
            now=self.clock.now(),
            limit=10,
        )
        return list(found.items)


@pytest.fixture
async def office(
    client: Client,
    database: Database,
    workspace: Workspace,
    settings_of_test: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    # The child reads its settings from the environment that it inherits.
    monkeypatch.setenv("KEEPWELL_CRAWL_ALLOW_NETWORKS", LOOPBACK)
    monkeypatch.setenv("KEEPWELL_DATABASE_URL", settings_of_test.database_url or "")
    settings = replace(settings_of_test, home=tmp_path, crawl_networks=(ip_network(LOOPBACK),))
    return Office(CrawledAccounts(client, database, workspace, settings))


@pytest.fixture
def shared_settings(settings_of_test: Settings) -> Settings:
    return settings_of_test


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def without_package(folder: Path) -> str:
    """A folder with a package that cannot be imported, to be found before the one that is installed."""
    (folder / "selectolax.py").write_text("raise ImportError('no', name='selectolax')")
    return str(folder)


async def test_nothing_is_read_before_somebody_asks_for_it(office: Office, site: CrawlSite) -> None:
    await office.shop.add(site.url())
    asked = len(site.asked)
    await office.rounds()
    assert (await office.due(), len(site.asked)) == ([], asked)


async def test_all_due_accounts_are_read_by_one_child_and_are_due_again_after_a_period_and_jitter(
    office: Office, site: CrawlSite
) -> None:
    accounts = [await office.shop.add(site.url(host=number)) for number in (1, 2, 3)]
    before = counted("keepwell_website_requests_total")
    await office.ask_for("daily")
    await office.rounds()
    [crawl] = await office.crawls()
    assert (crawl.cause, crawl.websites, crawl.error) == ("worker", 3, None)
    assert (await office.shop.signals(accounts[2]))["title"]["now"] == "Arcade"
    due = office.clock.now() + timedelta(days=1.05)
    assert [(each.status, each.due_at) for each in await office.due()] == [("waiting", due)] * 3
    assert counted("keepwell_website_requests_total") - before == crawl.requests == 6


async def test_work_on_websites_ends_with_the_wish_for_it(office: Office, site: CrawlSite) -> None:
    await office.shop.add(site.url())
    await office.ask_for("weekly")
    await office.rounds(1)
    await office.ask_for("off")
    await office.rounds(1)
    assert (await office.due(), await office.crawls()) == ([], [])


async def test_without_the_packages_the_work_says_what_to_install_and_others_go_on(
    office: Office, site: CrawlSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.shop.add(site.url())
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join((without_package(tmp_path), os.environ.get("PYTHONPATH", "")))
    )
    await office.ask_for("daily")
    await office.rounds()
    sentence = "The crawl needs the package selectolax. Install the extra: pip install 'keepwell[crawl]'."
    assert [(each.status, each.last_error) for each in await office.due()] == [("failing", sentence)]
    assert [each.error for each in await office.crawls()] == [sentence]


async def test_an_erasure_deletes_the_file_of_what_was_read(office: Office, site: CrawlSite) -> None:
    erased = await office.shop.add(site.url())
    await office.ask_for("daily")
    await office.rounds()
    file = office.shop.settings.frontier(office.shop.workspace.id)
    assert file.exists()
    answer = await office.shop.client.post(f"/v1/accounts/{erased}/erasure", headers=ANY)
    assert answer.status_code == 200, answer.text
    assert (await office.due(), await office.shop.websites()) == ([], {})
    await office.rounds(1)
    assert not file.exists()
