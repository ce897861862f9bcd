"""The books of one account: every invoice, charge, refund and dunning step, and the events that report them."""

from __future__ import annotations

from datetime import date, datetime

from bulwark.bots.population.event_recorder import EventRecorder, TimedCall
from bulwark.telemetry.envelope import Sender
from bulwark.telemetry.events import Event
from keepwell.sample.model import Account
from keepwell.sample.money.model import Charge, DunningStep, Invoice, Refund

# Percent on top for consumers; organisations account for it themselves.
_TAX = {"GB": 20, "DE": 19, "FR": 20, "NL": 21, "SE": 25}


class Books:
    """Records rows with ids of their own, and an event for whatever moves money or fails to."""

    def __init__(self, account: Account) -> None:
        self.invoices: list[Invoice] = []
        self.charges: list[Charge] = []
        self.refunds: list[Refund] = []
        self.steps: list[DunningStep] = []
        self.calls: list[TimedCall] = []
        self._account = account
        self._tax = _TAX.get(account.country, 0) if account.kind.has_named_players else 0
        self._recorder = EventRecorder(Sender(user_id=account.account_id, group=account.account_id))

    def invoice(self, day: date, net: int, *, due_on: date) -> Invoice:
        """Issue an invoice over `net` cents and the tax on them."""
        tax = (net * self._tax + 50) // 100
        invoice = Invoice(
            invoice_id=self._id("in", self.invoices),
            number=f"BW-{self._account.account_id[2:]}-{len(self.invoices) + 1:03}",
            net=net,
            tax=tax,
            issued_on=day,
            due_on=due_on,
        )
        self.invoices.append(invoice)
        return invoice

    def charge(
        self,
        invoice: Invoice,
        at: datetime,
        *,
        code: str = "",
        method: str | None = None,
        again: bool = False,
    ) -> None:
        """Record an attempt to take what is due, declined if there is a `code`."""
        charge = Charge(
            charge_id=self._id("ch", self.charges),
            invoice_id=invoice.invoice_id,
            succeeded=not code,
            amount=invoice.total,
            at=at,
            decline_code=code,
            method=method,
        )
        self.charges.append(charge)
        if charge.succeeded:
            invoice.status, invoice.paid, invoice.paid_on = "paid", invoice.total, at.date()
        name = "payment_failed" if code else "payment_recovered" if again else "payment_succeeded"
        self._report(name, charge.amount, at, charge=charge.charge_id, decline_code=code)

    def refund(self, invoice: Invoice, at: datetime, *, amount: int) -> None:
        """Give back `amount` cents of a paid invoice."""
        charge = next(each for each in reversed(self.charges) if each.invoice_id == invoice.invoice_id)
        refund = Refund(
            refund_id=self._id("re", self.refunds),
            charge_id=charge.charge_id,
            amount=amount,
            reason="requested_by_customer",
            at=at,
        )
        self.refunds.append(refund)
        invoice.refunded += amount
        self._report("payment_refunded", amount, at, charge=charge.charge_id)

    def step(self, invoice: Invoice, kind: str, at: datetime, *, outcome: str) -> None:
        """Record a dunning step about the invoice."""
        number = 1 + sum(each.invoice_id == invoice.invoice_id for each in self.steps)
        self.steps.append(
            DunningStep(
                dunning_id=self._id("du", self.steps),
                invoice_id=invoice.invoice_id,
                step=number,
                kind=kind,
                at=at,
                outcome=outcome,
            )
        )

    def _report(self, name: str, amount: int, at: datetime, **properties: str) -> None:
        known = {key: value for key, value in properties.items() if value}
        money = {"amount": as_money(amount), "currency": self._account.currency}
        self.calls.append(self._recorder.record(Event(name, {**money, **known}), at))

    def _id(self, prefix: str, rows: list[Invoice] | list[Charge] | list[Refund] | list[DunningStep]) -> str:
        return f"{prefix}-{self._account.account_id[2:]}-{len(rows) + 1:03}"


def as_money(cents: int) -> str:
    """Exact, with a point and two places."""
    return f"{cents // 100}.{cents % 100:02}"
