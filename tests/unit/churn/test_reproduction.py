"""Which files of today's lake a model is trained on again, and which of its inputs differs first."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from keepwell.churn.provenance.environment import environment
from keepwell.churn.provenance.model import (
    Code,
    Environment,
    FileRead,
    InputData,
    LakeRead,
    Provenance,
    data_of_payments,
    data_of_spans,
)
from keepwell.churn.reproduction.model import checks_of, cut_of
from tests.unit.churn.building import span

_FIRST = FileRead("day=2024-01-01/a.parquet", 10, "a" * 64, ["journal/ok-000000"])
_SECOND = FileRead("day=2024-01-02/b.parquet", 5, "b" * 64, ["journal/ok-000001"])
_LATER = FileRead("day=2024-01-02/c.parquet", 7, "c" * 64, ["journal/ok-000002"])
_SEGMENTS = {"journal/ok-000000": "0" * 64, "journal/ok-000001": "1" * 64}
WAS = LakeRead(files=[_FIRST, _SECOND], segments=_SEGMENTS)
_DATA = InputData(rows=1, sha256="d" * 64, first_on=date(2024, 1, 1), last_on=date(2024, 2, 1))
_PLACE = Environment(
    code=Code(version="1.0", sources_sha256="e" * 64, commit="f" * 40, is_dirty=False),
    lock_sha256="1" * 64,
    libraries={"python": "3.11.7", "numpy": "2.4.0"},
)
PROVENANCE = Provenance(
    subscriptions=_DATA,
    payments=_DATA,
    exchange_rates=_DATA,
    events=_DATA,
    lake=WAS,
    billing_on=None,
    records_version=3,
    policy="default",
    engine="duckdb",
    without=[],
    rungs=["logistic"],
    chosen="logistic",
    horizon_days=30,
    seed=1,
    environment=_PLACE,
)


def test_files_that_came_later_are_left_out() -> None:
    now = LakeRead(files=[_FIRST, _SECOND, _LATER], segments={**_SEGMENTS, "journal/ok-000002": "2" * 64})
    cut = cut_of(WAS, now)
    assert (set(cut.files), cut.why) == ({_FIRST.name, _SECOND.name}, None)


def test_a_compaction_has_other_files_of_the_same_events() -> None:
    merged = FileRead("day=2024-01-01/m.parquet", 15, "e" * 64, list(_SEGMENTS))
    cut = cut_of(WAS, LakeRead(files=[merged, _LATER], segments=_SEGMENTS))
    assert (cut.files, cut.why) == ([merged.name], None)
    assert cut.note is not None


def test_a_segment_that_an_erasure_rewrote_is_named_with_the_file_that_is_gone() -> None:
    smaller = msgspec.structs.replace(_FIRST, rows=9, sha256="9" * 64)
    cut = cut_of(
        WAS, LakeRead(files=[smaller, _SECOND], segments={**_SEGMENTS, "journal/ok-000000": "9" * 64})
    )
    assert cut.why is not None
    assert _FIRST.name in cut.why
    assert "journal/ok-000000" in cut.why


def test_a_file_that_was_merged_with_later_events_cannot_be_cut_and_is_named() -> None:
    mixed = FileRead("day=2024-01-02/m.parquet", 12, "e" * 64, ["journal/ok-000001", "journal/ok-000002"])
    cut = cut_of(WAS, LakeRead(files=[_FIRST, mixed], segments=_SEGMENTS))
    assert cut.why is not None
    assert mixed.name in cut.why


def test_days_that_retention_removed_are_missed_although_no_segment_changed() -> None:
    assert cut_of(WAS, LakeRead(files=[_SECOND], segments=_SEGMENTS)).why is not None


def test_the_order_of_records_does_not_matter_and_every_field_does() -> None:
    one, two = span("2024-01-01", account=1), span("2024-02-01", account=2)
    assert data_of_spans([one, two]) == data_of_spans([two, one])
    other = msgspec.structs.replace(two, plan="Other")
    assert data_of_spans([one, two]).sha256 != data_of_spans([one, other]).sha256
    assert data_of_payments([], []).first_on is None


@pytest.mark.parametrize("name", ["subscriptions", "payments", "exchange_rates", "events"])
def test_data_that_differ_are_named_with_the_reason(name: str) -> None:
    now = msgspec.structs.replace(PROVENANCE, **{name: msgspec.structs.replace(_DATA, sha256="0" * 64)})
    differing = [each for each in checks_of(PROVENANCE, now, reasons={name: "why"}) if not each.is_equal]  # type: ignore[dict-item]  # a name from above
    assert [(each.name, each.why) for each in differing] == [(name, "why")]


def test_other_code_is_named_by_its_commit_and_whether_it_had_changes() -> None:
    code = Code(version="1.0", sources_sha256="0" * 64, commit="9" * 40, is_dirty=True)
    place = msgspec.structs.replace(_PLACE, code=code)
    now = msgspec.structs.replace(PROVENANCE, environment=place)
    (found,) = [each for each in checks_of(PROVENANCE, now, reasons={}) if not each.is_equal]
    assert found.name == "code"
    assert found.why == (
        "trained by Keepwell 1.0, commit ffffffffffff, and this is Keepwell 1.0, commit 999999999999 with changes"
    )


@pytest.mark.parametrize(
    ("name", "change"),
    [("lock", {"lock_sha256": None}), ("libraries", {"libraries": {"python": "3.11.7", "numpy": "2.5.0"}})],
)
def test_another_lock_or_library_is_named(name: str, change: dict[str, object]) -> None:
    now = msgspec.structs.replace(PROVENANCE, environment=msgspec.structs.replace(_PLACE, **change))
    assert [each.name for each in checks_of(PROVENANCE, now, reasons={}) if not each.is_equal] == [name]


def test_the_environment_of_this_process_names_its_libraries_and_is_the_same_twice() -> None:
    found = environment()
    assert {"python", "numpy", "duckdb"} <= found.libraries.keys()
    assert found == environment()
