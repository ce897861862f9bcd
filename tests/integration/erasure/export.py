"""The files of a billing system in which the person is a customer."""

from __future__ import annotations

from pathlib import Path

from tests.integration.erasure.person import CARD, CUSTOMER, EMAIL, NAME

MAPPING = """\
version: 1
workspace: {name: Shop, currency: USD}
entities:
  accounts: {file: accounts.csv, fields: {id: account_id, name: name, country: country}}
  payment_methods:
    file: payment_methods.csv
    fields:
      {id: id, account: account_id, brand: brand, last4: last4, exp_month: month, exp_year: year, is_default: is_default}
  subscriptions:
    file: subscriptions.csv
    fields:
      {id: subscription_id, account: account_id, plan: plan, seats: seats, amount: amount, amount_per: per,
       interval: per, currency: currency, starts_on: starts_on, ends_on: ends_on, is_trial: is_trial}
  invoices:
    file: invoices.csv
    fields:
      {id: id, account: account_id, number: number, status: status, total: total, amount_paid: paid, issued_on: day}
  charges:
    file: charges.csv
    fields:
      {id: id, account: account_id, invoice: invoice, status: status, amount: amount, charged_at: at,
       decline_code: decline_code, payment_method: payment_method}
  refunds: {file: refunds.csv, fields: {id: id, charge: charge, amount: amount, refunded_at: at, reason: reason}}
  events:
    file: events.csv
    fields:
      id: event_id
      account: {column: subscription_id, via: subscriptions}
      event: event
      at: at
      properties: [clicks]
"""
FILES = {
    "accounts": ["account_id,name,country", f"{CUSTOMER},{NAME},NO", "A-2,Beta,DE", ",Ingrid Solberg,NO"],
    "payment_methods": [
        "id,account_id,brand,last4,month,year,is_default",
        f"{CARD},{CUSTOMER},visa,4242,8,2030,true",
        "P-2,A-2,visa,1881,9,2031,true",
    ],
    "subscriptions": [
        "subscription_id,account_id,plan,seats,amount,per,currency,starts_on,ends_on,is_trial",
        f"S-1,{CUSTOMER},Pro,3,100,month,USD,2024-01-01,2024-06-01,false",
        f"S-{CUSTOMER},{CUSTOMER},Basic,1,20,month,USD,2024-06-01,,false",
        "S-3,A-2,Basic,1,120,year,USD,2024-02-01,,false",
    ],
    "invoices": [
        "id,account_id,number,status,total,paid,day",
        f"I-1,{CUSTOMER},2024-001,paid,100,100,2024-01-01",
        f"I-{CUSTOMER}-2,{CUSTOMER},2024-002,paid,100,100,2024-02-01",
        "I-3,A-2,2024-003,paid,120,120,2024-02-01",
    ],
    "charges": [
        "id,account_id,invoice,status,amount,at,decline_code,payment_method",
        f"C-1,{CUSTOMER},I-1,succeeded,100,2024-01-01T08:00:00Z,,{CARD}",
        f"C-2,{CUSTOMER},I-{CUSTOMER}-2,failed,100,2024-02-01T08:00:00Z,expired_card,{CARD}",
        f"C-3,{CUSTOMER},I-{CUSTOMER}-2,succeeded,100,2024-02-02T08:00:00Z,,",
        "C-4,A-2,I-3,succeeded,120,2024-02-01T08:00:00Z,,P-2",
    ],
    "refunds": ["id,charge,amount,at,reason", f"R-1,C-3,30,2024-02-03T08:00:00Z,asked by {EMAIL}"],
    "events": [
        "event_id,subscription_id,event,at,clicks",
        "E-1,S-1,login,2024-01-02T08:00:00Z,solberg",
        "E-2,S-3,login,2024-02-03T08:00:00Z,2",
    ],
}


class MoneyExport:
    """All files of a billing system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {name: list(lines) for name, lines in FILES.items()}
        self.mapping_file = folder / "shop.yaml"

    def write(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        self.mapping_file.write_text(MAPPING, encoding="utf-8")
        for name, lines in self.files.items():
            (self.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.folder
