"""Cards: they expire, most are replaced in time, and some are declined for other reasons."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from keepwell.sample.model import months_after
from keepwell.sample.money.model import PaymentMethod
from keepwell.sample.twins import twin_of

# Declines of cards that have not expired, by public decline code: with expired cards, about 45 % of all failed payments
# are for want of funds, 25 % for expiry, 20 % without a reason, and 10 % for loss, theft and fraud.
_DECLINES = {
    "insufficient_funds": 45,
    "generic_decline": 20,
    "lost_card": 4,
    "stolen_card": 3,
    "fraudulent": 3,
}
DEAD = frozenset({"lost_card", "stolen_card", "fraudulent"})
_FAILS = 0.052
# From so many cents on, limits of cards matter.
_LARGE, _LARGE_FACTOR = 10_000, 1.8
_RETRY_SUCCEEDS = {"insufficient_funds": 0.30, "generic_decline": 0.26}
_FIRST_MONTHS, _LATER_MONTHS = (1, 34), (24, 40)
_REPLACED_IN_TIME = 0.43
_DAYS_AHEAD = 25
_BRANDS = ("visa", "visa", "mastercard", "mastercard", "amex")


class Wallet:
    """The cards of one account; one of them is the default."""

    def __init__(self, account_id: str, *, rng: Random, day: date) -> None:
        self.cards: list[PaymentMethod] = []
        self._account_id = account_id
        self._rng = rng
        self._add(day, rng.randint(*_FIRST_MONTHS))

    @property
    def card(self) -> PaymentMethod:
        """The default card."""
        return self.cards[-1]

    def advance(self, day: date) -> None:
        """Replace the card on the day that the customer, or the bank, does."""
        if self.card.replaced_on == day:
            self.replace(day)

    def replace(self, day: date) -> None:
        """Another card becomes the default."""
        self.card.is_default = False
        self._add(day, self._rng.randint(*_LATER_MONTHS))

    def decline(self, day: date, *, cents: int) -> str:
        """The code with which a first charge of `cents` is declined on `day`; empty if it succeeds."""
        if self.card.is_expired(day):
            return "expired_card"
        if self._rng.random() >= _FAILS * (_LARGE_FACTOR if cents >= _LARGE else 1):
            return ""
        return self._rng.choices(list(_DECLINES), list(_DECLINES.values()))[0]

    def retry(self, code: str) -> str:
        """The code with which a charge declined as `code` is declined again; empty if it succeeds."""
        return "" if self._rng.random() < _RETRY_SUCCEEDS.get(code, 0.0) else code

    def fork(self, rng: Random) -> Wallet:
        """A twin that goes on by `rng`."""
        return twin_of(self, cards=[twin_of(self.card)], _rng=rng)

    def _add(self, day: date, months: int) -> None:
        rng = self._rng
        expires = months_after(day.replace(day=1), months + 1)
        replaced = rng.random() < _REPLACED_IN_TIME
        ahead = timedelta(days=rng.randint(1, _DAYS_AHEAD))
        self.cards.append(
            PaymentMethod(
                payment_method_id=f"pm-{self._account_id[2:]}-{len(self.cards) + 1}",
                brand=rng.choice(_BRANDS),
                last4=f"{rng.randrange(10_000):04}",
                expires=expires,
                created_on=day,
                replaced_on=expires - ahead if replaced else None,
            )
        )
