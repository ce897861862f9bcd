"""From what a frontier keeps of pages to a reading of each website. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from keepwell.crawl.accounts.model import WebsiteReading
from keepwell.crawl.frontier.kept.store import KeptResult
from keepwell.crawl.pages.urls import authority_of, key_of
from keepwell.crawl.sites import Site, Sites

# Pages of one website were read together if it was within; and what a crawl that was killed has read so lately is not asked for again.
FRESH = timedelta(hours=1)


def readings_of(
    kept: Sequence[KeptResult],
    *,
    urls: set[str],
    named: frozenset[int] = frozenset(),
    unfinished: Collection[int] = (),
) -> dict[str, WebsiteReading]:
    """What was read of each website: its first page, what was read with it or after it, and pages there that are `named` too.

    It is partial for the websites whose keys are in `unfinished`.
    """
    began = {each.result.due.key: each.read_at for each in kept}
    sites = Sites(2 * len(kept))
    newest: dict[int, float] = {}
    for each in [*kept, *_named_too(kept, began, seeds={key_of(url) for url in urls}, named=named)]:
        seed = each.result.due.seed
        # A page that the website has no more was read with an earlier one. Of one that is still to be read, what it was counts.
        if seed in began and (each.is_due or each.read_at >= began[seed]):
            sites.add(each.result)
            newest[seed] = max(each.read_at, newest.get(seed, 0.0))
    return {
        site.url: _reading(
            site,
            read_at=datetime.fromtimestamp(newest[key_of(site.url)], UTC),
            is_partial=key_of(site.url) in unfinished,
        )
        for site in sites.all()
        if site.url in urls and site.outcome is not None
    }


def _named_too(
    kept: Sequence[KeptResult], began: Mapping[int, float], *, seeds: set[int], named: frozenset[int]
) -> Iterator[KeptResult]:
    """The `named` pages on the hosts of the websites `seeds`, as pages of theirs: the frontier has each page once, as a seed."""
    websites: defaultdict[str, set[int]] = defaultdict(set)
    for each in kept:
        if each.result.due.seed in seeds:
            websites[authority_of(each.result.due.url)].add(each.result.due.seed)
    for each in kept:
        due = each.result.due
        if due.seed not in named:
            continue
        for seed in websites.get(authority_of(due.url), ()):
            if seed in began and each.read_at >= began[seed] - FRESH.total_seconds():
                part = msgspec.structs.replace(due, seed=seed, parent=seed, depth=1)
                result = msgspec.structs.replace(each.result, due=part)
                yield KeptResult(result, max(each.read_at, began[seed]))


def _reading(site: Site, *, read_at: datetime, is_partial: bool) -> WebsiteReading:
    return WebsiteReading(
        url=site.url,
        state=site.state.value,
        read_at=read_at,
        outcome=str(site.outcome),
        status=site.status,
        moved_to=site.moved_to if site.state == "moved" else None,
        title=site.title,
        technologies=site.technologies,
        prices=site.prices,
        is_hiring=site.is_hiring,
        mentions=site.mentions,
        reviews=site.reviews,
        pages=site.pages,
        is_partial=is_partial,
    )
