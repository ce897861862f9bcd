"""Invariants for every workspace, day and import order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from keepwell.revenue.model import MovementKind, PricedSpan, months, movements

FIRST = date(2024, 1, 1)
LAST = date(2024, 6, 30)
DAYS = st.dates(FIRST, LAST)


class MonthlyRates:
    """The price of a euro in dollars changes every month."""

    def __init__(self, euro: Sequence[Fraction]) -> None:
        self._euro = euro

    def rate(self, currency: str, on: date) -> Fraction:
        return self._euro[on.month % len(self._euro)] if currency == "EUR" else Fraction(1)

    def changes(self, currency: str) -> Sequence[date]:
        starts = [start for start, _ in months(date(2023, 12, 1), date(2024, 12, 31))]
        return starts if currency == "EUR" else ()


DOLLARS = MonthlyRates([Fraction(1)])


@st.composite
def spans(draw: st.DrawFn) -> PricedSpan:
    starts_on = draw(DAYS)
    length = draw(st.none() | st.integers(0, 120))
    return PricedSpan(
        account_id=UUID(int=draw(st.integers(1, 4))),
        monthly_amount=draw(st.fractions(0, 500, max_denominator=12)),
        currency=draw(st.sampled_from(["USD", "EUR"])),
        starts_on=starts_on,
        ends_on=None if length is None else starts_on + timedelta(days=length),
    )


RATES = st.lists(st.fractions(Fraction(1, 2), 2, max_denominator=100), min_size=1, max_size=12).map(
    MonthlyRates
)


def mrr(held: Iterable[PricedSpan], day: date, rates: MonthlyRates) -> Fraction:
    amounts = (span.monthly_amount * rates.rate(span.currency, day) for span in held if span.covers(day))
    return sum(amounts, Fraction())


@given(st.lists(spans(), max_size=8), RATES, DAYS)
def test_movements_and_fx_add_up_to_the_mrr_of_each_day_in_total_and_by_customer(
    held: list[PricedSpan], rates: MonthlyRates, day: date
) -> None:
    found = [each for each in movements(held, rates=rates) if each.on <= day]
    assert sum(each.amount for each in found) == mrr(held, day, rates)
    for account in {span.account_id for span in held}:
        own = [span for span in held if span.account_id == account]
        assert sum(each.amount for each in found if each.account_id == account) == mrr(own, day, rates)


@given(st.lists(spans(), max_size=8).flatmap(lambda held: st.tuples(st.just(held), st.permutations(held))))
def test_the_order_of_spans_does_not_matter(pair: tuple[list[PricedSpan], list[PricedSpan]]) -> None:
    held, shuffled = pair
    assert movements(held, rates=DOLLARS) == movements(shuffled, rates=DOLLARS)


@given(st.lists(spans(), max_size=8))
def test_a_customer_is_new_at_most_once(held: list[PricedSpan]) -> None:
    new = [each.account_id for each in movements(held, rates=DOLLARS) if each.kind is MovementKind.NEW]
    assert len(new) == len(set(new))


@given(st.lists(spans(), max_size=8))
def test_a_rate_change_is_never_a_movement_in_a_single_currency(held: list[PricedSpan]) -> None:
    assert not [each for each in movements(held, rates=DOLLARS) if each.kind is MovementKind.FX]


@given(DAYS, DAYS)
def test_months_cover_every_day_once(one: date, other: date) -> None:
    start, end = min(one, other), max(one, other)
    covered = [
        first + timedelta(days=offset)
        for first, last in months(start, end)
        for offset in range((last - first).days + 1)
    ]
    assert covered == [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
