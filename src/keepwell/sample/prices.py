"""The price list in each currency, with two price changes in the year, and the currencies' worth in dollars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from keepwell.sample.model import Plan, Window, months_after

REPORT_CURRENCY = "USD"
_CURRENCIES = {"GB": "GBP", "DE": "EUR", "FR": "EUR", "NL": "EUR", "CA": "CAD"}
# Cents per seat and month.
_PRICES = {
    Plan.SOLO: {"USD": 999, "EUR": 949, "GBP": 849, "CAD": 1349},
    Plan.SOLO_PLUS: {"USD": 1599, "EUR": 1499, "GBP": 1349, "CAD": 2149},
    Plan.GUILD: {"USD": 899, "EUR": 849, "GBP": 749, "CAD": 1199},
    Plan.VENUE: {"USD": 1400, "EUR": 1300, "GBP": 1150, "CAD": 1900},
    Plan.CLASSROOM: {"USD": 600, "EUR": 550, "GBP": 500, "CAD": 800},
    Plan.CREATOR: {"USD": 2400, "EUR": 2200, "GBP": 2000, "CAD": 3300},
}
_RAISED = {
    Plan.SOLO: {"USD": 1099, "EUR": 1049, "GBP": 949, "CAD": 1499},
    Plan.VENUE: {"USD": 1500, "EUR": 1400, "GBP": 1250, "CAD": 2050},
}
# After which share of the window each of them rises.
_RISES = {Plan.SOLO: 0.35, Plan.VENUE: 0.65}
# The report currency's worth of one unit: what it is around, and the spread of its monthly change.
_WORTH = {"EUR": 1.12, "GBP": 1.31, "CAD": 0.73}
_MONTHLY_SPREAD = 0.012
_PULL_BACK = 0.15


@dataclass(frozen=True, slots=True)
class PriceList:
    """Cents per seat and month, by day; on and after the day `unknown_from` no plan becomes more expensive."""

    window: Window
    unknown_from: date = date.max

    @property
    def rises(self) -> dict[Plan, date]:
        """The day on which each plan becomes more expensive, for plans that do."""
        days = {plan: self.window.day(share) for plan, share in _RISES.items()}
        return {plan: day for plan, day in days.items() if day < self.unknown_from}

    def price(self, plan: Plan, on: date, *, currency: str) -> int:
        """The price for a subscription agreed or renewed on that day."""
        share = _RISES.get(plan)
        rises_on = date.max if share is None else self.window.day(share)
        is_raised = rises_on <= on and rises_on < self.unknown_from
        return (_RAISED if is_raised else _PRICES)[plan][currency]


def currency_of(country: str) -> str:
    """The currency in which customers of `country` pay."""
    return _CURRENCIES.get(country, REPORT_CURRENCY)


def exchange_rates(rng: Random, *, first: date, until: date) -> Iterator[tuple[date, str, str]]:
    """Invented rates: day, currency, dollars per unit, from the month of `first`, one per currency and month."""
    month = first.replace(day=1)
    rates = dict(_WORTH)
    while month < until:
        for currency, usual in _WORTH.items():
            yield month, currency, f"{rates[currency]:.4f}"
            drawn = rates[currency] * (1 + rng.gauss(0, _MONTHLY_SPREAD))
            rates[currency] = drawn + _PULL_BACK * (usual - drawn)
        month = months_after(month, 1)
