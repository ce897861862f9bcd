"""Workspaces, their members, and the secrets that prove who is asking."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from keepwell.identity.permissions import Permission, Role
from keepwell.platform.errors import DataValidationError, NotAuthenticated
from keepwell.platform.fields import Text

SIGN_IN_LINK_LIFETIME = timedelta(minutes=30)
SESSION_LIFETIME = timedelta(days=30)
TOKEN_PREFIX = "kw_"  # noqa: S105  a marker that lets secret scanners find leaked tokens, no secret itself

WRITE_KEY_PREFIX = "kwk_"

RoleName = Literal["owner", "admin", "analyst", "agent"]
Email = Annotated[
    str, msgspec.Meta(max_length=320, pattern=r"^[^@\s\u0000]+@[^@\s\u0000]+$", examples=["ada@example.org"])
]


class Workspace(msgspec.Struct, frozen=True):
    """One business; every row of every room belongs to one. `currency` is that of its reports."""

    id: UUID
    slug: str
    name: str
    currency: str
    synthetic: bool


class Member(msgspec.Struct, frozen=True):
    """Somebody who may sign in to a workspace."""

    id: UUID
    name: str
    role: RoleName
    email: str | None


class MemberItem(Member, frozen=True):
    """A member as those see them who decide who may sign in."""

    version: int


class Principal(msgspec.Struct, frozen=True):
    """On whose behalf a request runs, and what it may do."""

    workspace_id: UUID
    member_id: UUID
    role: Role = Role.OWNER
    # Those of the token, where it has fewer than its member's role.
    scopes: frozenset[Permission] | None = None
    token_id: UUID | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role allows, less what the token leaves out."""
        return self.role.permissions if self.scopes is None else self.role.permissions & self.scopes


class Actor(msgspec.Struct, frozen=True):
    """Who changes something, for the audit log: a principal by an HTTP request, or the operator's CLI."""

    principal: Principal
    request_id: str


class SignInLink(msgspec.Struct, frozen=True):
    """A link that signs a member in once, before `expires_at`."""

    id: UUID
    workspace_id: UUID
    member_id: UUID
    expires_at: datetime
    used_at: datetime | None


class SessionView(msgspec.Struct, frozen=True):
    """What a signed-in client shows about who and where it is, and what it may offer."""

    member: Member
    workspace: Workspace
    permissions: Sequence[Permission]


class TokenItem(msgspec.Struct, frozen=True):
    """An API token, without its secret; `scopes` is null where it may do all that its member may."""

    id: UUID
    name: str
    member_id: UUID
    scopes: Sequence[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenPage(msgspec.Struct, frozen=True):
    """Some tokens, and the cursor of the next ones where there are any."""

    items: Sequence[TokenItem]
    next: str | None


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token to be made; it can do no more than who makes it."""

    name: Text
    scopes: Sequence[Permission] | None = None
    expires_at: datetime | None = None


class MadeToken(TokenItem, frozen=True, kw_only=True):
    """A token with its secret, which is shown this once."""

    token: str


class MemberPage(msgspec.Struct, frozen=True):
    """Some members, and the cursor of the next ones where there are any."""

    items: Sequence[MemberItem]
    next: str | None


class NewMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to be let in, by a link that is shown once or, with an `email`, by a password or a provider."""

    name: Text
    role: Role
    email: Email | None = None


class Invitation(MemberItem, frozen=True, kw_only=True):
    """A new member, and the path of the link that signs in once, within 30 minutes."""

    sign_in_path: str


class MemberChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be otherwise of a member; what is left out stays."""

    name: Text | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET


class WriteKey(msgspec.Struct, frozen=True):
    """A key with which a product sends events into a workspace, and can do nothing else."""

    name: str
    created_at: datetime
    revoked_at: datetime | None


class SignInLinkSpentError(NotAuthenticated):
    """This sign-in link was used already or has expired."""

    code = "sign-in-link-spent"


def secret_hash(secret: str) -> str:
    """The SHA-256 by which a secret is stored; enough for secrets of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def require_usable(link: SignInLink, *, now: datetime) -> None:
    """Raise SignInLinkSpentError unless `link` is unused and has not expired."""
    if link.used_at is not None or link.expires_at <= now:
        raise SignInLinkSpentError(hint="Run `./keepwell sign-in` for a new link.")


def slug_of(name: str) -> str:
    """`name` as a workspace's slug; raises DataValidationError where it is not one."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name):
        raise DataValidationError(
            f"{name!r} cannot name a workspace.",
            hint="Use lower-case letters, digits and hyphens, for example --workspace my-shop.",
        )
    return name
