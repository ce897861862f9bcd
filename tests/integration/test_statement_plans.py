"""Statements about one account, or about what is open, find their rows by an index, also under row-level security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from keepwell.billing import store as billing_store
from keepwell.billing.model import AUTHENTICATION_DECLINES, HARD_DECLINES, USUAL_DAYS
from keepwell.churn.score_moments import store as score_moments_store
from keepwell.records.timeline import store as timeline_store
from keepwell.revenue.movements import store as movement_store
from tests.integration.credentials import NOW

# The tables that grow with the business, and the indexes that each statement may read them by.
OF_ACCOUNT = {
    timeline_store.INVOICES: {"invoices_by_account"},
    timeline_store.CHARGES: {
        "charges_by_account",
        "invoices_workspace_id_external_id_key",
        "payment_methods_pkey",
    },
    timeline_store.REFUNDS: {"charges_by_account", "refunds_by_charge"},
    timeline_store.SIGNALS: {
        "account_signals_by_account",
        "account_signals_workspace_id_account_id_kind_observed_at_kn_key",
    },
    timeline_store.CONTACTS: {"contacts_by_account", "audit_entries_of_deleted_contacts"},
    timeline_store.SUBSCRIPTIONS: {"subscriptions_by_account"},
    movement_store.MOVEMENTS_OF_ACCOUNT: {
        "movement_facts_by_account",
        "subscriptions_pkey",
        "subscriptions_by_start",
    },
    score_moments_store.SCORES_OF_ACCOUNT: {
        "churn_run_scores_of_moments",
        "churn_run_scores_pkey",
        "churn_run_scores_workspace_id_account_id_run_number_key",
        "churn_runs_pkey",
        "churn_runs_with_a_list",
        "churn_runs_of_models",
        "churn_models_pkey",
    },
}
OF_WORKSPACE = {
    billing_store.PAGES.first["-amount"]: {
        "invoices_open",
        "charges_by_invoice",
        "contacts_by_account",
        "accounts_pkey",
        "exchange_rates_pkey",
    },
    billing_store.TOTALS: {
        "invoices_open",
        "charges_by_invoice",
        "contacts_by_account",
        "exchange_rates_pkey",
    },
    billing_store.FAILED_SINCE: {"charges_by_time", "accounts_pkey", "exchange_rates_pkey"},
    billing_store.RECOVERED_SINCE: {
        "charges_by_time",
        "charges_by_invoice",
        "accounts_pkey",
        "exchange_rates_pkey",
    },
}
INDEXES = OF_ACCOUNT | OF_WORKSPACE
SMALL = {"workspaces_pkey"}
# Enough for the index by account to be cheaper than one by day, and rows of one workspace, as most servers have.
FILL: LiteralString = """
    insert into accounts (workspace_id, id, external_id, name)
    select %(workspace)s, gen_random_uuid(), 'P-' || n, 'P-' || n from generate_series(1, 400) n;
    insert into invoices (workspace_id, id, external_id, account_id, status, currency, total, issued_on)
    select workspace_id, gen_random_uuid(), external_id || '-' || n, id, 'paid', 'USD', 1, date '2026-01-01' + n
    from accounts, generate_series(1, 8) n where workspace_id = %(workspace)s;
    insert into charges (workspace_id, id, external_id, account_id, invoice_external_id, status, currency, amount, charged_at)
    select workspace_id, gen_random_uuid(), external_id, account_id, external_id, 'failed', 'USD', 1, issued_on
    from invoices where workspace_id = %(workspace)s;
    insert into refunds (workspace_id, id, external_id, charge_id, currency, amount, refunded_at)
    select workspace_id, gen_random_uuid(), external_id, id, 'USD', 1, charged_at from charges where workspace_id = %(workspace)s;
    insert into contacts (workspace_id, id, external_id, account_id, name, email)
    select workspace_id, gen_random_uuid(), external_id, account_id, external_id, external_id || '@example.org'
    from invoices where workspace_id = %(workspace)s;
    insert into payment_methods (workspace_id, id, external_id, account_id, exp_year, exp_month)
    select workspace_id, gen_random_uuid(), external_id, account_id, 2027, 1 from invoices where workspace_id = %(workspace)s;
    insert into subscriptions (workspace_id, id, external_id, account_id, plan, seats, amount, amount_per, billing_interval,
                               currency, starts_on, is_trial)
    select workspace_id, gen_random_uuid(), external_id, account_id, 'Pro', 1, 1, 'month', 'month', 'USD', issued_on, false
    from invoices where workspace_id = %(workspace)s;
    insert into movement_facts (workspace_id, id, policies, account_id, "on", kind, annual_amount, paying_accounts, cohort,
                                subscription_ids)
    select workspace_id, gen_random_uuid(), '{default}', account_id, issued_on, 'expansion', 12, 0, '2026-01-01', '{}'
    from invoices where workspace_id = %(workspace)s;
    insert into account_signals (workspace_id, id, account_id, kind, value, observed_at, known_at)
    select workspace_id, gen_random_uuid(), account_id, 'a.b', '1', issued_on, issued_on
    from invoices where workspace_id = %(workspace)s;
    insert into churn_models (workspace_id, version, trained_at, horizon_days, signal, statement, base_rate, evaluation)
    select %(workspace)s, n, now(), 30, true, '', 0, '{}' from generate_series(1, 8) n;
    insert into churn_runs (workspace_id, number, date, cause, state, scored_at, model_version, as_of)
    select %(workspace)s, n, '2026-01-01', 'training', 'scored', now(), n, '2026-01-01' from generate_series(1, 8) n;
    insert into churn_run_scores (workspace_id, run_number, rank, account_id, plan, mrr, probability, revenue_at_risk, kind,
                                  reasons, is_held, is_moment)
    select workspace_id, n, row_number() over (), id, 'Pro', 1, 0, 0, 'voluntary', '[]', false, n = 1
    from accounts, generate_series(1, 8) n where workspace_id = %(workspace)s;
    analyze;
    set local role keepwell_app;
    set local enable_seqscan = off;
"""


@pytest.fixture(scope="module")
def filled(conninfo: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """A connection of the app's role to a workspace with a few thousand rows, which are never committed."""
    workspace = uuid4()
    with psycopg.connect(conninfo) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(
            "insert into workspaces (id, slug, name, currency, created_at) values (%s, 'plans', 'Plans', 'USD', now())",
            (workspace,),
        )
        cursor.execute(FILL, {"workspace": workspace})
        cursor.execute("select set_config('app.workspace_id', %s, true)", (str(workspace),))
        yield connection, workspace
        connection.rollback()


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.parametrize("statement", INDEXES, ids=lambda each: each.row.__name__)
def test_rows_are_found_by_the_indexes_that_are_kept_for_it(
    filled: tuple[psycopg.Connection, UUID], statement: Any
) -> None:
    connection, workspace = filled
    parameters = {
        "workspace_id": workspace,
        "account_id": None if statement in OF_WORKSPACE else UUID(int=1),
        "before": NOW,
        "before_id": "",
        "since": NOW,
        "until": NOW,
        "on": NOW.date(),
        "with_held": False,
        "needs_person": None,
        "hard_declines": list(HARD_DECLINES),
        "authentication_declines": list(AUTHENTICATION_DECLINES),
        "usual_days": USUAL_DAYS,
        "limit": 51,
    }
    ((found,),) = psycopg.ClientCursor(connection).execute(
        f"explain (format json) {statement.sql}", parameters
    )
    used = list(nodes(found[0]["Plan"]))
    assert [node["Relation Name"] for node in used if node["Node Type"] == "Seq Scan"] == []
    assert {node["Index Name"] for node in used if "Index Name" in node} - SMALL <= INDEXES[statement]
