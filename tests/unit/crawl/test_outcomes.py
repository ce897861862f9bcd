"""What an answer means for the URL."""

from __future__ import annotations

import pytest

from keepwell.crawl.engine.outcomes import outcome_of
from keepwell.crawl.fetch.transport import Answer
from keepwell.crawl.model import Due, Kind, Limits

DUE = Due(key=1, url="https://shop.example/", depth=0, seed=1)


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_page_that_asks_for_a_browser_is_not_the_website_and_is_not_asked_for_again(status: int) -> None:
    got = Answer(status, {"cf-mitigated": "challenge"}, b"<title>Just a moment...</title>", 0.1)
    outcome = outcome_of(DUE, got, limits=Limits(), now=0.0)
    assert (outcome.kind, outcome.is_passing, outcome.is_unread) == (Kind.CLIENT_ERROR, False, True)
