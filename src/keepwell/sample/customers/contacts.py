"""Whom to write to or call at each account: roles, not people, at addresses that cannot exist."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from keepwell.sample.model import Account, Kind, at_hour

COLUMNS = (
    "contact_id", "account_id", "name", "email", "phone", "locale", "time_zone", "website", "is_billing",
    "unsubscribed_at",
)  # fmt: skip
# The first role of each kind gets the invoices.
_ROLES = {
    Kind.INDIVIDUAL: ("Account holder",),
    Kind.GUILD: ("Guild leader",),
    Kind.CAFE: ("Billing", "Front desk"),
    Kind.SCHOOL: ("School office", "Computer room"),
    Kind.STREAMER: ("Channel manager",),
}
_PLACES = {
    "US": ("en-US", "America/New_York"),
    "GB": ("en-GB", "Europe/London"),
    "DE": ("de-DE", "Europe/Berlin"),
    "FR": ("fr-FR", "Europe/Paris"),
    "NL": ("nl-NL", "Europe/Amsterdam"),
    "CA": ("en-CA", "America/Toronto"),
    "AU": ("en-AU", "Australia/Sydney"),
    "SE": ("sv-SE", "Europe/Stockholm"),
    "BR": ("pt-BR", "America/Sao_Paulo"),
    "IN": ("en-IN", "Asia/Kolkata"),
}
# Numbers that each country sets aside for fiction; elsewhere nobody has a phone.
_PHONES = {
    "US": ("+1 202 555 01{:02}", 100),
    "CA": ("+1 613 555 01{:02}", 100),
    "GB": ("+44 20 7946 0{:03}", 1000),
    "DE": ("+49 30 23125 {:03}", 1000),
    "FR": ("+33 1 99 00 {:02} 00", 100),
    "AU": ("+61 2 5550 00{:02}", 100),
    "SE": ("+46 8 465 004 {:02}", 100),
}
_HAS_PHONE = {True: 0.35, False: 0.95}
_UNSUBSCRIBED = 0.04


def contact_rows(account: Account, rng: Random, *, until: datetime) -> Iterator[Sequence[object]]:
    """The contacts of one account, in the order of COLUMNS; nobody unsubscribes after `until`."""
    locale, zone = _PLACES[account.country]
    domain = f"{_slug(account.name)}.example"
    website = "" if account.kind.has_named_players else f"https://{domain}"
    for number, role in enumerate(_ROLES[account.kind], start=1):
        left = at_hour(account.signed_up_on, 12) + timedelta(days=rng.randrange(300))
        has_left = rng.random() < _UNSUBSCRIBED and left < until
        yield (
            f"ct-{account.account_id[2:]}-{number}",
            account.account_id,
            role,
            f"{_slug(role)}@{domain}",
            _phone(account, rng),
            locale,
            zone,
            website,
            str(number == 1).lower(),
            left.strftime("%Y-%m-%dT%H:%M:%SZ") if has_left else "",
        )


def _phone(account: Account, rng: Random) -> str:
    pattern, count = _PHONES.get(account.country, ("", 1))
    number = pattern.format(rng.randrange(count))
    return number if rng.random() < _HAS_PHONE[account.kind.has_named_players] else ""


def _slug(text: str) -> str:
    """Lower case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
