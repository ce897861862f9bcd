"""The benchmark on IBM's table: read in natural units, and skipped with a sentence where the table is not there."""

from __future__ import annotations

import gzip
import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import churn_cdnow, churn_tables
from benchmarks.__main__ import bench

TABLE = """account_id,churn,partner,tenure,contract,monthly_charges,total_charges
a,No,1,12,One year,29.85,358.2
b,Yes,0,0,Month-to-month,53.85,
"""


def test_numbers_are_in_natural_units_texts_become_columns_and_an_empty_number_is_unknown(
    tmp_path: Path,
) -> None:
    file = tmp_path / "table.csv"
    file.write_text(TABLE, encoding="utf-8")
    table = churn_tables.read_table(file)
    assert list(table.names) == [
        "partner",
        "tenure_days",
        "contract:Month-to-month",
        "contract:One year",
        "mrr",
        "charged_total",
    ]
    assert np.array_equal(
        table.inputs, [[1, 360, 0, 1, 29.85, 358.2], [0, 0, 1, 0, 53.85, math.nan]], equal_nan=True
    )
    assert (table.labels.tolist(), table.is_annual.tolist()) == ([0, 1], [True, False])


def test_without_the_table_the_benchmark_says_so_and_measures_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(churn_tables, "FILE", tmp_path / "wa_churn.csv")
    said = CliRunner().invoke(bench, ["churn-tables"])
    sentence = "wa_churn.csv is not in the folder that KEEPWELL_REAL_DATA names."
    assert (said.exit_code, said.output) == (0, f"Skipped: {sentence}\n")
    assert json.loads(CliRunner().invoke(bench, ["churn-tables", "--json"]).output) == {"skipped": sentence}


def test_the_purchases_of_cdnow_are_read_and_skipped_where_they_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cdnow_transactions.csv.gz"
    monkeypatch.setattr(churn_cdnow, "FILE", file)
    said = CliRunner().invoke(bench, ["churn-tables", "--table", "cdnow"])
    assert (said.exit_code, said.output) == (
        0,
        "Skipped: cdnow_transactions.csv.gz is not in the folder that KEEPWELL_REAL_DATA names.\n",
    )
    with gzip.open(file, "wt", encoding="utf-8") as stream:
        stream.write("account_id,date,units,amount\n00001,1997-01-01,1,11.77\n")
    assert churn_cdnow.read_purchases(file) == [("00001", date(1997, 1, 1), 11.77)]
