"""The sample business: reproducible bytes, and behaviour that predicts departures without giving them away."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from benchmarks.sample_spans import paying, read_spans, sample_rates
from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.importing.mapping.fields import Fields
from keepwell.importing.mapping.mapping_file import MappingFile, read_mapping, require_columns
from keepwell.importing.mapping.rows import subscription_row
from keepwell.intake.model import Event
from keepwell.intake.service import EventJournal
from keepwell.platform.clock import SystemClock
from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import SilentProgress
from keepwell.revenue.model import PayingSpan, months, movements
from keepwell.sample.files import BusinessSummary
from keepwell.sample.model import Window, months_after
from keepwell.sample.service import DAYS, journal_events, write_export
from tests.conftest import SAMPLE_ACCOUNTS, SAMPLE_UNTIL
from tests.unit.sample.reading import Row, contents, events, read

UNTIL = SAMPLE_UNTIL
WINDOW = Window(UNTIL - timedelta(days=DAYS), UNTIL)


@pytest.fixture(scope="module")
def written(sample_business: BusinessSummary) -> BusinessSummary:
    return sample_business


@pytest.fixture(scope="module")
def subscriptions(written: BusinessSummary) -> list[Row]:
    return read(written.folder / "subscriptions.csv")


@pytest.fixture(scope="module")
def told(written: BusinessSummary) -> list[Event]:
    return list(events(written.folder))


@pytest.fixture(scope="module")
def mapping() -> MappingFile:
    with as_file(files("keepwell.sample") / "sample.yaml") as path:
        return read_mapping(path, IMPORT_ENTITIES.fields)


@pytest.fixture(scope="module")
def spans(written: BusinessSummary) -> list[PayingSpan]:
    return read_spans(written.folder)


@pytest.fixture(scope="module")
def kinds(written: BusinessSummary, spans: Sequence[PayingSpan]) -> Counter[str]:
    found = movements(spans, rates=sample_rates(written.folder))
    return Counter(each.kind.value for each in found if WINDOW.start <= each.on < UNTIL)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def test_the_same_seed_and_day_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        write_export(tmp_path / folder, seed=7, until=UNTIL, accounts=20, progress=SilentProgress())
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_another_seed_gives_another_business(tmp_path: Path) -> None:
    for seed in (7, 8):
        write_export(tmp_path / str(seed), seed=seed, until=UNTIL, accounts=20, progress=SilentProgress())
    first, second = contents(tmp_path / "7"), contents(tmp_path / "8")
    # Few accounts have no refund; the price list and what is planted for all are the same.
    alike = {"plans.csv", "refunds.csv", "truth/planted.json"}
    assert all(first[name] != second[name] for name in first.keys() & second.keys() - alike)


def test_two_thirds_of_the_accounts_pay_on_the_last_day(written: BusinessSummary) -> None:
    assert written.accounts == SAMPLE_ACCOUNTS
    assert 0.6 < written.subscribers / written.accounts < 0.72


def test_the_sample_of_an_interrupted_start_is_replaced(tmp_path: Path) -> None:
    for seed in (7, 8):
        write_export(tmp_path / "sample", seed=seed, until=UNTIL, accounts=10, progress=SilentProgress())
    write_export(tmp_path / "fresh", seed=8, until=UNTIL, accounts=10, progress=SilentProgress())
    assert contents(tmp_path / "sample") == contents(tmp_path / "fresh")


def test_every_event_is_accepted_once(tmp_path: Path) -> None:
    written = write_export(tmp_path / "sample", seed=7, until=UNTIL, accounts=10, progress=SilentProgress())
    with EventJournal.open(tmp_path / "intake", clock=SystemClock()) as journal:
        first = journal_events(written.folder, journal, progress=SilentProgress())
        again = journal_events(written.folder, journal, progress=SilentProgress())
    assert (first.accepted, first.dead_lettered) == (written.events, 0)
    assert (again.accepted, again.unchanged) == (0, written.events)


def test_every_account_and_the_readme_say_that_it_is_synthetic(written: BusinessSummary) -> None:
    accounts = read(written.folder / "accounts.csv")
    assert {row["synthetic"] for row in accounts} == {"true"}
    assert (written.folder / "README.txt").read_text(encoding="utf-8").startswith("SYNTHETIC DATA")


def test_no_two_accounts_share_a_name(written: BusinessSummary) -> None:
    names = Counter(row["name"] for row in read(written.folder / "accounts.csv"))
    assert max(names.values()) == 1


def test_every_column_of_the_mapping_is_there(written: BusinessSummary, mapping: MappingFile) -> None:
    assert set(mapping.entities) == {
        "plans", "accounts", "contacts", "subscriptions", "payment_methods", "invoices", "charges", "refunds",
        "save_cases",
    }  # fmt: skip
    for name, entity in mapping.entities.items():
        rows = read(written.folder / entity.file)
        require_columns(mapping, entity=name, header=list(rows[0]))


def test_the_mapping_marks_the_workspace_as_synthetic(mapping: MappingFile) -> None:
    assert mapping.workspace is not None
    assert mapping.workspace.synthetic


def test_events_are_within_the_twelve_months_and_in_order(told: Sequence[Event]) -> None:
    instants = [each.timestamp for each in told]
    assert WINDOW.start <= instants[0].date()
    assert instants[-1].date() <= UNTIL
    assert instants == sorted(instants)


def test_each_event_has_an_account_and_each_match_its_decision_maker(
    written: BusinessSummary, told: Sequence[Event]
) -> None:
    accounts = {row["account_id"] for row in read(written.folder / "accounts.csv")}
    assert {each.context.group_id for each in told} <= accounts
    matches = [each for each in told if each.event in {"match_won", "match_lost"}]
    assert len(matches) > len(told) / 2
    # By the version of the odds that does not change: none was played by a bot.
    assert {each.properties["source"] for each in matches} == {"odds"}


def test_subscriptions_of_an_account_never_overlap(subscriptions: Sequence[Row]) -> None:
    ended: dict[str, date] = {}
    for row in subscriptions:
        starts_on = date.fromisoformat(row["starts_on"])
        assert ended.get(row["account_id"], date.min) <= starts_on
        ended[row["account_id"]] = day(row["ends_on"]) or date.max


def test_changes_of_terms_are_expansions_and_contractions(kinds: Counter[str]) -> None:
    assert set(kinds) == {"new", "expansion", "contraction", "churn", "reactivation", "fx"}
    assert min(kinds.values()) >= 8


def test_a_cancellation_comes_before_the_end_of_the_paid_period(subscriptions: Sequence[Row]) -> None:
    cancelled = [row for row in subscriptions if row["cancelled_on"]]
    assert len(cancelled) > 40
    for row in cancelled:
        starts_on, ends_on = date.fromisoformat(row["starts_on"]), day(row["ends_on"])
        length = 1 if row["billing"] == "monthly" else 12
        assert ends_on in {months_after(starts_on, length * number) for number in range(1, 25)}
        assert row["cancelled_on"] < row["ends_on"]


def test_nothing_after_the_last_day_is_written(subscriptions: Sequence[Row]) -> None:
    for row in subscriptions:
        assert row["starts_on"] < UNTIL.isoformat()
        assert row["cancelled_on"] < UNTIL.isoformat()
        if row["ends_on"] >= UNTIL.isoformat():
            assert row["cancelled_on"] or row["is_trial"] == "true"


def test_trials_convert_or_end_and_some_still_run(subscriptions: Sequence[Row]) -> None:
    trials = [row for row in subscriptions if row["is_trial"] == "true"]
    paying = {(row["account_id"], row["starts_on"]) for row in subscriptions if row["is_trial"] == "false"}
    over = [row for row in trials if row["ends_on"] < UNTIL.isoformat()]
    converted = [row for row in over if (row["account_id"], row["ends_on"]) in paying]
    assert 0.4 < len(converted) / len(over) < 0.8
    assert len(over) < len(trials)


def test_monthly_churn_is_plausible_for_a_small_subscription_business(
    spans: Sequence[PayingSpan], kinds: Counter[str]
) -> None:
    opening = sum(paying(spans, start) for start, _ in months(WINDOW.start, UNTIL))
    assert 0.03 < kinds["churn"] / opening < 0.065


def test_most_cancellations_follow_declining_activity(
    subscriptions: Sequence[Row], told: Sequence[Event]
) -> None:
    active: defaultdict[str, set[date]] = defaultdict(set)
    for event in told:
        active[event.context.group_id].add(event.timestamp.date())

    def days_active(account: str, *, until: date) -> int:
        return sum(until - timedelta(days=28) <= each < until for each in active[account])

    now, before = [], []
    for row in subscriptions:
        cancelled_on = day(row["cancelled_on"])
        if cancelled_on is not None and cancelled_on >= WINDOW.start + timedelta(days=112):
            now.append(days_active(row["account_id"], until=cancelled_on))
            before.append(days_active(row["account_id"], until=cancelled_on - timedelta(days=84)))
    assert sum(now) < 0.8 * sum(before)
    assert any(late >= early > 0 for late, early in zip(now, before, strict=True))


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InfrastructureError, match="Cannot write the sample"):
        write_export(tmp_path / "file" / "sample", seed=1, until=UNTIL, accounts=2, progress=SilentProgress())


def test_amounts_match_the_price_list(subscriptions: Sequence[Row], mapping: MappingFile) -> None:
    for row in subscriptions:
        imported = subscription_row(Fields(row, mapping.entities["subscriptions"]), currency="USD")
        assert (imported.amount > 0) is not imported.is_trial
