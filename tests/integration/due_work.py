"""Kinds of work for tests, and a table for their effects, in which a doubled effect would show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg

from keepwell.platform.database import Connection, Database
from keepwell.platform.work import service as work
from keepwell.platform.work.kinds import NextDue
from keepwell.platform.work.model import Job, Subject

EFFECT = "trial.effect"
LEASED_EFFECT = "trial.leased"


@contextmanager
def table_of_effects(conninfo: str) -> Iterator[None]:
    """A table in a schema of its own, without a key."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("create schema trial")
        connection.execute("create table trial.effects (subject_id uuid not null)")
        connection.execute("grant usage on schema trial to keepwell_app")
        connection.execute("grant select, insert, delete on trial.effects to keepwell_app")
    try:
        yield
    finally:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("drop schema trial cascade")


async def write_effect(connection: Connection, job: Job) -> NextDue:
    """The effect of a job, which is then done."""
    await connection.execute("insert into trial.effects values (%s)", [job.subject_id])
    return None


async def schedule(
    database: Database,
    workspace_id: UUID,
    *,
    due_at: datetime,
    count: int = 1,
    kind: str = EFFECT,
    group_id: UUID | None = None,
) -> list[UUID]:
    """Schedule work on `count` new subjects."""
    subjects = [uuid4() for _ in range(count)]
    async with database.workspace(workspace_id) as connection:
        await work.schedule_many(
            connection,
            [Subject(each, group_id) for each in subjects],
            workspace_id=workspace_id,
            kind=kind,
            due_at=due_at,
        )
    return subjects


async def effects(database: Database, subjects: Iterable[UUID]) -> list[UUID]:
    """The effects on these subjects, each as often as it was written."""
    return [
        each[0]
        for each in await rows(
            database, "select subject_id from trial.effects where subject_id = any(%s)", [list(subjects)]
        )
    ]


async def rows(
    database: Database,
    statement: LiteralString,
    parameters: list[Any] | None = None,
    *,
    workspace_id: UUID | None = None,
) -> list[tuple[Any, ...]]:
    """What a statement returns, in the workspace."""
    async with database.workspace(workspace_id or UUID(int=0)) as connection:
        return await (await connection.execute(statement, parameters)).fetchall()
