"""Imports from a Stripe that refuses, answers nonsense or fails."""

from __future__ import annotations

import pytest

from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.sync import import_stripe
from keepwell.platform.errors import ExternalServiceError, NotAuthenticated, RateLimited, Unavailable
from tests.integration.stripe.importing import QUICK, Keepwell, counts
from tests.stripe_shop import StripeShop

pytestmark = pytest.mark.anyio


async def test_a_wrong_key_is_refused_at_once_and_never_shown(keepwell: Keepwell, shop: StripeShop) -> None:
    async with StripeApi.open("pk_test_canary_9999", base=shop.url, patience=QUICK) as api:
        with pytest.raises(NotAuthenticated) as caught:
            await import_stripe(keepwell.work, api, full=False)
    assert "canary" not in f"{caught.value}{caught.value.hint}"
    assert shop.requests("/v1/plans") == 1


@pytest.mark.parametrize("kind", ["not-stripe", "page"])
async def test_an_answer_that_is_not_from_stripe_is_reported_as_such(
    keepwell: Keepwell, shop: StripeShop, kind: str
) -> None:
    shop.fail("/v1/plans", kind)
    with pytest.raises(ExternalServiceError, match="not Stripe"):
        await keepwell.import_stripe()


async def test_a_too_long_retry_after_ends_the_import_at_once(keepwell: Keepwell, shop: StripeShop) -> None:
    shop.fail("/v1/plans", "429-for-ever")
    with pytest.raises(RateLimited):
        await keepwell.import_stripe()
    assert shop.requests("/v1/plans") == 1


async def test_an_outage_ends_the_import_and_the_next_one_resumes(
    shop: StripeShop, keepwell: Keepwell
) -> None:
    shop.subscribe(shop.customer("A Ltd"), shop.plan("Team", 1000))
    shop.fail("/v1/invoices", "500", times=QUICK.attempts)
    with pytest.raises(Unavailable, match="Stripe answers 500"):
        await keepwell.import_stripe()
    assert [each.status for each in await keepwell.imports()] == ["failed"]
    asked = shop.requests("/v1/customers")
    assert counts(await keepwell.import_stripe()) == {
        "invoices": (1, 1, 0),
        "payment_methods": (0, 0, 0),
        "charges": (1, 1, 0),
        "refunds": (0, 0, 0),
    }
    assert shop.requests("/v1/customers") == asked
