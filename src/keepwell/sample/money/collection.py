"""Collecting what is due: by card with retries and mails, or by bank transfer with reminders."""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum, auto
from random import Random

from keepwell.sample.model import Account, at_hour
from keepwell.sample.money.books import Books
from keepwell.sample.money.cards import DEAD, Wallet
from keepwell.sample.money.model import (
    MAILS_AFTER,
    REMINDERS_AFTER,
    RETRIES_AFTER,
    TRANSFER_DUE_AFTER,
    TRANSFER_GIVEN_UP_AFTER,
    Invoice,
)
from keepwell.sample.twins import twin_of

_CARD_UPDATED = {"expired_card": 0.30, **dict.fromkeys(DEAD, 0.22)}
_CARD_UPDATED_OTHERWISE = 0.06
_MAIL_OUTCOMES = ("opened", "ignored", "ignored", "bounced")
_TRANSFER_LATE, _TRANSFER_NEVER = 0.30, 0.03
_LATE_DAYS = (2, 55)
_REFUND_CHANCE = 1 / 350
_RETRY_HOUR, _MAIL_HOUR, _UPDATE_HOUR, _TRANSFER_HOUR, _REFUND_HOUR = 6, 9, 11, 8, 14


class Standing(Enum):
    """Whether what is due is paid."""

    SETTLED = auto()
    OPEN = auto()
    GIVEN_UP = auto()


class Collection:
    """The payments of one account; before the window everything is paid at once."""

    def __init__(self, account: Account, *, rng: Random, by_transfer: bool) -> None:
        self.books = Books(account)
        self.wallet = Wallet(account.account_id, rng=rng, day=account.signed_up_on)
        self._account = account
        self._rng = rng
        self._by_transfer = by_transfer
        self._open: Invoice | None = None
        self._code = ""
        self._paid_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether an invoice waits for its payment."""
        return self._open is not None

    @property
    def cards(self) -> Wallet | None:
        """The cards; None if the account pays by transfer."""
        return None if self._by_transfer else self.wallet

    def bill(self, day: date, net: int, *, is_first: bool, always_paid: bool = False) -> None:
        """Issue an invoice over `net` cents, and take the money if it is there; a first payment by card always is."""
        due_on = day + TRANSFER_DUE_AFTER if self._by_transfer else day
        invoice = self.books.invoice(day, net, due_on=due_on)
        if self._by_transfer and not always_paid:
            self._open, self._code, self._paid_on = invoice, "", self._transfer_day(day, due_on)
            return
        certain = always_paid or is_first
        if certain and self.wallet.card.is_expired(day):
            self.wallet.replace(day)
        method = None if self._by_transfer else self.wallet.card.payment_method_id
        code = "" if certain else self.wallet.decline(day, cents=invoice.total)
        self.books.charge(invoice, at_hour(day, _RETRY_HOUR), code=code, method=method)
        if code:
            self._open, self._code = invoice, code

    def advance(self, day: date) -> Standing:
        """Do what `day` calls for: a retry, a mail, a transfer, a new card."""
        if not self._by_transfer:
            self.wallet.advance(day)
        invoice = self._open
        if invoice is None:
            self._maybe_refund(day)
            return Standing.SETTLED
        is_over = self._await_transfer(invoice, day) if self._by_transfer else self._dun(invoice, day)
        if is_over:
            return self._give_up(invoice)
        return Standing.OPEN if self.is_open else Standing.SETTLED

    def refund_half(self, day: date) -> None:
        """Give back half of the newest payment, if there is one that was not refunded yet."""
        paid = [each for each in self.books.invoices if each.status == "paid"]
        if paid and not paid[-1].refunded and paid[-1].total:
            self.books.refund(paid[-1], at_hour(day, _REFUND_HOUR), amount=max(1, paid[-1].total // 2))

    def stop(self) -> None:
        """Service has ended; nothing more is collected."""
        self._open = None

    def fork(self, rng: Random) -> Collection:
        """A twin with books of its own, empty but for the open invoice."""
        return twin_of(
            self,
            _rng=rng,
            books=Books(self._account),
            wallet=self.wallet.fork(rng),
            _open=None if self._open is None else twin_of(self._open),
        )

    def _dun(self, invoice: Invoice, day: date) -> bool:
        """Retry and write as scheduled; whether all is in vain."""
        age = day - invoice.issued_on
        if age in MAILS_AFTER and self._mail(invoice, day):
            return False
        if age not in RETRIES_AFTER:
            return False
        is_expired = self.wallet.card.is_expired(day)
        code = "expired_card" if is_expired else self.wallet.retry(self._code)
        self._attempt(invoice, day, hour=_RETRY_HOUR, code=code)
        return self.is_open and age == RETRIES_AFTER[-1]

    def _mail(self, invoice: Invoice, day: date) -> bool:
        """Write to the customer; whether a new card and a payment came of it."""
        updated = self._rng.random() < _CARD_UPDATED.get(self._code, _CARD_UPDATED_OTHERWISE)
        outcome = "card_updated" if updated else self._rng.choice(_MAIL_OUTCOMES)
        self.books.step(invoice, "mail", at_hour(day, _MAIL_HOUR), outcome=outcome)
        if updated:
            self.wallet.replace(day)
            self._attempt(invoice, day, hour=_UPDATE_HOUR, code="")
        return updated

    def _attempt(self, invoice: Invoice, day: date, *, hour: int, code: str) -> None:
        at = at_hour(day, hour)
        self.books.charge(invoice, at, code=code, method=self.wallet.card.payment_method_id, again=True)
        self.books.step(invoice, "retry", at, outcome=code or "paid")
        self._code = code
        if not code:
            self._open = None

    def _await_transfer(self, invoice: Invoice, day: date) -> bool:
        if day == self._paid_on:
            at = at_hour(day, _TRANSFER_HOUR)
            self.books.charge(invoice, at, again=day > invoice.due_on)
            self._open = None
            return False
        if day - invoice.due_on in REMINDERS_AFTER:
            outcome = self._rng.choice(_MAIL_OUTCOMES)
            self.books.step(invoice, "mail", at_hour(day, _MAIL_HOUR), outcome=outcome)
        return day - invoice.due_on == TRANSFER_GIVEN_UP_AFTER

    def _give_up(self, invoice: Invoice) -> Standing:
        invoice.status = "uncollectible"
        self._open = None
        return Standing.GIVEN_UP

    def _transfer_day(self, day: date, due_on: date) -> date | None:
        draw = self._rng.random()
        if draw < _TRANSFER_NEVER:
            return None
        if draw < _TRANSFER_NEVER + _TRANSFER_LATE:
            return due_on + timedelta(days=self._rng.randint(*_LATE_DAYS))
        return day + timedelta(days=self._rng.randint(2, TRANSFER_DUE_AFTER.days))

    def _maybe_refund(self, day: date) -> None:
        """A few customers ask for money back a week after they paid."""
        newest = self.books.invoices[-1] if self.books.invoices else None
        if (
            newest is not None
            and newest.paid_on == day - timedelta(days=7)
            and self._rng.random() < _REFUND_CHANCE
        ):
            self.refund_half(day)
