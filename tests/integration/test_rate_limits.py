"""The cells that all processes share, in Postgres by its own clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from keepwell.platform.database import Database
from keepwell.platform.rate_limits.service import Allowance, Quota, QuotaExceeded, take_shared

pytestmark = pytest.mark.anyio


def quota(burst: int, window: timedelta = timedelta(minutes=1)) -> Quota:
    return Quota(f"test-{uuid4().hex}", burst=burst, window=window)


async def outcome(database: Database, limit: Quota, key: str = "one") -> Allowance | QuotaExceeded:
    try:
        return await take_shared(database, limit, key=key)
    except QuotaExceeded as error:
        return error


async def test_concurrent_requests_over_several_pools_get_exactly_the_quota(conninfo: str) -> None:
    limit = quota(10)
    async with Database.open(conninfo) as first, Database.open(conninfo) as second:
        taken = await asyncio.gather(*(outcome(pool, limit) for pool in (first, second) * 20))
    assert sum(isinstance(each, Allowance) for each in taken) == 10
    refused = [each for each in taken if isinstance(each, QuotaExceeded)]
    assert all(
        each.retry_after and timedelta(0) < each.retry_after <= timedelta(seconds=6) for each in refused
    )


async def test_quota_refills_with_time_and_keys_are_independent(database: Database) -> None:
    limit = quota(2, timedelta(seconds=1))
    assert [type(await outcome(database, limit)) for _ in range(3)] == [Allowance, Allowance, QuotaExceeded]
    assert isinstance(await outcome(database, limit, "another"), Allowance)
    await asyncio.sleep(0.6)
    assert [type(await outcome(database, limit)) for _ in range(2)] == [Allowance, QuotaExceeded]


async def test_expired_rate_limit_rows_are_deleted(database: Database, conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute(
            "insert into rate_limits select 'old-' || n, now() - interval '1 day' from generate_series(1, 25) n"
        )
        for _ in range(3):
            await outcome(database, quota(5))
        left = superuser.execute("select count(*) from rate_limits where key like 'old-%'").fetchone()
    assert left == (0,)
