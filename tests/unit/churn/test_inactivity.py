"""The door of inactivity: who is looked at, who went quiet, and what the list is weighed by."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import msgspec
import pytest

from keepwell.churn.doors.inactivity import Inactivity, amount_property
from keepwell.churn.doors.model import NoSuchAmount
from keepwell.churn.model import NothingToScore, TooLittleHistory
from keepwell.churn.pipeline import LearningResult, learn
from keepwell.platform.progress import SilentProgress
from tests.unit.churn.using import HORIZON, START, TODAY, Use, accounts, learned, table_of


def fading(count: int = 120, *, properties: str = '{"amount": 10}', seed: int = 1) -> list[Use]:
    """Accounts that come every few days until they have had enough, which is sooner for those who come seldom."""
    rng, uses = Random(seed), []
    for number in range(count):
        gap = rng.choice([2, 5, 15])
        last = min(rng.expovariate(gap / 900), 359)
        uses += [
            Use(account=f"A-{number:03}", day=day, properties=properties)
            for day in range(rng.randrange(20), int(last) + 1, gap)
        ]
    # The tracker goes on until the end, whoever is left.
    return [*uses, *(Use(account="always", day=day, properties=properties) for day in range(360))]


@pytest.fixture(scope="module")
def faded() -> LearningResult:
    return learned(fading())


def quiet_of(found: LearningResult, account: str) -> dict[int, bool]:
    """Whether the account went quiet after each day since the start on which it was looked at."""
    table, group = found.studied.split.table, found.studied.group
    return {
        day - START.toordinal(): bool(label)
        for place, day, label in zip(
            table.accounts.tolist(), table.days.tolist(), table.labels.tolist(), strict=True
        )
        if group.external_ids[place] == account
    }


def test_accounts_and_events_alone_give_a_list_whose_statement_says_what_leaving_is(
    faded: LearningResult,
) -> None:
    assert faded.label.name == "inactivity"
    assert faded.evaluation.signal == "found"
    assert faded.statement.startswith("The data predict who goes quiet. Tested on ")
    assert "accounts that had been active in the 60 days before" in faded.statement
    assert "times an account had no event of use in the next 30 days" in faded.statement
    assert "leave" not in faded.statement
    assert "MRR" not in faded.statement


def test_only_accounts_with_use_in_the_days_before_are_looked_at() -> None:
    steady = [Use(account="steady", day=day) for day in range(0, 360, 3)]
    gone = [Use(account="gone", day=day) for day in range(0, 100, 3)]
    found = learned([*steady, *gone])
    assert [found.studied.group.external_ids[place] for place in found.studied.group.current.accounts] == [
        "steady"
    ]
    # 99 is the last day with use: on the 61st day after it, nobody looks any more.
    assert max(quiet_of(found, "gone")) <= 99 + 60


def test_an_account_is_quiet_if_the_whole_horizon_from_its_day_on_has_no_use() -> None:
    steady = [Use(account="steady", day=day) for day in range(360)]
    # Away for exactly 30 days, and once for 29.
    away = [Use(account="away", day=day) for day in range(360) if not 99 < day < 130 and not 199 < day < 229]
    outcome = quiet_of(learned([*steady, *away], horizon=30), "away")
    assert {day for day, is_quiet in outcome.items() if is_quiet} <= {100}
    assert not any(quiet_of(learned([*steady, *away], horizon=31), "away").values())


def test_use_that_became_known_later_changes_no_input_and_does_change_the_outcome() -> None:
    steady = [Use(account="steady", day=day) for day in range(360)]
    early = [Use(account="late", day=day) for day in range(250)]
    # Happened within the horizons of the days before it, and known only after all of them.
    late = [Use(account="late", day=265, known_day=340)]
    without, with_late = learned([*steady, *early]), learned([*steady, *early, *late])
    days = sorted(day for day in quiet_of(without, "late") if 250 <= day < 265)
    assert days
    assert [quiet_of(without, "late")[day] for day in days] == [True] * len(days)
    assert [quiet_of(with_late, "late")[day] for day in days] == [False] * len(days)

    def inputs(found: LearningResult) -> list[list[float]]:
        table = found.studied.split.table
        is_late = table.accounts == list(found.studied.group.external_ids).index("late")
        rows: list[list[float]] = table.inputs[is_late].tolist()
        return rows

    assert str(inputs(without)) == str(inputs(with_late))


def test_no_fit_knows_an_outcome_before_its_horizon_is_over(faded: LearningResult) -> None:
    table = faded.studied.split.table
    steps = sorted(set(table.days.tolist()))
    assert steps[1] - steps[0] == 5
    for origin in faded.studied.split.origins:
        known = table.known_by(origin)
        assert (known.days + HORIZON <= origin.toordinal()).all()
        assert len(known.days) < len(table.between(None, origin).days)


def test_with_amounts_the_list_is_by_mean_spend_times_chance_and_says_so(faded: LearningResult) -> None:
    assert faded.label.money == "spend"
    assert faded.statement.endswith(
        "The list is ranked by the chance times the mean spend a month, by the property amount of events of use."
    )
    at_risk = [score.revenue_at_risk for score in faded.scores]
    assert at_risk == sorted(at_risk, reverse=True)
    always = next(each for each in faded.scores if each.mrr > 300)
    # 360 days of 10 each, in the months since the first.
    assert float(always.mrr) == pytest.approx(10 * 365.25 / 12, rel=0.01)


def test_without_amounts_the_list_is_by_chance_alone_and_says_so() -> None:
    found = learned(fading(properties='{"title": "x"}'))
    assert found.label.money == "none"
    assert found.statement.endswith(
        "The list is ranked by chance alone, because no event of use has an amount of money."
    )
    chances = [score.probability for score in found.scores]
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) > 10
    assert {score.mrr for score in found.scores} == {0}


def test_without_a_signal_the_statement_names_no_mrr() -> None:
    few = [Use(account=f"A-{number}", day=day) for number in range(5) for day in range(number, 360, 7)]
    found = learned(few)
    assert found.statement.startswith("It was not tested whether the data predict who goes quiet: ")
    assert found.statement.endswith(
        "the order of the list says nothing, because no event of use has an amount of money either."
    )
    spent = learned([msgspec.structs.replace(each, properties='{"amount": 3}') for each in few])
    assert (
        "the list is ranked by mean spend a month, by the property amount of events of use, alone."
        in spent.statement
    )


def test_quiet_accounts_are_no_label_in_disguise_however_well_recency_ranks_them() -> None:
    """Most who have been away for weeks stay away: just that is predicted, and nobody wrote it down."""
    rng = Random(5)
    uses = [Use(account="always", day=day) for day in range(360)]
    for number in range(80):
        last = rng.randrange(40, 700)
        uses += [Use(account=f"A-{number:03}", day=day) for day in range(min(last, 360))]
    found = learned(uses)
    assert found.evaluation.probable_labels == ()
    assert found.evaluation.signal == "found"


def test_reasons_do_not_speak_of_customers_and_renewals(faded: LearningResult) -> None:
    texts = [reason.text for score in faded.scores for reason in score.reasons]
    assert texts
    assert not [text for text in texts if "customer" in text or "renewal" in text or "seen" in text]


def test_events_with_a_date_but_no_time_are_no_system() -> None:
    dated = [
        msgspec.structs.replace(each, account=each.account) for each in fading(60, properties='{"amount": 1}')
    ]
    table = table_of(dated)
    table = table.mutate(ts=table.ts.truncate("D"), known_at=table.known_at.truncate("D"))
    found = learn(
        Inactivity(accounts(each.account for each in dated), active_within_days=60),
        table,
        today=TODAY,
        horizon_days=HORIZON,
        progress=SilentProgress(),
    )
    assert found.evaluation.system_events == []
    assert found.scores


def test_the_usual_names_of_an_amount_are_looked_for_in_their_order() -> None:
    revenue = Use(account="a", day=1, properties='{"revenue": 5}')
    amount = Use(account="a", day=1, properties='{"amount": "7.50"}')
    assert amount_property(table_of([revenue]), None) == "revenue"
    assert amount_property(table_of([revenue, amount]), None) == "amount"
    assert amount_property(table_of([Use(account="a", day=1)]), None) is None


def test_a_refund_is_no_use_so_its_amount_is_not_spent() -> None:
    refund = Use(account="a", day=1, event="payment_refunded", properties='{"amount": 5}')
    assert amount_property(table_of([refund]), None) is None


def test_an_amount_that_no_event_has_is_an_error_that_names_it() -> None:
    with pytest.raises(NoSuchAmount, match=r"no event of use has a number named 'a\.ount'") as refused:
        amount_property(table_of([Use(account="a", day=1, properties='{"amount": 5}')]), "a.ount")
    assert refused.value.hint


def test_the_same_events_in_another_order_give_the_same_list(faded: LearningResult) -> None:
    again = learned(fading()[::-1])
    assert again.scores == faded.scores
    assert again.model == faded.model


def test_no_account_on_record_has_events() -> None:
    with pytest.raises(
        NothingToScore, match="None of the 1 accounts on record has an event of use"
    ) as refused:
        learned([Use(account="known", day=1)], names=["unknown"])
    assert "--help" in refused.value.hint


def test_nobody_was_active_of_late() -> None:
    uses = [Use(account="gone", day=day) for day in range(100)]
    # Somebody who is not on record keeps the tracker alive.
    others = [Use(account="stranger", day=day) for day in range(360)]
    with pytest.raises(NothingToScore, match="No account was active in the 60 days before 2024-12-26"):
        learned([*uses, *others], names=["gone"])


def test_a_horizon_longer_than_the_history() -> None:
    uses = [Use(account="a", day=day) for day in range(50)]
    with pytest.raises(TooLittleHistory, match="recorded from 2024-01-01 until 2024-02-20") as refused:
        learned(uses, horizon=60, today=START + timedelta(days=50))
    assert "--inactive-after" in refused.value.hint
