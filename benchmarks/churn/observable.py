"""What an outsider can see of the simulation's state: everything that drives the hazard and leaves a trace in the exports.

The simulation's effects are not among it, nor what nobody sees: players' traits, an organisation's interest, the contacts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import fmean

import msgspec

from bulwark.bots.population.event_recorder import TimedCall
from keepwell.sample.account_life import AccountLife, Market
from keepwell.sample.model import Billing, Kind

COLUMNS = (
    "days_to_renewal", "is_annual", "next_payment_is_higher", "disuse", "active_days", "active_days_before",
    "share_of_players", "tickets", "invoice_open_days", "pays_by_transfer", "card_expires_first", "tenure_days",
    "seats", "monthly_cents", *(kind.name.lower() for kind in Kind),
)  # fmt: skip
_WINDOW = timedelta(days=28)
_GONE_AFTER = 28
_REPORTS = 5
_REMEMBERED = timedelta(days=60)
_USUAL = 0.9


class Seen(msgspec.Struct):
    """What the events of one account say: days of play by player, reports by day, and tickets."""

    played: dict[str, date] = msgspec.field(default_factory=dict)
    active: set[date] = msgspec.field(default_factory=set)
    reports: list[tuple[date, float]] = msgspec.field(default_factory=list)
    tickets: list[date] = msgspec.field(default_factory=list)

    def hear(self, calls: Iterable[TimedCall]) -> None:
        """Take note of `calls`, which are in order for each sender."""
        for call in calls:
            day, name, properties = call.at.date(), call.event.name, call.event.properties
            if name == "ticket_opened":
                self.tickets.append(day)
            elif name == "seats_reported":
                used, seats = (float(str(properties[key])) for key in ("seats_used", "seats"))
                self.reports.append((day, used / seats))
                self.active.add(day)
            elif not name.startswith("payment_"):
                self.active.add(day)
                self.played[call.message_id.rsplit("-", 1)[0]] = day

    def disuse(self, kind: Kind, day: date) -> float:
        """From 0 (used as ever) to 1: by the days since anyone played, or by the newest reports beside the account's best."""
        if kind.has_named_players:
            quiet = (day - max(self.active, default=date.min)).days - 1
            return min(max(quiet, 0) / _GONE_AFTER, 1.0)
        if not self.reports:
            return 1.0
        usual = sorted(share for _, share in self.reports)[int(_USUAL * (len(self.reports) - 1))]
        return 1 - min(fmean(share for _, share in self.reports[-_REPORTS:]) / usual, 1.0)


def state(life: AccountLife, seen: Seen, *, market: Market) -> list[float]:
    """The `COLUMNS` of an account that pays, at the start of `life.today`."""
    day, terms, kind = life.today, life.contract.terms, life.account.kind
    renews_on = life.contract.renews_on
    price = market.prices.price(terms.plan, renews_on, currency=life.account.currency)
    recent = sum(day - _WINDOW <= each < day for each in seen.active)
    before = sum(day - 2 * _WINDOW <= each < day - _WINDOW for each in seen.active)
    players = sum(day - _WINDOW <= each for each in seen.played.values())
    opened = [each.issued_on for each in life.collection.books.invoices if each.status == "open"]
    wallet = life.collection.cards
    return [
        (renews_on - day).days,
        terms.billing is Billing.ANNUAL,
        price > terms.price,
        seen.disuse(kind, day),
        recent,
        before,
        min(players / terms.seats, 1.0),
        sum(day - _REMEMBERED <= each for each in seen.tickets),
        max(((day - each).days for each in opened), default=-1),
        wallet is None,
        wallet is not None and wallet.card.expires <= renews_on,
        (day - life.account.signed_up_on).days,
        math.log(terms.seats),
        math.log(terms.monthly_cents),
        *(kind is each for each in Kind),
    ]
