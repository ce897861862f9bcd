"""What a frontier keeps of pages that were read: as much as a crawl of some websites needs, and not without end."""

from __future__ import annotations

from pathlib import Path

from keepwell.crawl.frontier.kept.store import forget, forget_due_of_others, kept_results
from keepwell.crawl.frontier.model import Report
from keepwell.crawl.frontier.store import Frontier
from keepwell.crawl.model import Due, Kind, Outcome, Result
from keepwell.crawl.pages.urls import key_of

NOW = 1_000_000_000.0
DAY = 86_400.0
SHOP, OTHER = "http://a.example/", "http://b.example/"


def read(file: Path, *urls: str, seed: str, now: float = NOW, target: str | None = None) -> None:
    """Note that these pages of a website were read."""
    kind = Kind.PAGE if target is None else Kind.REDIRECT
    rows = [
        Due(
            key=key_of(url), url=url, depth=0, seed=key_of(seed), parent=None if url == seed else key_of(seed)
        )
        for url in urls
    ]
    frontier = Frontier(file, owner="elsewhere.invalid/1/x")
    frontier.leave(Report(results=[Result(due, Outcome(kind=kind, target=target)) for due in rows]), now=now)
    frontier.close()


def kept(file: Path, *seeds: str) -> set[str]:
    return {each.result.due.url for each in kept_results(file, set(map(key_of, seeds)))}


def test_only_the_pages_of_the_websites_that_are_asked_for_are_loaded(tmp_path: Path) -> None:
    file = tmp_path / "f.db"
    assert kept(file, SHOP) == set()
    read(file, SHOP, f"{SHOP}pricing", seed=SHOP)
    read(file, OTHER, f"{OTHER}pricing", seed=OTHER)
    assert kept(file, SHOP) == {SHOP, f"{SHOP}pricing"}


def test_a_website_that_moved_comes_with_the_pages_of_the_one_that_it_leads_to(tmp_path: Path) -> None:
    file = tmp_path / "f.db"
    read(file, SHOP, seed=SHOP, target=OTHER)
    read(file, OTHER, f"{OTHER}pricing", seed=OTHER)
    assert kept(file, SHOP) == {SHOP, OTHER, f"{OTHER}pricing"}


def test_what_an_interrupted_crawl_of_others_had_due_is_left(tmp_path: Path) -> None:
    file = tmp_path / "f.db"
    frontier = Frontier(file, owner="elsewhere.invalid/1/x")
    frontier.begin([SHOP, OTHER], now=NOW)
    forget_due_of_others(file, {key_of(SHOP)}, now=NOW)
    assert frontier.leave(Report(), now=NOW).left == 2  # It was under way.
    frontier.close()
    forget_due_of_others(file, {key_of(SHOP)}, now=NOW)
    frontier = Frontier(file, owner="elsewhere.invalid/2/x")
    assert frontier.begin([SHOP], now=NOW)
    supply = frontier.exchange(Report(hosts=10), now=NOW)
    assert (supply.left, [each.authority for each in supply.leases]) == (1, ["a.example"])
    frontier.close()


def test_what_was_left_to_be_read_again_still_counts_as_it_was(tmp_path: Path) -> None:
    file, pricing = tmp_path / "f.db", f"{SHOP}pricing"
    read(file, pricing, seed=SHOP)
    frontier = Frontier(file, owner="elsewhere.invalid/1/x")
    frontier.begin([SHOP], now=NOW + DAY)
    again = Due(key=key_of(pricing), url=pricing, depth=1, priority=1, seed=key_of(SHOP), parent=key_of(SHOP))
    frontier.leave(Report(found=[again]), now=NOW + DAY)
    frontier.close()
    read(file, SHOP, seed=SHOP, now=NOW + DAY)
    forget_due_of_others(file, {key_of(OTHER)}, now=NOW + DAY)
    assert {each.read_at for each in kept_results(file, {key_of(SHOP)})} == {NOW + DAY}


def test_pages_that_a_website_has_not_linked_to_for_a_month_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "f.db"
    read(file, f"{SHOP}old", f"{OTHER}old", seed=SHOP)
    read(file, f"{SHOP}new", seed=SHOP, now=NOW + 2 * DAY)
    read(file, SHOP, seed=SHOP, now=NOW + 31 * DAY)
    assert forget(file, except_of={key_of(SHOP)}, of={key_of(SHOP)}, now=NOW + 32 * DAY)
    assert kept(file, SHOP) == {SHOP, f"{SHOP}new"}
