"""A small export to import, and functions to damage it."""

from __future__ import annotations

from pathlib import Path

MAPPING = """\
version: 1
workspace: {name: Shop, currency: USD}
entities:
  accounts:
    file: accounts.csv
    fields: {id: account_id, name: name, country: country}
  subscriptions:
    file: subscriptions.csv
    fields:
      id: subscription_id
      account: account_id
      plan: plan
      seats: seats
      amount: amount
      amount_per: per
      interval: per
      currency: currency
      starts_on: starts_on
      ends_on: ends_on
      is_trial: is_trial
  events:
    file: events.csv
    fields:
      id: event_id
      account: {column: subscription_id, via: subscriptions}
      event: event
      at: at
      properties: [clicks]
"""

ACCOUNTS = ["account_id,name,country", "A-1,Acme,US", "A-2,Beta,DE", "A-3,Gamma,FR"]
SUBSCRIPTIONS = [
    "subscription_id,account_id,plan,seats,amount,per,currency,starts_on,ends_on,is_trial",
    "S-1,A-1,Pro,3,100,month,USD,2024-01-01,,false",
    "S-2,A-2,Basic,1,120,year,USD,2024-02-01,2024-05-01,false",
    "S-3,A-3,Basic,1,50,month,USD,2024-03-01,,true",
    "S-4,A-1,Add-on,1,20,month,USD,2024-04-01,2024-06-01,false",
]
EVENTS = [
    "event_id,subscription_id,event,at,clicks",
    "E-1,S-1,login,2024-01-02T08:00:00Z,1",
    "E-2,S-1,export,2024-01-03,4",
    "E-3,S-2,login,2024-02-03,2",
]


class Export:
    """Three CSV files and their mapping in a folder; change the lines before `write`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accounts = list(ACCOUNTS)
        self.subscriptions = list(SUBSCRIPTIONS)
        self.events = list(EVENTS)
        self.mapping = MAPPING

    @property
    def mapping_file(self) -> Path:
        return self.folder / "shop.yaml"

    def write(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        self.mapping_file.write_text(self.mapping, encoding="utf-8")
        for name in ("accounts", "subscriptions", "events"):
            lines: list[str] = getattr(self, name)
            (self.folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.folder
