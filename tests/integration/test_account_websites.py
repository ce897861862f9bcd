"""Websites of accounts: what a crawl of them keeps as signals, and how they are listed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from keepwell.crawl.accounts import service
from keepwell.crawl.accounts.model import WebsiteItem, WebsiteReading
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import CorruptData
from keepwell.platform.runtime import system_runtime
from tests.commands import start_command
from tests.crawl_site import CrawlSite
from tests.integration.crawled_accounts import CrawledAccounts
from tests.integration.credentials import ANY
from tests.integration.records import Client

pytestmark = pytest.mark.anyio

HOME_PAGE = "<title>Arcade</title><script src=https://js.stripe.com/v3></script><a href=/pricing>p</a><a href=/jobs>j</a>"


@pytest.fixture(scope="module")
def site() -> Iterator[CrawlSite]:
    with CrawlSite() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _fresh(site: CrawlSite) -> None:
    site.pages = {"/": HOME_PAGE, "/pricing": "<p>Pro costs $29 a month.</p>", "/jobs": "<p>Our team.</p>"}
    site.asked.clear()


@pytest.fixture
async def shop(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings, tmp_path: Path
) -> CrawledAccounts:
    return CrawledAccounts(client, database, workspace, replace(shared_settings, home=tmp_path))


async def test_what_a_website_shows_becomes_signals_of_its_account(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    made = await shop.crawl()
    assert await shop.signals(account_id) == {
        "status": {"now": {"state": "alive"}, "before": None},
        "title": {"now": "Arcade", "before": None},
        "technologies": {"now": ["stripe"], "before": None},
        "pricing": {"now": ["$29"], "before": None},
    }
    assert (made.crawl.accounts, made.crawl.websites, made.crawl.signals) == (1, 1, 4)
    assert made.crawl.outcomes == {"page": 3}


async def test_a_second_crawl_writes_only_what_changed(shop: CrawledAccounts, site: CrawlSite) -> None:
    account_id = await shop.add(site.url())
    await shop.crawl()
    site.pages["/pricing"] = "<p>Pro costs $35 a month.</p>"
    site.pages["/jobs"] = "<p>We are hiring</p>"
    made = await shop.crawl()
    assert sorted(each.kind for each in made.signals) == ["website.hiring", "website.pricing"]
    found = await shop.signals(account_id)
    assert found["pricing"] == {"now": ["$35"], "before": ["$29"]}
    [listed] = (await shop.websites()).values()
    assert (listed.changes, listed.changed_at) == (["website.pricing"], listed.read_at)
    assert (await shop.crawl()).signals == []


async def test_a_website_that_died_is_dead_since_then_until_it_answers_again(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url("/shop"))
    await shop.add(site.url())
    await shop.crawl()
    site.gone = {"/shop"}
    for _ in range(2):
        await shop.crawl()
    dead = (await shop.websites())[site.url("/shop")]
    found = (await shop.signals(account_id))["status"]
    assert found["now"] == {"state": "dead", "outcome": "client_error", "status": 404}
    assert found["before"] == {"state": "alive"}
    assert dead.state == "dead"
    assert dead.since is not None
    assert dead.read_at is not None
    assert dead.since < dead.read_at
    site.gone = set()
    await shop.crawl()
    assert (await shop.signals(account_id))["status"]["now"] == {"state": "alive"}


async def test_a_website_that_fails_once_is_in_doubt_and_dead_since_then_if_it_fails_again(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url("/busy"))

    async def crawled() -> tuple[WebsiteItem, bool]:
        await shop.crawl(tries=1)
        async with shop.database.workspace(shop.workspace.id) as connection:
            is_in_doubt = await service.is_in_doubt(
                connection, workspace_id=shop.workspace.id, account_id=account_id
            )
        return (await shop.websites())[site.url("/busy")], is_in_doubt

    first, is_in_doubt = await crawled()
    assert (first.state, first.outcome, first.status, is_in_doubt) == ("unknown", "server_error", 500, True)
    assert await shop.signals(account_id) == {}
    second, is_in_doubt = await crawled()
    assert (second.state, second.since, is_in_doubt) == ("dead", first.read_at, False)
    assert (await shop.signals(account_id))["status"]["now"]["status"] == 500


async def test_a_website_that_moved_names_the_new_one(shop: CrawledAccounts, site: CrawlSite) -> None:
    account_id = await shop.add(site.url(f"/to/{site.url('/', host=2)}"))
    await shop.crawl()
    assert (await shop.signals(account_id))["status"]["now"] == {
        "state": "moved",
        "to": site.url("/", host=2),
    }


async def test_a_website_of_two_accounts_is_read_once_and_means_the_same_for_both(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    both = [await shop.add(site.url()), await shop.add(site.url("/#top"))]
    made = await shop.crawl()
    first, second = [await shop.signals(each) for each in both]
    assert first == second
    assert site.paths().count("/") == 1
    assert (made.crawl.accounts, made.crawl.websites) == (2, 1)


async def test_a_website_that_leads_to_one_of_another_account_shows_what_that_shows(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    leading = await shop.add(site.url(f"/to/{site.url('/')}"))
    await shop.add(site.url())
    await shop.crawl()
    assert (await shop.signals(leading))["technologies"]["now"] == ["stripe"]


async def test_nonsense_is_named_and_the_rest_is_read(shop: CrawledAccounts, site: CrawlSite) -> None:
    await shop.add("https://arcade")
    await shop.add("https://exa%zzmple.com")
    long = await shop.add("https://long.example")
    async with shop.database.workspace(shop.workspace.id) as connection:
        # An earlier release took it.
        await connection.execute(
            "update contacts set website = %s where account_id = %s", ("https://" + "x" * 100_000, long)
        )
    alive = await shop.add(site.url())
    await shop.crawl()
    listed = await shop.websites()
    assert listed["https://arcade"].problem == "'https://arcade' is not the URL of a page."
    assert {each.state for each in listed.values()} == {None, "alive"}
    assert len(await shop.websites(in_state="nonsense")) == 3
    assert max(len(each.problem or "") for each in listed.values()) < 200
    assert await shop.signals(alive)


async def test_an_address_inside_this_network_is_unknown_and_not_asked(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    inside = await shop.add(site.url())
    await shop.crawl(allowed_networks=())
    [listed] = (await shop.websites()).values()
    assert (listed.state, listed.outcome) == ("unknown", "address_refused")
    assert await shop.signals(inside) == {}
    assert site.asked == []


async def test_an_international_name_and_one_without_a_scheme_are_addresses(shop: CrawledAccounts) -> None:
    for website in ("https://b\u00fccher.invalid", "arcade.invalid:8080"):
        await shop.add(website)
    await shop.crawl(tries=1)
    # Nothing could be reached: this machine may be cut off, so nobody is dead.
    assert {each.state for each in (await shop.websites()).values()} == {"unknown"}
    await shop.crawl(tries=1)
    assert {each.state for each in (await shop.websites()).values()} == {"dead"}


async def test_the_website_is_the_billing_contacts_and_after_a_change_what_was_read_says_nothing(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url("/old"))
    await shop.crawl()
    billing = {"account_id": str(account_id), "website": site.url(), "is_billing": True}
    assert (await shop.client.post("/v1/contacts", json=billing)).status_code == 201
    [listed] = (await shop.websites(in_state="unread")).values()
    assert (listed.website, listed.state, listed.read_at) == (site.url(), None, None)


async def test_what_a_crawl_had_read_when_it_died_is_kept_by_the_next_one(
    shop: CrawledAccounts, site: CrawlSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = await shop.add(site.url())
    with monkeypatch.context() as patched:
        patched.setattr(service, "keep", _dies)
        with pytest.raises(asyncio.CancelledError):
            await shop.crawl()
    assert await shop.signals(account_id) == {}
    # Meanwhile the prices change: the first ones were seen, and are known now.
    site.pages["/pricing"] = "<p>$35</p>"
    made = await shop.crawl()
    prices = [each.value for each in made.signals if each.kind == "website.pricing"]
    assert prices == [{"now": ["$29"], "before": None}, {"now": ["$35"], "before": ["$29"]}]


async def test_a_crawl_that_is_killed_midway_is_continued_without_losing_a_page(
    shop: CrawledAccounts, site: CrawlSite, tmp_path: Path
) -> None:
    numbered = [f"/{number}" for number in range(10)]
    site.pages["/"] = "<title>Arcade</title>" + "".join(f"<a href={path}>x</a>" for path in numbered)
    site.pages["/9"] = "<a href=https://boards.greenhouse.io/arcade>jobs</a>"
    account_id = await shop.add(site.url())
    environment = {
        **os.environ,
        "KEEPWELL_HOME": str(shop.settings.home),
        "KEEPWELL_DATABASE_URL": shop.settings.database_url or "",
    }
    command = ("crawl", "accounts", "--workspace", shop.workspace.slug, "--rate", "5/s")
    with (tmp_path / "out").open("wb") as out:
        killed = start_command(
            *command, "--allow-network", "127.0.0.0/8", environment=environment, stdout=out, stderr=out
        )
        await until(lambda: len(site.paths()) > 4)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    before = site.counts.copy()
    with (tmp_path / "out").open("wb") as out:
        again = start_command(
            *command[:-1],
            "500/s",
            "--json",
            "--allow-network",
            "127.0.0.0/8",
            environment=environment,
            stdout=out,
            stderr=out,
        )
        await asyncio.to_thread(again.wait, 60)
    report = json.loads((tmp_path / "out").read_bytes())
    assert [(each["name"], each["state"]) for each in report["websites"]] == [("Account 001", "alive")]
    found = await shop.signals(account_id)
    assert (found["title"]["now"], found["hiring"]["now"]) == ("Arcade", True)
    assert set(site.paths()) == {"/", *numbered}
    assert sum((site.counts - before).values()) < len(numbered)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  the site counts in a thread of its own
            await asyncio.sleep(0.01)


async def _dies(*_: object, **__: object) -> None:
    raise asyncio.CancelledError


async def test_the_same_news_twice_is_stored_once(shop: CrawledAccounts, site: CrawlSite) -> None:
    await shop.add(site.url())
    made = await shop.crawl()
    before = await shop.count_of_signals()
    async with shop.database.workspace(shop.workspace.id) as connection:
        again = await service.keep(
            connection, made.found, workspace_id=shop.workspace.id, runtime=system_runtime()
        )
    assert (again, await shop.count_of_signals()) == ([], before)


async def test_an_account_that_was_erased_during_its_crawl_keeps_nothing(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    erased, other = await shop.add(site.url("/erased")), await shop.add(site.url())
    async with shop.database.workspace(shop.workspace.id) as connection:
        targets = await service.targets(connection, workspace_id=shop.workspace.id)
    now = system_runtime().clock.now()
    found = {
        each: WebsiteReading(url=each.website, state="alive", read_at=now, outcome="page") for each in targets
    }
    answer = await shop.client.post(f"/v1/accounts/{erased}/erasure", headers=ANY)
    assert answer.status_code == 200, answer.text
    async with shop.database.workspace(shop.workspace.id) as connection:
        await service.keep(connection, found, workspace_id=shop.workspace.id, runtime=system_runtime())
    assert await shop.signals(erased) == {}
    assert list(await shop.websites()) == [site.url()]
    assert await shop.signals(other)


async def test_crawls_and_websites_over_http(shop: CrawledAccounts, site: CrawlSite) -> None:
    await shop.add(site.url())
    await shop.crawl()
    await shop.crawl()
    changes = (await shop.client.get("/v1/changes")).json()["items"]
    # Pages hear of each crawl, and the feed does not grow with them.
    assert [each["record_id"] for each in changes if each["kind"] == "crawls"] == [str(shop.workspace.id)]
    crawl = (await shop.client.get("/v1/crawls", params={"sort": "started_at"})).json()["items"][0]
    assert (crawl["outcomes"], crawl["statuses"], crawl["queue_left"]) == ({"page": 3}, {"200": 4}, 0)
    [website] = (await shop.client.get("/v1/websites", params={"in_state": "alive"})).json()["items"]
    assert website["website"] == site.url()
    totals = (await shop.client.get("/v1/websites/totals")).json()
    assert totals == {
        "alive": 1,
        "moved": 0,
        "dead": 0,
        "unknown": 0,
        "nonsense": 0,
        "unread": 0,
        "left_out": 0,
    }


async def test_a_crawl_is_listed_while_it_is_under_way_and_as_broken_off_once_it_is_silent(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    await shop.add(site.url("/delay"))
    crawling = asyncio.create_task(shop.crawl())
    for _ in range(500):
        if listed := (await shop.client.get("/v1/crawls")).json()["items"]:
            break
        await asyncio.sleep(0.01)
    assert (listed[0]["state"], listed[0]["ended_at"], listed[0]["websites"]) == ("under_way", None, 1)
    crawling.cancel()
    await asyncio.wait([crawling])
    [ended] = (await shop.client.get("/v1/crawls")).json()["items"]
    assert (ended["state"], ended["id"]) == ("ended", listed[0]["id"])
    async with shop.database.workspace(shop.workspace.id) as connection:
        await connection.execute("update crawls set is_under_way = true, ended_at = '2026-01-01'")
    [silent] = (await shop.client.get("/v1/crawls")).json()["items"]
    assert (silent["state"], silent["ended_at"][:10]) == ("broken_off", "2026-01-01")


async def test_a_file_that_is_no_frontier_is_named_to_the_operator_and_not_to_clients(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    await shop.add(site.url())
    file = shop.settings.frontier(shop.workspace.id)
    file.parent.mkdir(parents=True)
    file.write_text("notes")
    with pytest.raises(CorruptData, match=file.name):
        await shop.crawl()
    [crawl] = (await shop.client.get("/v1/crawls")).json()["items"]
    assert file.name not in crawl["error"]
