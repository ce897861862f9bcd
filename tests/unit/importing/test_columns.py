from __future__ import annotations

import pytest

from keepwell.importing.mapping.columns import Columns
from keepwell.intake.service import Change

WANTED = {"Customer ID": [], "amount": ["price", "mrr"]}


def test_a_column_is_taken_by_its_own_name_before_any_other() -> None:
    found = Columns(WANTED).find(["Customer ID", "customer_id", "amount", "price"])
    assert found.taken == {"Customer ID": "Customer ID", "amount": "amount"}
    assert found.unmapped == ["customer_id", "price"]


@pytest.mark.parametrize("came", ["customer id", "customer_id", " CUSTOMER-ID ", "CustomerId"])
def test_a_name_that_differs_in_case_and_filling_alone_is_taken(came: str) -> None:
    assert Columns(WANTED).find([came, "amount"]).taken["Customer ID"] == came


def test_of_several_aliases_the_one_that_the_mapping_names_first_is_taken() -> None:
    assert Columns(WANTED).find(["Customer ID", "mrr", "price"]).taken["amount"] == "price"


def test_two_names_that_are_alike_are_ambiguous_and_neither_is_taken() -> None:
    found = Columns(WANTED).find(["Customer ID", "Amount", "AMOUNT"])
    assert found.ambiguous == {"amount": ["Amount", "AMOUNT"]}
    assert "amount" not in found.taken


def test_a_column_that_two_wanted_ones_could_be_is_taken_for_neither() -> None:
    found = Columns({"Amount": [], "amount": []}).find(["AMOUNT"])
    assert found.taken == {}
    assert found.ambiguous == {"Amount": ["AMOUNT"], "amount": ["AMOUNT"]}


def test_a_wanted_column_is_never_taken_for_another() -> None:
    found = Columns({"plan": [], "Plan": []}).find(["plan"])
    assert found.taken == {"plan": "plan"}
    assert found.missing == ["Plan"]


def test_drift_is_what_was_renamed_missing_and_new() -> None:
    found = Columns(WANTED).find(["customer id", "segment", "region"])
    assert list(found.changes(known=["region"])) == [
        Change("renamed", "Customer ID", "customer id"),
        Change("missing", "amount"),
        Change("new", "segment"),
    ]


def test_before_the_first_import_no_column_is_new() -> None:
    assert list(Columns({}).find(["region"]).changes(known=None)) == []
