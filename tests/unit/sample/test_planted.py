"""What is planted in the sample: a hazard for each day, the effect of a contact, and what a life would probably do."""

from __future__ import annotations

import math
import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from keepwell.platform.progress import SilentProgress
from keepwell.sample.account_life import AccountLife
from keepwell.sample.business import BusinessSpec
from keepwell.sample.files import BusinessSummary
from keepwell.sample.forks import chance_of_leaving
from keepwell.sample.hazard import CONTACT_EFFECT, CONTACT_LASTS
from keepwell.sample.model import Kind, Window
from keepwell.sample.service import write_export
from keepwell.sample.truth import FILES
from tests.conftest import SAMPLE_UNTIL
from tests.unit.sample.reading import Row, contents, read

ROOT = Path(__file__).parents[3]
UNTIL = SAMPLE_UNTIL
WINDOW = Window(UNTIL - timedelta(days=365), UNTIL)


@pytest.fixture(scope="module")
def hazards(sample_business: BusinessSummary) -> list[Row]:
    return read(sample_business.folder / "truth" / "hazards.csv")


@pytest.fixture(scope="module")
def follow_ups(sample_business: BusinessSummary) -> list[Row]:
    return read(sample_business.folder / "follow_ups.csv")


@pytest.fixture(scope="module")
def cancelled(sample_business: BusinessSummary) -> set[tuple[str, str]]:
    rows = read(sample_business.folder / "subscriptions.csv")
    return {(row["account_id"], row["cancelled_on"]) for row in rows if row["cancelled_on"]}


def lives(accounts: int, *, until: date, contacts: bool = True) -> list[AccountLife]:
    spec = BusinessSpec(seed=3, window=WINDOW, accounts=accounts, contacts=contacts)
    found = list(spec.lives())
    for life in found:
        life.advance_to(until)
    return found


def test_cancellations_happen_as_often_as_the_hazards_say(
    hazards: list[Row], cancelled: set[tuple[str, str]]
) -> None:
    for treated, effect in (("false", 1.0), ("true", CONTACT_EFFECT)):
        rows = [row for row in hazards if row["treated"] == treated]
        expected = effect * math.fsum(float(row["hazard"]) for row in rows)
        happened = sum((row["account_id"], row["day"]) in cancelled for row in rows)
        assert expected > 3
        assert abs(happened - expected) < 3 * math.sqrt(expected)


def test_every_cancellation_has_its_hazard(hazards: list[Row], cancelled: set[tuple[str, str]]) -> None:
    known = {(row["account_id"], row["day"]) for row in hazards}
    assert len(known) == len(hazards)
    assert cancelled <= known
    assert all(0 < float(row["hazard"]) < 1 or float(row["hazard"]) == 0 for row in hazards)


def test_a_day_is_treated_exactly_if_a_contact_was_made_in_the_thirty_days_before(
    hazards: list[Row], follow_ups: list[Row]
) -> None:
    contacts = defaultdict(list)
    for row in follow_ups:
        if row["contacted_at"]:
            contacts[row["account_id"]].append(date.fromisoformat(row["contacted_at"][:10]))
    for row in hazards:
        day = date.fromisoformat(row["day"])
        recent = any(each <= day < each + CONTACT_LASTS for each in contacts[row["account_id"]])
        assert (row["treated"] == "true") == recent, row


def test_a_coin_decides_the_arm_and_who_is_held_is_never_contacted(follow_ups: list[Row]) -> None:
    act = [row for row in follow_ups if row["arm"] == "act"]
    hold = [row for row in follow_ups if row["arm"] == "hold"]
    assert len(act) + len(hold) == len(follow_ups) > 100
    assert abs(len(act) - len(hold)) < 3 * math.sqrt(len(follow_ups))
    assert not any(row["contacted_at"] for row in hold)
    assert sum(bool(row["contacted_at"]) for row in act) > 0.9 * len(act)


def test_an_account_is_enrolled_again_only_after_its_horizon(follow_ups: list[Row]) -> None:
    ended: dict[str, str] = {}
    for row in follow_ups:
        assert ended.get(row["account_id"], "") < row["enrolled_on"]
        horizon = date.fromisoformat(row["horizon_ends_on"]) - date.fromisoformat(row["enrolled_on"])
        assert horizon == timedelta(days=30)
        ended[row["account_id"]] = row["horizon_ends_on"]


def test_without_contacts_the_same_business_leaves_no_later(tmp_path: Path) -> None:
    with_contacts, without = lives(60, until=UNTIL), lives(60, until=UNTIL, contacts=False)
    differing = 0
    for life, other in zip(with_contacts, without, strict=True):
        assert not any(row.contacted_at for row in other.follow_ups.rows)
        if life.contract.subscriptions == other.contract.subscriptions:
            continue
        differing += 1
        assert any(row.contacted_at for row in life.follow_ups.rows)
        ends = [_first_difference(life, other), _first_difference(other, life)]
        assert ends[1] < ends[0]
    assert differing > 0


def _first_difference(life: AccountLife, other: AccountLife) -> date:
    """The day on which the first span of `life` that `other` lacks was cancelled, or `date.max`."""
    span = next(each for each in life.contract.subscriptions if each not in other.contract.subscriptions)
    return span.cancelled_on or date.max


def chance(life: AccountLife, *, horizon_days: int) -> float:
    """By ten forks, with contacts as they are made."""
    found = chance_of_leaving(life, horizon_days=horizon_days, forks=10, seed="x", contacts=True)
    assert found is not None
    return found.value


def test_forks_leave_the_life_as_it_was() -> None:
    until = WINDOW.day(0.8)
    forked, untouched = lives(20, until=until), lives(20, until=until)
    for life, other in zip(forked, untouched, strict=True):
        if life.contract.is_paid:
            chance_of_leaving(life, horizon_days=30, forks=2, seed="x")
        life.advance_to(UNTIL)
        other.advance_to(UNTIL)
        assert life.contract.subscriptions == other.contract.subscriptions
        assert life.calls == other.calls
        assert life.collection.books.charges == other.collection.books.charges


def test_forks_foretell_how_many_leave() -> None:
    paying = [life for life in lives(90, until=WINDOW.day(0.7)) if life.contract.is_paid]
    chances = [chance(life, horizon_days=60) for life in paying]
    left = 0
    for life in paying:
        for _ in range(61):
            life.advance_to(life.today + timedelta(days=1))
            if not life.contract.is_paid:
                left += 1
                break
    spread = math.sqrt(sum(each * (1 - each) for each in chances))
    assert left > 3
    assert abs(left - sum(chances)) < 3 * spread


def test_what_is_settled_needs_no_luck() -> None:
    paying = [life for life in lives(36, until=WINDOW.day(0.7)) if life.contract.is_paid]
    horizon = paying[0].today + timedelta(days=30)
    settled = [life for life in paying if not life.collection.is_open]
    ending = [life for life in settled if not life.contract.continues and life.contract.renews_on <= horizon]
    # Nothing but the end of a paid period ends the service of who has paid.
    staying = [life for life in settled if life.contract.renews_on > horizon + timedelta(days=31)]
    assert ending
    assert len(staying) > 1
    assert all(chance(life, horizon_days=30) == 1 for life in ending)
    assert all(chance(life, horizon_days=30) == 0 for life in staying)


def test_without_surprises_nobody_leaves_over_a_release_that_is_still_to_come() -> None:
    """It will drive away cafés; the day after it, its effect can be known."""
    spec = BusinessSpec(seed=3, window=WINDOW, accounts=260)
    cafes = [life for life in spec.lives() if life.account.kind is Kind.CAFE]
    chances = defaultdict[tuple[int, bool], float](float)
    for days in (0, 1):
        for life in cafes:
            life.advance_to(max(spec.market.release_on + timedelta(days=days), life.today))
            assert life.has_surprises() == (life.today <= spec.market.release_on)
            if life.contract.is_paid and life.contract.continues:
                for surprises in (False, True):
                    chances[days, surprises] += leaving(life, surprises=surprises)
    assert chances[0, False] < 0.8 * chances[0, True]
    assert chances[1, False] == chances[1, True]


def leaving(life: AccountLife, *, surprises: bool) -> float:
    found = chance_of_leaving(life, horizon_days=30, forks=8, seed="x", surprises=surprises)
    return 0.0 if found is None else found.value


def test_who_does_not_pay_cannot_leave() -> None:
    gone = next(life for life in lives(20, until=UNTIL) if not life.contract.is_paid)
    with pytest.raises(ValueError, match="does not pay"):
        chance_of_leaving(gone, horizon_days=30, forks=1, seed="x")


def test_without_the_truth_the_product_has_the_same_files(tmp_path: Path) -> None:
    write_export(tmp_path, seed=7, until=UNTIL, accounts=3, progress=SilentProgress())
    assert {name.name for name in (tmp_path / "truth").iterdir()} == set(FILES)
    shutil.rmtree(tmp_path / "truth")
    assert not any("hazard" in text.decode() for text in contents(tmp_path).values())


def test_no_part_of_the_product_names_the_truth() -> None:
    """That none imports what was planted is a contract of import-linter, in pyproject.toml."""
    sources = [
        path
        for path in (ROOT / "src" / "keepwell").rglob("*")
        if path.suffix in {".py", ".yaml", ".json", ".sql"}
        and "sample" not in path.relative_to(ROOT).parts
        and "static" not in path.parts
    ]
    assert len(sources) > 200
    for path in sources:
        text = path.read_text(encoding="utf-8")
        assert not any(name in text for name in FILES[:2]), path
