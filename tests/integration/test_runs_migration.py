"""Lists that were kept by their models, after the migration that keeps them by runs; and the release before, which still runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from keepwell.platform.migrations import migrate, migrations_folder, read_migrations

RUNS = 42
# As the release before wrote a model, and a line of its list.
MODEL = """
    insert into churn_models (workspace_id, version, trained_at, as_of, horizon_days, signal, statement, base_rate, evaluation,
                              revenue_at_risk, silence)
    select id, %(version)s, now(), %(as_of)s, 30, true, '', 0.1, '{}', 7.5, null from workspaces
"""
SCORE = """
    insert into churn_scores (workspace_id, model_version, rank, account_id, plan, mrr, probability, revenue_at_risk, kind, reasons,
                              is_held, inputs)
    select workspace_id, %(version)s, row_number() over (order by external_id), id, 'Pro', 10, 0.25, 2.5, 'voluntary', '[]', false,
           '{"mrr": 0.1, "recency_days": null, "seats": 3}'
    from accounts
"""
SEEN = "select model_version, rank, probability, inputs from churn_scores where model_version = %(version)s order by rank"


@pytest.fixture
def before(server: str) -> Iterator[str]:
    """The conninfo of a database as the release before left it, with a list of two accounts."""
    name = f"keepwell_test_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    own = make_conninfo(server, dbname=name)
    migrate(own, [each for each in read_migrations(migrations_folder()) if each.version < RUNS])
    with psycopg.connect(own) as connection:
        connection.execute(
            """
            insert into workspaces (id, slug, name, currency, created_at) values (gen_random_uuid(), 'shop', 'Shop', 'USD', now());
            insert into accounts (workspace_id, id, external_id, name)
            select id, gen_random_uuid(), 'A-' || n, 'Acme' from workspaces, generate_series(1, 2) n;
            """
        )
        connection.execute(MODEL, {"version": 1, "as_of": "2026-03-01"})
        connection.execute(SCORE, {"version": 1})
    yield own
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_each_model_has_a_run_and_the_release_before_reads_and_writes_lists_as_ever(before: str) -> None:
    migrate(before, read_migrations(migrations_folder()))
    inputs = {"mrr": 0.1, "recency_days": None, "seats": 3}
    with psycopg.connect(before) as connection:
        (workspace,) = connection.execute("select id from workspaces").fetchone() or ()
        connection.execute("set local role keepwell_app")
        connection.execute("select set_config('app.workspace_id', %s, true)", [str(workspace)])
        runs = "select number, cause, state, as_of, accounts, revenue_at_risk, input_names from churn_runs order by number"
        ((number, *rest, names),) = connection.execute(runs).fetchall()
        assert (number, *rest) == (1, "training", "scored", date(2026, 3, 1), 2, 7.5)
        kept = connection.execute("select inputs from churn_run_scores").fetchall()
        assert [dict(zip(names, values, strict=True)) for (values,) in kept] == [inputs] * 2
        assert connection.execute(SEEN, {"version": 1}).fetchall() == [
            (1, 1, 0.25, inputs),
            (1, 2, 0.25, inputs),
        ]
        # A training of the release before.
        connection.execute(MODEL, {"version": 2, "as_of": "2026-03-02"})
        connection.execute(SCORE, {"version": 2})
        assert connection.execute(SEEN, {"version": 2}).fetchall() == [
            (2, 1, 0.25, inputs),
            (2, 2, 0.25, inputs),
        ]
        connection.execute("update churn_models set silence = '{}' where version = 2")
        assert connection.execute("select number, silence from churn_runs order by number").fetchall() == [
            (1, None),
            (2, {}),
        ]
        # A night of this release: the other one sees one list of the model, the newest.
        connection.execute(
            """
            insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of, revenue_at_risk, input_names)
            select id, 3, '2026-03-03', 'night', 'scored', now(), 2, '2026-03-03', 8, '{mrr}' from workspaces;
            insert into churn_run_scores (workspace_id, run_number, rank, account_id, plan, mrr, probability, revenue_at_risk, kind,
                                          reasons, is_held, is_moment, inputs)
            select workspace_id, 3, row_number() over (order by external_id), id, 'Pro', 10, 0.5, 5, 'voluntary', '[]', false, false, '{1}'
            from accounts
            """
        )
        assert connection.execute(SEEN, {"version": 2}).fetchall() == [
            (2, 1, 0.5, {"mrr": 1}),
            (2, 2, 0.5, {"mrr": 1}),
        ]
        of_model = "select as_of, revenue_at_risk, silence from churn_models where version = 2"
        assert connection.execute(of_model).fetchall() == [(date(2026, 3, 3), 8, None)]
        # It erases a person from every list.
        connection.execute("update churn_scores set inputs = null")
        assert connection.execute(
            "select count(*) from churn_run_scores where inputs is not null"
        ).fetchall() == [(0,)]
