"""The websites that contacts of an account name besides its own: a status page, one of prices, one of reviews."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from keepwell.churn.audit.model import NoSuchAttribute
from keepwell.churn.audit.on_record import attributes_of
from keepwell.churn.label import BY_SUBSCRIPTION
from keepwell.crawl.accounts.crawling import crawl_accounts
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime
from tests.crawl_site import CrawlSite
from tests.integration.crawled_accounts import CrawledAccounts
from tests.integration.credentials import ANY
from tests.integration.records import Client

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def site() -> Iterator[CrawlSite]:
    with CrawlSite() as opened:
        yield opened


@pytest.fixture(autouse=True)
def _fresh(site: CrawlSite) -> None:
    site.pages = {
        "/": "<title>Arcade</title><a href=/pricing>p</a>",
        "/status": "<title>Status</title><a href=/history>h</a>",
        "/pricing": "<p>$29</p>",
    }
    site.gone = set()
    site.asked.clear()


@pytest.fixture
async def shop(
    client: Client, database: Database, workspace: Workspace, shared_settings: Settings, tmp_path: Path
) -> CrawledAccounts:
    return CrawledAccounts(client, database, workspace, replace(shared_settings, home=tmp_path))


async def test_a_page_elsewhere_is_read_alone_and_its_news_says_which_it_is(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    status = site.url("/status", host=2)
    await shop.name(account_id, status)
    made = await shop.crawl()
    assert sorted(site.paths()) == ["/", "/pricing", "/status"]
    assert (await shop.signals(account_id))["title"] == {"now": "Arcade", "before": None}
    assert (await shop.signals(account_id, status))["title"] == {
        "website": status,
        "now": "Status",
        "before": None,
    }
    assert (made.crawl.accounts, made.crawl.websites) == (1, 2)
    site.gone = {"/status"}
    made = await shop.crawl()
    [news] = made.signals
    assert (news.kind, news.value["website"], news.value["now"]["status"]) == ("webpage.status", status, 404)
    assert (await shop.crawl()).signals == []


async def test_an_audit_groups_by_what_the_own_website_says_and_not_by_one_of_several_others(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    await shop.name(account_id, site.url("/status", host=2))
    await shop.crawl()
    known_at = system_runtime().clock.now()
    reader = shop.database.reader(shop.workspace.id)
    with pytest.raises(NoSuchAttribute) as refused:
        await attributes_of(
            reader, BY_SUBSCRIPTION, workspace_id=shop.workspace.id, by="webpage.status", known_at=known_at
        )
    assert "website.status" in refused.value.hint


async def test_the_rating_on_a_page_of_reviews_is_a_signal(shop: CrawledAccounts, site: CrawlSite) -> None:
    account_id = await shop.add(site.url())
    reviews = site.url("/reviews/arcade", host=2)
    await shop.name(account_id, reviews)
    rating = '{"aggregateRating": {"ratingValue": "4,2", "bestRating": 5, "reviewCount": %d}}'
    for count in (120, 125, 140):
        site.pages["/reviews/arcade"] = f"<script type=application/ld+json>{rating % count}</script>"
        await shop.crawl()
    assert (await shop.signals(account_id, reviews))["reviews"] == {
        "website": reviews,
        "now": {"rating": 4.2, "best": 5.0, "count": 140},
        "before": {"rating": 4.2, "best": 5.0, "count": 120},
    }


async def test_two_pages_that_were_read_at_one_moment_keep_the_news_of_both(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    others = [site.url("/status", host=host) for host in (2, 3, 4)]
    for each in others:
        await shop.name(account_id, each)
    await shop.crawl()
    assert [(await shop.signals(account_id, each))["title"]["now"] for each in others] == ["Status"] * 3


async def test_a_page_of_the_own_website_that_is_named_too_still_says_what_the_website_costs(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    pricing = site.url("/pricing")
    await shop.name(account_id, pricing)
    await shop.crawl()
    assert (await shop.signals(account_id))["pricing"]["now"] == ["$29"]
    assert (await shop.signals(account_id, pricing))["pricing"]["now"] == ["$29"]
    assert site.paths().count("/pricing") == 1


async def test_many_accounts_name_pages_of_one_host_and_each_is_read(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    reviews = []
    for number in range(4):
        account_id = await shop.add(site.url(host=10 + number))
        reviews.append(site.url(f"/reviews/{number}", host=2))
        await shop.name(account_id, reviews[-1])
    await shop.crawl(pages_per_host=2)
    listed = await shop.websites(in_state="alive")
    assert set(reviews) < set(listed)
    assert [listed[each].is_own for each in reviews] == [False] * 4


async def test_a_worker_does_not_ask_again_for_a_page_that_it_has_just_read_for_another_account(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    status = site.url("/status", host=2)
    accounts = [await shop.add(site.url(host=10 + number)) for number in range(2)]
    for each in accounts:
        await shop.name(each, status)
        await crawl_accounts(replace(shop.crawling(), cause="worker"), [each])
    assert site.paths().count("/status") == 1
    assert [(await shop.signals(each, status))["title"]["now"] for each in accounts] == ["Status"] * 2


async def test_many_accounts_have_their_own_website_at_one_host_and_each_is_read(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    own = [site.url(f"/shops/{number}") for number in range(4)]
    site.pages |= {
        f"/shops/{number}": "<title>Shop</title><a href=/a>a</a><a href=/b>b</a>" for number in range(4)
    }
    for each in own:
        await shop.add(each)
    made = await shop.crawl(pages_per_host=1)
    assert set(await shop.websites(in_state="alive")) == set(own)
    assert made.crawl.outcomes == {"page": 4 + 1}


async def test_a_page_that_moved_is_followed_and_names_where_it_is(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    target = site.url("/status", host=3)
    moved = site.url(f"/to/{target}", host=2)
    await shop.name(account_id, moved)
    await shop.crawl()
    found = await shop.signals(account_id, moved)
    assert found["status"]["now"] == {"state": "moved", "to": target}
    assert found["title"]["now"] == "Status"


async def test_five_websites_of_an_account_are_read_and_the_rest_is_said_to_be_left_out(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    # The same in another form is no other one.
    for form in (
        site.url().rstrip("/"),
        f"{site.url()}#contact",
        site.url().replace("http://", "HTTPS://WWW."),
    ):
        await shop.name(account_id, form)
    for number in range(6):
        await shop.name(account_id, site.url(f"/{number}", host=2))
    made = await shop.crawl()
    assert (made.crawl.websites, [each.websites for each in made.left_out]) == (5, [2])
    totals = (await shop.client.get("/v1/websites/totals")).json()
    assert (totals["alive"], totals["left_out"]) == (5, 2)
    paged, cursor = [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        answer = (await shop.client.get("/v1/websites", params=query)).json()
        paged += [(each["is_own"], each["is_left_out"], each["state"]) for each in answer["items"]]
        if (cursor := answer["next"]) is None:
            break
    other, left_out = (False, False, "alive"), (False, True, None)
    assert paged == [(True, False, "alive"), *[other] * 4, *[left_out] * 2]


async def test_one_website_that_contacts_write_in_several_ways_is_read_as_one(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add("https://Arcade.example")
    for other in ("http://www.arcade.example/", "https://arcade.example/", "https://www.arcade.example"):
        await shop.name(account_id, other)
    await shop.name(account_id, "https://status.arcade.example")
    assert [each.website for each in (await shop.websites()).values()] == [
        "https://Arcade.example",
        "https://status.arcade.example",
    ]


async def test_what_a_table_has_in_place_of_a_website_is_not_the_own_one(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add("https://-", is_billing=True)
    await shop.name(account_id, site.url())
    await shop.crawl()
    found = await shop.websites()
    assert [found[each].is_own for each in (site.url(), "https://-")] == [True, False]


async def test_a_website_that_nobody_names_any_more_is_forgotten(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    status = site.url("/status", host=2)
    await shop.name(account_id, status)
    await shop.crawl()
    contacts = (await shop.client.get("/v1/contacts", params={"account_id": str(account_id)})).json()
    [named] = [each for each in contacts["items"] if each["website"] == status]
    answer = await shop.client.patch(f"/v1/contacts/{named['id']}", json={"website": None}, headers=ANY)
    assert answer.status_code == 200, answer.text
    await shop.crawl()
    assert list(await shop.websites()) == [site.url()]
    async with shop.database.workspace(shop.workspace.id) as connection:
        rows = await (await connection.execute("select website from named_websites")).fetchall()
    assert rows == [(site.url(),)]


async def test_a_website_of_any_length_is_listed_by_its_beginning(
    shop: CrawledAccounts, site: CrawlSite
) -> None:
    account_id = await shop.add(site.url())
    async with shop.database.workspace(shop.workspace.id) as connection:
        # An earlier release took it.
        await connection.execute(
            "update contacts set website = %s where account_id = %s", ("https://" + "x" * 100_000, account_id)
        )
    await shop.crawl()
    [listed] = (await shop.client.get("/v1/websites", params={"in_state": "nonsense"})).json()["items"]
    assert (len(listed["website"]), listed["website"][-2:]) == (500, "x\u2026")
