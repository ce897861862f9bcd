"""What was read of websites before the migration that keeps several of an account; and the release before, which still crawls."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.platform.migrations import migrate, migrations_folder, read_migrations

NAMED_WEBSITES = 49
# As the release before stores what it read, of any length.
PUT = """
    insert into account_websites (workspace_id, account_id, website, problem, read_at)
    select workspace_id, id, %s, 'is not the URL of a page', now() from accounts
    on conflict (workspace_id, account_id) do update set website = excluded.website
"""


def test_what_was_read_is_kept_and_the_release_before_still_crawls(server: str) -> None:
    name = sql.Identifier(f"keepwell_test_{uuid4().hex[:12]}")
    long = "https://" + "x" * 100_000
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(name))
        own = make_conninfo(server, dbname=name._obj[0])
        every = read_migrations(migrations_folder())
        migrate(own, [each for each in every if each.version < NAMED_WEBSITES])
        with psycopg.connect(own) as connection:
            connection.execute(
                "insert into workspaces (id, slug, name, currency, created_at) values (gen_random_uuid(), 'shop', 'Shop', 'USD', now())"
            )
            connection.execute(
                "insert into accounts (workspace_id, id, external_id, name) select id, gen_random_uuid(), 'A-1', 'Acme' from workspaces"
            )
            connection.execute(PUT, [long])
        migrate(own, every)
        with psycopg.connect(own) as connection:
            for _ in range(2):
                connection.execute(PUT, ["https://arcade"])
            assert connection.execute("select website from named_websites").fetchall() == [(long,)]
            assert connection.execute("select website from account_websites").fetchall() == [
                ("https://arcade",)
            ]
        admin.execute(sql.SQL("drop database {}").format(name))
