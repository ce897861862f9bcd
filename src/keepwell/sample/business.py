"""The lives of all accounts of a business."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from bulwark.bots.population.odds_file import shipped_odds
from keepwell.sample.account_life import AccountLife, Market
from keepwell.sample.customers.signups import customers
from keepwell.sample.model import Window
from keepwell.sample.prices import PriceList, exchange_rates
from keepwell.sample.usage.model import Usage
from keepwell.sample.usage.players import Players
from keepwell.sample.usage.venues import Venue

# After this share of the window a release comes out that hurts one kind of customer.
_RELEASED_AFTER = 0.78


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSpec:
    """The parameters of a business; the same ones give the same bytes. Without `contacts` nobody is contacted."""

    seed: int
    window: Window
    accounts: int
    contacts: bool = True

    @property
    def market(self) -> Market:
        """What all accounts share."""
        release_on = self.window.day(_RELEASED_AFTER)
        return Market(window=self.window, prices=PriceList(self.window), release_on=release_on)

    def rates(self, *, first: date) -> Iterator[tuple[date, str, str]]:
        """Day, currency and worth in dollars, from the month of `first`."""
        return exchange_rates(self._random("rates"), first=first, until=self.window.until)

    def lives(self) -> Iterator[AccountLife]:
        """Each account's life, on the day it signed up, in order of sign-up; each has its own randomness."""
        referee, market = shipped_odds().referee(), self.market
        for account in customers(self._random("customers"), self.window, count=self.accounts):
            rng = self._random(f"{account.account_id}/usage")
            usage: Usage = (
                Players(account, rng=rng, referee=referee)
                if account.kind.has_named_players
                else Venue(account, rng=rng, release_on=market.release_on)
            )
            seed = f"{self.seed}/{account.account_id}"
            yield AccountLife(account, seed=seed, market=market, usage=usage, contacts=self.contacts)

    def _random(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")  # noqa: S311  a simulation, not a secret
