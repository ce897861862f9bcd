"""A business of a given size in a database: accounts, plans, five years of subscriptions, and their figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from uuid import UUID

import psycopg

from keepwell.identity import service as identity
from keepwell.identity.api_tokens import service as api_tokens
from keepwell.identity.api_tokens.model import NewToken
from keepwell.identity.model import Workspace
from keepwell.platform.clock import today
from keepwell.platform.database import Database
from keepwell.platform.runtime import system_runtime

SLUG = "bench"
YEARS = 5
_PLANS = {"Basic": 19, "Pro": 49, "Team": 99, "Business": 249}
_SEED = 7


async def make_workspace(database: Database) -> tuple[Workspace, str]:
    """The workspace, and an API token of its owner."""
    runtime = system_runtime()
    async with database.transaction() as connection:
        workspace = await identity.ensure_workspace(connection, SLUG, runtime=runtime)
        actor = await identity.operator(connection, workspace.id)
        made = await api_tokens.create_token(connection, actor, NewToken(name="bench"), runtime=runtime)
    return workspace, made.token


def fill(conninfo: str, workspace_id: UUID, *, accounts: int, subscriptions: int) -> None:
    """Write the records with COPY; the same numbers give the same business."""
    random = Random(_SEED)  # noqa: S311  reproducible test data, not a secret
    account_ids = [UUID(int=random.getrandbits(128)) for _ in range(accounts)]
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        _copy(
            cursor,
            "plans (workspace_id, id, external_id, name)",
            ((workspace_id, UUID(int=random.getrandbits(128)), name, name) for name in _PLANS),
        )
        _copy(
            cursor,
            "accounts (workspace_id, id, external_id, name)",
            (
                (workspace_id, each, f"cus_{number}", f"Account {random.randrange(10**6):06} {number}")
                for number, each in enumerate(account_ids)
            ),
        )
        columns = (
            "workspace_id, id, external_id, account_id, plan, seats, amount, amount_per, billing_interval, "
            "currency, starts_on, ends_on, is_trial, cancelled_on, end_reason"
        )
        rows = _subscriptions(random, workspace_id, account_ids, count=subscriptions)
        _copy(cursor, f"subscriptions ({columns})", rows)
        cursor.execute("analyze accounts, subscriptions")


def _copy(cursor: psycopg.Cursor, target: str, rows: Iterator[tuple[object, ...]]) -> None:
    with cursor.copy(f"copy {target} from stdin".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _subscriptions(
    random: Random, workspace_id: UUID, account_ids: list[UUID], *, count: int
) -> Iterator[tuple[object, ...]]:
    begin = today(system_runtime().clock) - timedelta(days=365 * YEARS)
    free_from: dict[UUID, date] = {}
    for number in range(count):
        account_id = account_ids[number % len(account_ids)]
        starts_on = free_from.get(account_id, begin + timedelta(days=random.randrange(365 * YEARS)))
        lasts = random.randrange(30, 1500)
        ends_on = starts_on + timedelta(days=lasts) if random.random() < 0.6 else None  # noqa: PLR2004  churn
        # The account's next span follows immediately, or after a break.
        free_from[account_id] = (ends_on or starts_on) + timedelta(days=random.choice([0, 0, 45]))
        plan = random.choice(list(_PLANS))
        yield (
            workspace_id,
            UUID(int=random.getrandbits(128)),
            f"sub_{number}",
            account_id,
            plan,
            random.randrange(1, 9),
            _PLANS[plan],
            random.choice(["month", "month", "year"]),
            "month",
            "USD",
            starts_on,
            ends_on,
            random.random() < 0.05,  # noqa: PLR2004  trials
            None,
            random.choice(["voluntary", "voluntary", "involuntary"]) if ends_on else None,
        )
