"""Cells that no spreadsheet evaluates, and that read as they were."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keepwell.platform.formats.csv_cells import original_text, quoted, safe_cell

FORMULAS = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", " =1", "\n=1", "\r=1", "\uff1d1", "'=1", "''=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+491234", "-12.50", "plain", "a=1", "'quoted'", "", "'"])
def test_numbers_and_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == original_text(text) == text


@example("'=1")
@example("a;=1|=2\t=3")
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n\";,| 1"), st.characters(exclude_categories=["Cs"]))
    )
)
def test_what_is_written_reads_as_it_was(text: str) -> None:
    (row,) = csv.reader(io.StringIO(f"{quoted(safe_cell(text))},end\r\n", newline=""))
    assert [original_text(row[0]), row[1]] == [text, "end"]


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
def test_no_separator_of_another_locale_begins_a_cell(separator: str) -> None:
    assert quoted(f"Acme{separator}=1+1") == f'"Acme{separator}=1+1"'
