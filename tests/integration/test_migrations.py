from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.platform.errors import CorruptData, InfrastructureError
from keepwell.platform.migrations import Migration, migrate, migrations_folder, read_migrations

FIRST = Migration(1, "first", "create table first (id integer)")
SECOND = Migration(2, "second", "create table second (id integer)")


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    """The conninfo of an empty database."""
    name = f"keepwell_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    yield make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_a_second_run_applies_nothing(empty: str) -> None:
    migrations = read_migrations(migrations_folder())
    assert migrate(empty, migrations) == migrations
    assert migrate(empty, migrations) == []


def test_concurrent_starts_apply_each_file_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrate(empty, [FIRST, SECOND]), range(4)))
    assert sum(map(len, applied)) == 2


def test_a_failing_file_is_rolled_back_and_earlier_ones_stay_applied(empty: str) -> None:
    broken = Migration(2, "broken", "create table half (id integer); create table half (id integer)")
    with pytest.raises(InfrastructureError) as raised:
        migrate(empty, [FIRST, broken])
    assert "half" in raised.value.for_operator
    assert migrate(empty, [FIRST, SECOND]) == [SECOND]
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('half')").fetchone() == (None,)


def test_a_file_changed_after_it_was_applied_is_refused(empty: str) -> None:
    migrate(empty, [FIRST])
    changed = Migration(1, "first", "create table first (id bigint)")
    with pytest.raises(CorruptData, match="0001_first was changed"):
        migrate(empty, [changed])


def test_a_database_of_a_newer_release_is_refused(empty: str) -> None:
    migrate(empty, [FIRST, SECOND])
    with pytest.raises(InfrastructureError, match="0002_second"):
        migrate(empty, [FIRST])


def test_a_gap_in_the_file_numbers_is_refused(tmp_path: Path) -> None:
    for name in ("0001_one.sql", "0003_three.sql"):
        (tmp_path / name).write_text("select 1")
    with pytest.raises(CorruptData, match="without gaps"):
        read_migrations(tmp_path)


def test_stored_reports_of_imports_get_the_names_of_today(empty: str) -> None:
    migrations = read_migrations(migrations_folder())
    last = next(each for each in migrations if each.name == "names_in_import_reports")
    migrate(empty, [each for each in migrations if each.version < last.version])
    reports = [
        (
            '{"entities": {"plans": {"read": 1, "split": 2}}, "changed": true}',
            '[{"came": "b"}, {"found": "c"}]',
        ),
        ('{"changed": false}', "[]"),
        (None, "[]"),
    ]
    with psycopg.connect(empty) as connection:
        connection.execute(
            """insert into workspaces (id, slug, name, currency, created_at)
               values (gen_random_uuid(), 'own', 'Own', 'EUR', now())"""
        )
        for summary, drift in reports:
            connection.execute(
                """insert into imports (workspace_id, id, mapping, status, started_at, finished_at, summary, drift)
                   select id, gen_random_uuid(), 'all', 'failed', clock_timestamp(), now(), %s, %s from workspaces""",
                [summary, drift],
            )
    migrate(empty, [each for each in migrations if each.version <= last.version])
    with psycopg.connect(empty) as connection:
        assert connection.execute("select summary, drift from imports order by started_at").fetchall() == [
            (
                {"entities": {"plans": {"read": 1, "derived": 2}}, "changed": True},
                [{"found": "b"}, {"found": "c"}],
            ),
            ({"changed": False}, []),
            (None, []),
        ]


def test_tokens_that_could_write_keep_the_permission_for_what_write_no_longer_allows(empty: str) -> None:
    migrations = read_migrations(migrations_folder())
    people = next(each for each in migrations if each.name == "people")
    migrate(empty, [each for each in migrations if each.version < people.version])
    with psycopg.connect(empty) as connection:
        connection.execute(
            """
            with w as (insert into workspaces (id, slug, name, currency, created_at)
                       values (gen_random_uuid(), 'own', 'Own', 'EUR', now()) returning id),
                 m as (insert into members (workspace_id, id, name, role, created_at)
                       select id, gen_random_uuid(), 'Owner', 'owner', now() from w returning *)
            insert into api_tokens (workspace_id, id, member_id, name, secret_hash, created_at, scopes)
            select workspace_id, gen_random_uuid(), id, t.name, t.name, now(), t.scopes from m, lateral (values
              ('reads', array['read']), ('writes', array['read', 'write']), ('everything', null)) as t (name, scopes)
            """
        )
    migrate(empty, [each for each in migrations if each.version <= people.version])
    with psycopg.connect(empty) as connection:
        assert connection.execute("select name, scopes from api_tokens order by name").fetchall() == [
            ("everything", None),
            ("reads", ["read"]),
            ("writes", ["read", "write", "books"]),
        ]


def test_deliveries_that_are_due_move_onto_the_queue_of_all_work(empty: str) -> None:
    migrations = read_migrations(migrations_folder())
    due_work = next(each for each in migrations if each.name == "due_work")
    migrate(empty, [each for each in migrations if each.version < due_work.version])
    with psycopg.connect(empty) as connection:
        connection.execute(
            """
            insert into workspaces values ('00000000-0000-7000-8000-000000000001', 'a', 'A', 'USD', false, now());
            insert into webhook_endpoints (workspace_id, id, url, description, events, secret_changed_at, created_at)
            select id, id, 'https://shop.example/', '', '{}', now(), now() from workspaces;
            insert into webhook_messages (workspace_id, id, event, published_at, body)
            select id, gen_random_uuid(), 'plan.created', now(), '{}' from workspaces, generate_series(1, 3);
            insert into webhook_deliveries (workspace_id, id, endpoint_id, message_id, status, due_at, attempts)
            select workspace_id, id, workspace_id, id, (array['due', 'delivered', 'failed'])[row_number() over ()],
                   '2026-01-01', 2
            from webhook_messages
            """
        )
    migrate(empty, [each for each in migrations if each.version <= due_work.version])
    with psycopg.connect(empty) as connection:
        moved = connection.execute(
            """
            select kind, group_id = endpoint_id, w.due_at = '2026-01-01', w.attempts, status
            from due_work w join webhook_deliveries d on d.id = w.subject_id
            """
        )
        assert moved.fetchall() == [("webhooks.delivery", True, True, 2, "due")]
