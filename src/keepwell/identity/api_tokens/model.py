"""What clients send and get about API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from keepwell.identity.permissions import Permission
from keepwell.platform.values.fields import Text
from keepwell.platform.values.periods import Instant

TOKEN_PREFIX = "kw_"  # noqa: S105  a marker that lets secret scanners find leaked tokens, not a secret itself


class TokenItem(msgspec.Struct, frozen=True):
    """An API token, without its secret; `scopes` is null if it may do everything that its member may."""

    id: UUID
    name: str
    member_id: UUID
    scopes: Sequence[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenPage(msgspec.Struct, frozen=True):
    """A page of tokens, and the cursor of the next page, if any."""

    items: Sequence[TokenItem]
    next: str | None


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token to create; it can do no more, and lasts no longer, than the credential that creates it."""

    name: Text
    scopes: Sequence[Permission] | None = None
    expires_at: Instant | None = None


class TokenWithSecret(TokenItem, frozen=True, kw_only=True):
    """A token with its secret, which is shown only now."""

    token: str
