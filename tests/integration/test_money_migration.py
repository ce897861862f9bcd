"""What an earlier release recorded of failed charges, after the migration that renamed it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.platform.migrations import migrate, migrations_folder, read_migrations

MONEY = 27


@pytest.fixture
def before(server: str) -> Iterator[str]:
    """The conninfo of a database as the release before left it."""
    name = f"keepwell_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    own = make_conninfo(server, dbname=name)
    migrate(own, [each for each in read_migrations(migrations_folder()) if each.version < MONEY])
    yield own
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_failure_codes_become_decline_codes_also_in_the_log_of_imports(before: str) -> None:
    with psycopg.connect(before) as connection:
        connection.execute(
            """
            insert into workspaces (id, slug, name, currency, created_at)
            values (gen_random_uuid(), 'shop', 'Shop', 'USD', now());
            insert into accounts (workspace_id, id, external_id, name)
            select id, gen_random_uuid(), 'A-1', 'Acme' from workspaces;
            insert into charges (workspace_id, id, external_id, account_id, status, currency, amount, failure_code, charged_at)
            select workspace_id, gen_random_uuid(), 'C-1', id, 'failed', 'USD', 58, 'lost_card', now() from accounts;
            insert into imports (workspace_id, id, mapping, started_at, finished_at)
            select id, gen_random_uuid(), 'shop.yaml', now(), now() from workspaces;
            insert into import_changes (workspace_id, import_id, sequence, entity, row_id, before, after)
            select c.workspace_id, i.id, 1, 'charges', c.id, to_jsonb(c) || '{"failure_code": null}', to_jsonb(c)
            from charges c, imports i;
            """
        )
    migrate(before, read_migrations(migrations_folder()))
    with psycopg.connect(before) as connection:
        codes = "select decline_code, version from charges"
        assert connection.execute(codes).fetchall() == [("lost_card", 1)]
        # An undo compares the row with what the import left, and restores what was before.
        found = connection.execute(
            "select to_jsonb(c) @> (i.after - 'version'), i.before -> 'decline_code' = 'null'"
            " from import_changes i join charges c on c.id = i.row_id"
        ).fetchall()
    assert found == [(True, True)]
