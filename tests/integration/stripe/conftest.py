"""localstripe in a separate process on loopback, which all tests of this folder share, and a workspace to import from it into."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from keepwell.identity.model import Workspace
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.shops import Shop
from tests.integration.stripe.importing import QUICK, Keepwell
from tests.stripe_shop import KEY, StripeShop, running_shop


@pytest.fixture(scope="package")
def running() -> Iterator[StripeShop]:
    with running_shop() as made:
        yield made


@pytest.fixture
def shop(running: StripeShop) -> StripeShop:
    """An empty one."""
    running.empty()
    return running


@pytest.fixture
async def api(shop: StripeShop) -> AsyncIterator[StripeApi]:
    async with StripeApi.open(KEY, base=shop.url, patience=QUICK) as opened:
        yield opened


@pytest.fixture
def keepwell(
    database: Database, workspace: Workspace, settings_of_test: Settings, tmp_path: Path, api: StripeApi
) -> Keepwell:
    return Keepwell(work=Shop(database, workspace, settings_of_test, folder=tmp_path / "unused"), api=api)
