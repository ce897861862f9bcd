"""Workspaces, their members, and the secrets that prove who is asking."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from keepwell.identity.permissions import Permission, Role
from keepwell.platform.errors import DataValidationError, NotAuthenticated

DEFAULT_WORKSPACE = "default"
SIGN_IN_LINK_LIFETIME = timedelta(minutes=30)
SESSION_LIFETIME = timedelta(days=30)
TOKEN_PREFIX = "kw_"  # noqa: S105  a marker that lets secret scanners find leaked tokens, no secret itself

WRITE_KEY_PREFIX = "kwk_"


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
    """What a signed-in client shows about who and where it is."""

    member: Member
    workspace: Workspace


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
