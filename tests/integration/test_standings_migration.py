"""Models of before, after the migration that gives each a standing; and the release before, which still trains."""

from __future__ import annotations

from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.platform.migrations import migrate, migrations_folder, read_migrations

STANDINGS = 45
# As the release before writes a model.
MODEL = """
    insert into churn_models (workspace_id, version, trained_at, horizon_days, signal, statement, base_rate, evaluation)
    select id, %s, now(), 30, true, '', 0.1, '{}' from workspaces
"""
SEEN = "select version, standing, champion_before from churn_models order by version"


def test_the_newest_model_becomes_the_champion_and_so_does_one_that_the_release_before_trains(
    server: str,
) -> None:
    name = sql.Identifier(f"keepwell_test_{uuid4().hex[:12]}")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(name))
        own = make_conninfo(server, dbname=name._obj[0])
        every = read_migrations(migrations_folder())
        migrate(own, [each for each in every if each.version < STANDINGS])
        with psycopg.connect(own) as connection:
            connection.execute(
                "insert into workspaces (id, slug, name, currency, created_at) values (gen_random_uuid(), 'shop', 'Shop', 'USD', now())"
            )
            for version in (1, 2):
                connection.execute(MODEL, [version])
        migrate(own, every)
        with psycopg.connect(own) as connection:
            assert connection.execute(SEEN).fetchall() == [(1, "retired", None), (2, "champion", 1)]
            connection.execute(MODEL, [3])
            assert connection.execute(SEEN).fetchall() == [
                (1, "retired", None),
                (2, "retired", 1),
                (3, "champion", 2),
            ]
        admin.execute(sql.SQL("drop database {}").format(name))
