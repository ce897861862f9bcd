"""A workspace's connection to Stripe, as clients see it, and what they send to make one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from keepwell.importing.import_log.model import ImportStatus
from keepwell.platform.errors import Conflict, DataValidationError
from keepwell.platform.values.fields import CurrencyCode
from keepwell.platform.work.model import WorkStatus

Mode = Literal["live", "test"]
# Without a line break at the end: in Python, `$` alone lets one pass at the end, and the key is sent in a header.
ApiKey = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(sk|rk)_(test|live)_[A-Za-z0-9_]{4,250}$(?!\n)",
        description="A secret or, better, a restricted key, which begins with `rk_live_` or `rk_test_`.",
    ),
]
SigningSecret = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^whsec_[A-Za-z0-9+/=]{8,250}$(?!\n)",
        description="That of the webhook endpoint at Stripe, which begins with `whsec_`.",
    ),
]


class StripeKeyRefused(DataValidationError):
    """Stripe does not accept the key, or it may not read what Keepwell needs."""

    code = "stripe-key-refused"


class LiveKeyRefused(Conflict):
    """A synthetic workspace takes no key of a real business."""

    code = "stripe-live-key-refused"


class NewConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to connect with; `signing_secret` accepts webhooks too, and without it the present one stays.

    `currency` is what a workspace without accounts reports in; by default, the account's own.
    """

    api_key: ApiKey
    signing_secret: SigningSecret | None = None
    currency: CurrencyCode | None = None


class StripeAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The account at Stripe that a key is of; nothing is known of it if the key may not read it."""

    id: str | None = None
    name: str | None = None
    currency: str | None = None


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """The reading of Stripe as due work: `running`, `waiting` until `due_at`, or `failing` with its last error.

    `reading` is the kind of object that a first reading has come to.
    """

    status: WorkStatus
    due_at: datetime
    last_error: str | None
    reading: str | None


class ImportedRows(msgspec.Struct, frozen=True, kw_only=True):
    """The newest import of a source: what it has read so far, and how many rows it kept aside as dead letters."""

    import_id: UUID
    status: ImportStatus
    started_at: datetime
    finished_at: datetime | None
    rows_read: int
    kept_aside: int
    error: str | None


class WebhookState(msgspec.Struct, frozen=True, kw_only=True):
    """Where Stripe sends events, whether they are accepted, and when the newest with a valid signature arrived."""

    path: str
    url: str | None
    is_accepted: bool
    event_received_at: datetime | None


class StripeConnection(msgspec.Struct, frozen=True, kw_only=True):
    """The connection to Stripe; its key is in no answer. `sync` is null while there is no key.

    `last_success_at` is when the newest import that ended well was finished.
    """

    is_connected: bool
    account_id: str | None
    account_name: str | None
    mode: Mode | None
    connected_at: datetime | None
    sync: SyncState | None
    last_import: ImportedRows | None
    last_success_at: datetime | None
    webhook: WebhookState


def mode_of(key: str) -> Mode:
    """Whether a key is of live or of test data."""
    return "live" if key.split("_")[1] == "live" else "test"
