from __future__ import annotations

import pytest

from keepwell.importing.mapping.columns import Columns
from keepwell.intake.service import Change

WANTED = {"Customer ID": [], "amount": ["price", "mrr"]}


def test_an_exact_name_is_preferred() -> None:
    found = Columns(WANTED).find(["Customer ID", "customer_id", "amount", "price"])
    assert found.matched == {"Customer ID": "Customer ID", "amount": "amount"}
    assert found.unmapped == ["customer_id", "price"]


@pytest.mark.parametrize("came", ["customer id", "customer_id", " CUSTOMER-ID ", "CustomerId"])
def test_a_name_that_differs_only_in_case_and_separators_matches(came: str) -> None:
    assert Columns(WANTED).find([came, "amount"]).matched["Customer ID"] == came


def test_the_first_matching_alias_of_the_mapping_is_used() -> None:
    assert Columns(WANTED).find(["Customer ID", "mrr", "price"]).matched["amount"] == "price"


def test_two_similar_names_are_ambiguous_and_neither_matches() -> None:
    found = Columns(WANTED).find(["Customer ID", "Amount", "AMOUNT"])
    assert found.ambiguous == {"amount": ["Amount", "AMOUNT"]}
    assert "amount" not in found.matched


def test_a_column_that_could_match_two_fields_matches_neither() -> None:
    found = Columns({"Amount": [], "amount": []}).find(["AMOUNT"])
    assert found.matched == {}
    assert found.ambiguous == {"Amount": ["AMOUNT"], "amount": ["AMOUNT"]}


def test_a_mapped_column_never_matches_another_field() -> None:
    found = Columns({"plan": [], "Plan": []}).find(["plan"])
    assert found.matched == {"plan": "plan"}
    assert found.missing == ["Plan"]


def test_drift_lists_renamed_missing_and_new_columns() -> None:
    found = Columns(WANTED).find(["customer id", "segment", "region"])
    assert list(found.changes(known=["region"])) == [
        Change("renamed", "Customer ID", "customer id"),
        Change("missing", "amount"),
        Change("new", "segment"),
    ]


def test_no_column_is_new_in_the_first_import() -> None:
    assert list(Columns({}).find(["region"]).changes(known=None)) == []
