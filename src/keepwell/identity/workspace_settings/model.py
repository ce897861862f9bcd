"""What a workspace settles for all rooms: time zone, language, sender, policy, and how many accounts are held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.identity.emails import mail_address
from keepwell.identity.model import Actor
from keepwell.identity.permissions import Role
from keepwell.platform.errors import PolicyViolation
from keepwell.platform.holdout import HoldoutKind
from keepwell.platform.values.fields import Money, Text, checked, given, one_line
from keepwell.platform.values.localization import Locale, TimeZone, locale, time_zone

# What revenue calls its policies; it defines what each means.
PolicyName = Literal["default", "stripe", "chartmogul"]
# How often a worker reads the websites of accounts.
WebsiteCrawls = Literal["off", "daily", "weekly"]
Share = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^0(\.[0-9]{1,4})?$", examples=["0.2"], description="A share of the accounts below 1."
    ),
]
PostalAddress = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\u0000]+$")]
EmailText = Annotated[str, msgspec.Meta(min_length=3, max_length=320, examples=["care@studio.example"])]


class HoldoutShares(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The share of accounts that each kind of work leaves alone, to measure what it does for the others; 0 is off."""

    follow_up: Share = "0"
    dunning: Share = "0"

    def share(self, kind: HoldoutKind) -> Decimal:
        """The share of one kind."""
        return Decimal(getattr(self, kind))


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace and its settings.

    `time_zone` and `locale` are those of members who have none of their own. `postal_address` and the sender are in the
    mails that go to customers. `policy` is the one that figures follow unless another is asked for. `contact_cost` is what a
    contact with an account at risk costs, in the workspace's currency; null if nobody has said. `website_crawls` says how often
    a worker reads the websites of accounts.
    """

    slug: str
    name: str
    currency: str
    synthetic: bool
    time_zone: str
    locale: str
    postal_address: str | None
    sender_name: str | None
    sender_email: str | None
    policy: PolicyName
    holdout_shares: HoldoutShares
    contact_cost: str | None
    website_crawls: WebsiteCrawls
    version: int


class WorkspaceChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partial update: only the fields present in the body change, and of the holdout shares only those that are named."""

    name: Text | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    postal_address: PostalAddress | UnsetType | None = UNSET
    sender_name: Text | UnsetType | None = UNSET
    sender_email: EmailText | UnsetType | None = UNSET
    policy: PolicyName | UnsetType = UNSET
    holdout_shares: Mapping[HoldoutKind, Share] = {}
    contact_cost: Money | UnsetType | None = UNSET
    website_crawls: WebsiteCrawls | UnsetType = UNSET


def changed(before: WorkspaceSettings, change: WorkspaceChange) -> WorkspaceSettings:
    """`before` with the change, in the stored form; raises DataValidationError that names the field."""
    fields = checked(given(change), _CHECKS)
    shares = msgspec.structs.asdict(before.holdout_shares) | dict(change.holdout_shares.items())
    fields["holdout_shares"] = msgspec.convert(shares, HoldoutShares)
    return msgspec.structs.replace(before, **fields, version=before.version + 1)


def require_may_change_holdout(actor: Actor, before: WorkspaceSettings, after: WorkspaceSettings) -> None:
    """Raise PolicyViolation if somebody other than an owner changes who is held out: it costs revenue on purpose."""
    if after.holdout_shares != before.holdout_shares and actor.principal.role is not Role.OWNER:
        raise PolicyViolation("Only an owner changes a holdout share.", hint="Ask an owner of the workspace.")


def _lines(text: str) -> str:
    for line in text.split("\n"):
        one_line(line)
    return text


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "name": one_line,
    "time_zone": time_zone,
    "locale": locale,
    "postal_address": _lines,
    "sender_name": one_line,
    "sender_email": mail_address,
}
