"""What cases say: the worked example of docs/outcomes.md, verdicts, money, and what could ever be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID

import msgspec
import pytest

from keepwell.churn.cases.episodes.deciding import Decision, Paid, decide
from keepwell.churn.cases.episodes.enrolment import RULE
from keepwell.churn.cases.model import Arm
from keepwell.churn.outcomes.enrolment import Setting
from keepwell.churn.outcomes.measuring import outcomes
from keepwell.churn.outcomes.model import Bounds, CaseFigures, Experiment, NewestList, Outcomes
from keepwell.churn.outcomes.wording import lines

DOCS = (Path(__file__).parents[3] / "docs" / "outcomes.md").read_text(encoding="utf-8")
FIRST, TODAY = date(2026, 1, 1), date(2026, 3, 1)
MRR = Decimal(30)


def case(
    number: int, arm: Arm, outcome: str | None, *, held_share: float | None = 0.5, contacts: int = 0
) -> CaseFigures:
    lost = {"left": MRR, "shrank": MRR / 3, "stayed": Decimal(0)}.get(outcome or "")
    return CaseFigures(
        UUID(int=number),
        FIRST + timedelta(days=number % 30),
        arm,
        held_share,
        0.25,
        MRR,
        outcome,  # type: ignore[arg-type]  # one of them
        lost,
        contacts,
    )


def arm_of(
    first: int, arm: Arm, *, size: int, left: int, held_share: float | None = 0.5
) -> list[CaseFigures]:
    return [
        case(
            first + number,
            arm,
            "left" if number < left else "stayed",
            held_share=held_share,
            contacts=int(arm == "act"),
        )
        for number in range(size)
    ]


def measured(
    cases: Sequence[CaseFigures], *, contact_cost: Decimal | None = None, held_share: float = 0.5
) -> Outcomes:
    ordered = sorted(cases, key=lambda each: (each.opened_on, each.account_id))
    return outcomes(ordered, Setting("USD", contact_cost, held_share), newest=None, today=TODAY)


def of_two_arms(acted: tuple[int, int], held: tuple[int, int]) -> Experiment:
    (size, left), (held_size, held_left) = acted, held
    cases = [
        *arm_of(0, "act", size=size, left=left),
        *arm_of(10_000, "hold", size=held_size, left=held_left),
    ]
    return measured(cases, contact_cost=Decimal("2.00")).experiments[0]


def points(bounds: Bounds | None) -> str:
    assert bounds is not None
    return f"{bounds.value * 100:.1f} points ({bounds.low * 100:.1f} to {bounds.high * 100:.1f})"


def test_the_worked_example_of_the_docs_is_what_the_product_says() -> None:
    found = of_two_arms((40, 6), (40, 12))
    assert f"**{points(found.stayed)}**" in DOCS
    assert f"**{points(found.always_valid)}**" in DOCS
    assert (found.verdict, found.method, found.saved.cost) == ("not_sure", "newcombe", "80.00")
    of_shop = measured(arm_of(0, "act", size=40, left=6) + arm_of(100, "hold", size=40, left=12)).enrolment
    visible = {(each.held_share, each.months): each.fewest for each in of_shop.visible}
    half, fifth = visible[0.5, 12], visible[0.2, 12]
    assert half is not None
    assert fifth is not None
    sentence = (
        f"effects above **{half:.0%}** with half of them left alone, and above **{fifth:.0%}** with a fifth"
    )
    assert sentence in " ".join(DOCS.split())
    assert RULE in " ".join(DOCS.split())


def test_an_effect_is_concluded_by_the_interval_for_every_month_with_its_money_net_of_contacts() -> None:
    found = of_two_arms((600, 30), (600, 180))
    assert found.verdict == "fewer_left"
    saved = found.saved
    assert saved.mrr is not None
    assert saved.net is not None
    # 25 points of 30.00 a case, for 600 cases, less 600 contacts. Of no spread but the outcome, money says what shares say.
    assert found.always_valid is not None
    assert Decimal(saved.mrr.amount_low) == round(600 * 30 * Decimal(found.always_valid.low), 2)
    assert (saved.mrr.amount, saved.cost, saved.net.amount) == ("4500.00", "1200.00", "3300.00")
    assert Decimal(saved.mrr.amount_low) - Decimal(saved.net.amount_low) == 1200
    assert saved.is_shown


def test_the_command_line_names_saved_money_only_once_it_is_shown() -> None:
    shown, open_question = (
        "\n".join(lines(measured(cases, contact_cost=Decimal("2.00"))))
        for cases in (
            [*arm_of(0, "act", size=600, left=30), *arm_of(10_000, "hold", size=600, left=180)],
            [*arm_of(0, "act", size=80, left=12), *arm_of(10_000, "hold", size=80, left=14)],
        )
    )
    assert "MRR saved 4500.00 USD for one month, 95 % interval, looked at every month, " in shown
    assert "net 3300.00 USD, less 1200.00" in shown
    assert "saved" not in open_question
    assert "Not enough yet" in open_question
    assert "2.5 points fewer left, 95 % interval 9.1 more to 14.1 fewer, looked at once" in open_question
    assert (
        "95 % interval 15.5 more to 20.5 fewer, looked at every month, which gives the verdict"
        in open_question
    )
    assert "Somebody who looks once would see at best" in open_question


def test_harm_is_concluded_too() -> None:
    assert of_two_arms((600, 180), (600, 30)).verdict == "more_left"


def test_without_a_cost_of_a_contact_nothing_is_called_net() -> None:
    cases = [*arm_of(0, "act", size=600, left=30), *arm_of(10_000, "hold", size=600, left=180)]
    saved = measured(cases).experiments[0].saved
    assert (saved.cost, saved.net) == (None, None)
    assert saved.mrr is not None


def test_cases_that_are_missing_from_an_arm_keep_everything_from_being_concluded() -> None:
    found = of_two_arms((600, 30), (400, 180))
    assert found.split is not None
    assert (found.split.is_mismatch, found.verdict, found.saved.is_shown) == (True, "mismatch", False)


def test_cases_without_a_holdout_are_compared_with_nothing_and_come_last() -> None:
    later = [case(number, "act", "stayed", held_share=0) for number in range(100, 130)]
    found = measured([*arm_of(0, "act", size=3, left=0), *arm_of(10, "hold", size=3, left=1), *later])
    assert [each.held_share for each in found.experiments] == [0.5, 0.0]
    last = found.experiments[-1]
    assert (last.verdict, last.stayed, last.split) == ("no_holdout", None, None)


def test_open_and_unknown_cases_are_counted_and_compared_with_nothing() -> None:
    cases = [
        case(1, "act", None),
        case(2, "hold", "unknown"),
        case(3, "act", "shrank"),
        case(4, "hold", "left"),
    ]
    found = measured(cases)
    (experiment,) = found.experiments
    assert (found.open, experiment.open, experiment.unknown) == (1, 1, 1)
    assert (experiment.acted.cases, experiment.held.cases) == (1, 1)
    # An account that pays less has stayed.
    assert (experiment.acted.shrank, experiment.acted.left) == (1, 0)
    assert found.months[0].acted.ended == 1


@pytest.mark.parametrize(
    ("cases", "source"),
    [
        ([case(1, "act", None)], "lists"),
        (arm_of(0, "act", size=30, left=6), "all_cases"),
        (arm_of(0, "act", size=30, left=0) + arm_of(100, "hold", size=20, left=5), "left_alone"),
    ],
)
def test_the_rate_of_leaving_is_that_of_those_left_alone_as_soon_as_there_are_enough(
    cases: list[CaseFigures], source: str
) -> None:
    found = measured(cases).enrolment
    assert found.base_from == source
    if source != "all_cases":
        assert found.base_rate == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("newest", "state"),
    [
        (None, "no_list"),
        (NewestList("inactivity", date(2026, 9, 1), datetime(2026, 3, 1, tzinfo=UTC)), "inactivity"),
        (NewestList("subscription", TODAY, datetime(2026, 3, 1, tzinfo=UTC)), "old_list"),
        (NewestList("subscription", date(2026, 3, 31), datetime(2026, 3, 1, tzinfo=UTC)), "yes"),
    ],
)
def test_why_no_case_is_opened_is_said(newest: NewestList | None, state: str) -> None:
    found = outcomes([], Setting("USD", None, 0.5), newest=newest, today=TODAY)
    assert (found.enrolment.state, found.cases, found.experiments) == (state, 0, [])
    assert next(iter(lines(found))) == RULE


def test_a_probability_that_nobody_gave_changes_nothing() -> None:
    random = Random(1)
    known = [
        case(number, "act" if number % 2 else "hold", "stayed" if random.random() < 0.8 else "left")
        for number in range(300)
    ]
    unknown = [msgspec.structs.replace(each, probability=None) for each in known]
    first, second = (measured(each).experiments[0].stayed for each in (known, unknown))
    assert first is not None
    assert second is not None
    assert first.value == pytest.approx(second.value)


@pytest.mark.parametrize(
    ("paid", "found"),
    [
        (Paid(Decimal(0), Decimal(-1200)), Decision("left", Decimal("0.00"), Decimal("100.00"))),
        (Paid(Decimal(600), Decimal(-600)), Decision("shrank", Decimal("50.00"), Decimal("50.00"))),
        (Paid(Decimal(1800), Decimal(600)), Decision("stayed", Decimal("150.00"), Decimal("0.00"))),
        # A rate fell: nobody decided that.
        (Paid(Decimal(900), Decimal(0)), Decision("stayed", Decimal("75.00"), Decimal("0.00"))),
    ],
)
def test_movements_decide_an_outcome(paid: Paid, found: Decision) -> None:
    day = date(2026, 3, 1)
    assert decide(paid, horizon_ends_on=day, records_until=day, is_readable=True) == found
    unread = decide(paid, horizon_ends_on=day, records_until=None, is_readable=True)
    assert (unread.outcome, unread.because) == ("unknown", "records_end")
