"""Stripe fails or the import is killed: the rows are the same in the end, without duplicates.

Tested against localstripe, which replaces Stripe and causes the faults.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from psycopg import sql

from keepwell.importing.stripe.http.client import StripeApi
from keepwell.platform.errors import Unavailable
from keepwell.platform.retry import CircuitOpen, Patience
from tests.commands import run_command
from tests.stripe_shop import KEY, StripeShop, running_shop

pytestmark = pytest.mark.anyio

CUSTOMERS = 350
PATIENCE = 60.0
LISTS = ("/v1/plans", "/v1/customers", "/v1/subscriptions", "/v1/invoices", "/v1/charges", "/v1/refunds")
KINDS = ("drop-before", "drop-after", "500", "429", "slow", "drop-after")
QUICK = Patience(
    first_wait=timedelta(milliseconds=5), longest_wait=timedelta(milliseconds=20), jitter=timedelta(0)
)


@pytest.fixture(scope="module")
def shop() -> Iterator[StripeShop]:
    """Customers on four pages, some of them subscribed."""
    with running_shop() as made:
        plan = made.plan("Team", 1900)
        for number in range(CUSTOMERS):
            if number % 35:
                made.create("customers", name=f"Customer {number}")
            else:
                made.subscribe(made.customer(f"Customer {number}"), plan, quantity=number + 1)
        yield made


class Importer:
    """`keepwell import stripe` as a process, in its own workspace and home."""

    def __init__(self, shop: StripeShop, folder: Path, *, conninfo: str) -> None:
        self.workspace = f"test-{uuid4().hex[:12]}"
        key_file = folder / "stripe.key"
        key_file.write_text(f"{KEY}\n")
        self._conninfo = conninfo
        self._arguments = ["import", "stripe", "--json"]
        self._arguments += ["--api-key-file", str(key_file), "--api-base", shop.url, "--currency", "USD"]
        self._metrics_file = folder / "import.prom"
        self._arguments += ["--workspace", self.workspace, "--metrics-file", str(self._metrics_file)]
        self._environment = {
            **os.environ,
            "KEEPWELL_HOME": str(folder / "home"),
            "KEEPWELL_DATABASE_URL": conninfo,
        }

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "keepwell.app.cli", *self._arguments],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> tuple[int, str, str]:
        done = run_command(*self._arguments, environment=self._environment, timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def metrics(self) -> str:
        return self._metrics_file.read_text()

    def counted(self, table: str) -> int:
        statement = sql.SQL(
            "select count(*) from {} t join workspaces w on w.id = t.workspace_id where w.slug = %s"
        ).format(sql.Identifier(table))
        with psycopg.connect(self._conninfo) as connection:
            row = connection.execute(statement, [self.workspace]).fetchone()
        assert row is not None
        return int(row[0])

    def is_whole(self) -> bool:
        tables = ("accounts", "subscriptions", "invoices", "charges")
        return [self.counted(table) for table in tables] == [CUSTOMERS, 10, 10, 10]


@pytest.fixture
def importer(shop: StripeShop, tmp_path: Path, conninfo: str) -> Importer:
    return Importer(shop, tmp_path, conninfo=conninfo)


def test_after_each_fault_the_rows_are_the_same(shop: StripeShop, importer: Importer) -> None:
    for path, kind in zip(LISTS, KINDS, strict=True):
        shop.fail(path, kind)
    code, out, errors = importer.run()
    assert code == 0, errors
    assert importer.is_whole()
    faults = sum(kind != "slow" for kind in KINDS)
    assert errors.count("Trying again") == faults
    assert f'keepwell_service_retries_total{{service="stripe"}} {faults}.0' in importer.metrics()
    assert KEY not in out + errors


def test_a_killed_import_resumes_at_its_page(shop: StripeShop, importer: Importer) -> None:
    for _ in range(20):
        shop.fail("/v1/customers", "slow")
    asked = shop.requests("/v1/customers")
    process = importer.start()
    deadline = time.monotonic() + PATIENCE
    while importer.counted("accounts") < 200 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 200 <= importer.counted("accounts") < CUSTOMERS
    code, out, errors = importer.run()
    assert code == 0, errors
    assert importer.is_whole()
    assert json.loads(out)["entities"]["accounts"]["read"] <= 150
    # Four pages, and at most one more for the page that was interrupted by the kill.
    assert shop.requests("/v1/customers") - asked <= 5


@pytest.fixture
async def api(shop: StripeShop) -> AsyncIterator[StripeApi]:
    async with StripeApi.open(KEY, base=shop.url, patience=QUICK) as opened:
        yield opened


async def created(api: StripeApi, path: str, parameters: dict[str, Any]) -> Any:
    """The object that a POST creates; Keepwell itself only reads."""
    keyed = {**parameters, "idempotency_key": uuid4().hex}
    return (await api._service.call(lambda: api._send("post", path, keyed))).data


@pytest.mark.parametrize("kind", ["drop-before", "drop-after", "500"])
async def test_a_request_retried_with_its_key_has_one_effect(
    shop: StripeShop, api: StripeApi, kind: str
) -> None:
    shop.fail("/v1/products", kind)
    name = f"Product {uuid4().hex}"
    made = await created(api, "/v1/products", {"name": name, "type": "service"})
    named = [each["id"] for each in shop.listed("products") if each["name"] == name]
    assert named == [made["id"]]


async def test_after_the_last_attempt_the_error_is_raised(shop: StripeShop, api: StripeApi) -> None:
    shop.fail("/v1/balance", "drop-before", times=6)
    with pytest.raises(Unavailable, match="Stripe does not answer"):
        await api.page("/v1/balance", after=None)


async def test_a_slow_request_times_out_and_is_retried(shop: StripeShop) -> None:
    shop.fail("/v1/coupons", "slow")
    async with StripeApi.open(KEY, base=shop.url, patience=QUICK, seconds_per_answer=0.2) as api:
        await api.page("/v1/coupons", after=None)
    assert shop.requests("/v1/coupons") == 2


async def test_after_repeated_failures_the_service_is_not_called(shop: StripeShop) -> None:
    shop.fail("/v1/tax_rates", "500", times=20)
    patience = msgspec.structs.replace(QUICK, attempts=2, failures_to_open=4)
    async with StripeApi.open(KEY, base=shop.url, patience=patience) as api:
        for _ in range(2):
            with pytest.raises(Unavailable, match="Stripe answers 500"):
                await api.page("/v1/tax_rates", after=None)
        with pytest.raises(CircuitOpen):
            await api.page("/v1/tax_rates", after=None)
    assert shop.requests("/v1/tax_rates") == 4
