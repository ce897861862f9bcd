"""Import and figures for an export by a third party; skipped if its files are not available.

`KEEPWELL_REAL_DATA` names the folder of the RavenStack CSV files; the default is a folder beside the checkout.
The expected figures are summed from the files by a few lines that share no code with the product.
"""

from __future__ import annotations

import csv
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.churn import training_service
from keepwell.churn.history import TrainingContext
from keepwell.identity.model import Workspace
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import ImportContext, ImportSummary, import_export
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.holdout import Holdout
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import system_runtime
from keepwell.revenue import service as revenue
from keepwell.revenue.reports.movements import movements_report
from keepwell.revenue.reports.query import ReportQuery

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("KEEPWELL_REAL_DATA") or ROOT.parent / "shared" / "data")
DAYS = ["2023-01-09", "2023-06-15", "2024-01-01", "2024-02-29", "2024-07-01", "2024-12-30", "2024-12-31"]
DUPLICATES = 21

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not (DATA / "ravenstack_subscriptions.csv").exists(), reason="the RavenStack files are not at hand"
    ),
]


def naive_mrr(on: str) -> tuple[Decimal, int]:
    with (DATA / "ravenstack_subscriptions.csv").open(encoding="utf-8") as stream:
        rows = [
            row
            for row in csv.DictReader(stream)
            if row["is_trial"] == "False" and row["start_date"] <= on and not "" < row["end_date"] <= on
        ]
    return sum((Decimal(row["mrr_amount"]) for row in rows), Decimal()), len(
        {row["account_id"] for row in rows}
    )


async def test_ravenstack_is_imported_once_with_the_expected_figures(
    database: Database, workspace: Workspace, settings_of_test: Settings
) -> None:
    work = ImportContext(
        database=database,
        settings=settings_of_test,
        slug=workspace.slug,
        runtime=system_runtime(),
        bus=event_bus(system_runtime()),
        registry=IMPORT_ENTITIES,
        progress=SilentProgress(),
    )
    mapping = read_mapping(ROOT / "examples" / "ravenstack.yaml", IMPORT_ENTITIES.fields)

    first = await import_export(work, mapping, folder=DATA)
    assert outcome(first) == {"accounts": (500, 0), "subscriptions": (5000, 0), "events": (24979, DUPLICATES)}
    assert not (await import_export(work, mapping, folder=DATA)).changed

    async with database.workspace(workspace.id) as connection:
        for day in DAYS:
            report = await revenue.mrr(
                connection, workspace_id=workspace.id, on=date.fromisoformat(day), currency="USD"
            )
            assert (Decimal(report.mrr), report.accounts) == naive_mrr(day)
        year = await movements_report(
            connection, ReportQuery(workspace.id, date(2024, 1, 1), date(2024, 12, 31), "USD")
        )
    assert Decimal(year.periods[0].opening) == naive_mrr("2023-12-31")[0]
    assert Decimal(year.periods[-1].closing) == naive_mrr("2024-12-31")[0]

    training = TrainingContext(
        database=database,
        lake=settings_of_test.lake,
        holdout=Holdout(b"test"),
        clock=work.runtime.clock,
        progress=SilentProgress(),
    )
    model = (await training_service.train(training, workspace_id=workspace.id)).model
    assert model.signal == "not_tested"
    assert model.statement.startswith("It was not tested")


def outcome(summary: ImportSummary) -> dict[str, tuple[int, int]]:
    return {name: (each.imported, each.dead_lettered) for name, each in summary.entities.items()}
