"""Workspaces, their members, and the principal that each request acts for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID

import msgspec

from keepwell.identity.permissions import Permission, Role, known_permissions
from keepwell.platform.errors import DataValidationError, PolicyViolation

# How recent a sign-in has to be to change how its member signs in.
FRESH_FOR = timedelta(minutes=5)

COMMAND_LINE = "command-line"
# What an automatic change has as its request id.
AutomaticCause = Literal["webhooks", "stripe-webhooks", "stripe-sync", "mail", "churn"]
# Request ids of audit entries that no HTTP request caused, so no client may send them as its own.
RESERVED_REQUEST_IDS = frozenset({COMMAND_LINE, *get_args(AutomaticCause)})

RoleName = Literal["owner", "admin", "analyst", "agent"]
Email = Annotated[
    str, msgspec.Meta(max_length=320, pattern=r"^[^@\s\u0000]+@[^@\s\u0000]+$", examples=["ada@example.org"])
]


class Workspace(msgspec.Struct, frozen=True):
    """One business; every other row belongs to one. `currency` is the currency of its reports."""

    id: UUID
    slug: str
    name: str
    currency: str
    synthetic: bool


class Member(msgspec.Struct, frozen=True):
    """A person who may sign in to a workspace."""

    id: UUID
    name: str
    role: RoleName
    email: str | None


class Principal(msgspec.Struct, frozen=True):
    """The member that a request acts for, what it may do, and the credential that it came with.

    `session_id` and `signed_in_at` are set for a session, `token_id` for an API token, `family_id` for an access token,
    which also has the `token_id` of the API token that it was issued to, if any. The command line has none of them.
    """

    workspace_id: UUID
    member_id: UUID
    role: Role = Role.OWNER
    # The scopes of the token, or None if it may do everything that its member's role allows.
    scopes: frozenset[Permission] | None = None
    token_id: UUID | None = None
    family_id: UUID | None = None
    signed_in_at: datetime | None = None
    session_id: UUID | None = None

    @property
    def credential(self) -> str:
        """A text that two principals share only if they came with the same session, API token or token family.

        It includes the scopes, so that a response stored for one set of rights is not replayed to another.
        """
        scopes = "all" if self.scopes is None else " ".join(sorted(self.scopes))
        return f"session {self.session_id}, token {self.token_id}, family {self.family_id}, scopes {scopes}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """The permissions of the role, limited to the scopes of the token."""
        return self.role.permissions if self.scopes is None else self.role.permissions & self.scopes


class PrincipalRow(msgspec.Struct, frozen=True):
    """A principal as the database stores it; `used_at` is when its API token was last used."""

    workspace_id: UUID
    member_id: UUID
    role: RoleName
    scopes: Sequence[str] | None
    token_id: UUID | None
    family_id: UUID | None
    signed_in_at: datetime | None
    used_at: datetime | None
    session_id: UUID | None

    def principal(self) -> Principal:
        """The row as requests carry it."""
        scopes = None if self.scopes is None else known_permissions(self.scopes)
        return Principal(
            workspace_id=self.workspace_id,
            member_id=self.member_id,
            role=Role(self.role),
            scopes=scopes,
            token_id=self.token_id,
            family_id=self.family_id,
            signed_in_at=self.signed_in_at,
            session_id=self.session_id,
        )


class Actor(msgspec.Struct, frozen=True):
    """The author of a change for the audit log: the principal, and the HTTP request or `command-line`."""

    principal: Principal
    request_id: str


class FreshSignInRequired(PolicyViolation):
    """How a member signs in can only be changed from a session that has just signed in."""

    code = "fresh-sign-in-required"


class AccessTokenNotAccepted(PolicyViolation):
    """An access token cannot get itself another credential."""

    code = "access-token-not-accepted"


def require_session(principal: Principal) -> None:
    """Raise FreshSignInRequired unless `principal` is a signed-in session, however old."""
    if principal.signed_in_at is None:
        raise FreshSignInRequired(
            "Only a member who is signed in can do this.",
            hint="Sign in with a browser; no token of any kind can do this.",
        )


def require_fresh_sign_in(principal: Principal, *, now: datetime) -> None:
    """Raise FreshSignInRequired unless `principal` is a session that signed in within FRESH_FOR."""
    require_session(principal)
    if principal.signed_in_at is None or now - principal.signed_in_at > FRESH_FOR:
        minutes = int(FRESH_FOR.total_seconds()) // 60
        raise FreshSignInRequired(hint=f"Sign in again, then do this within {minutes} minutes.")


def require_lasting_credential(principal: Principal) -> None:
    """Raise AccessTokenNotAccepted if `principal` is an access token, which must not renew itself."""
    if principal.family_id is not None:
        raise AccessTokenNotAccepted(
            hint="Use a session or an API token, or the refresh token at POST /v1/oauth/token."
        )


def require_may_grant(principal: Principal, role: Role) -> None:
    """Raise PolicyViolation if `role` may do more than `principal` may."""
    beyond = role.permissions - principal.permissions
    if beyond:
        raise PolicyViolation(
            f"role: {role} may do more than you: {', '.join(sorted(beyond))}.",
            hint="Choose a role with fewer permissions, or use a session or a token with more scopes.",
        )


def secret_hash(secret: str) -> str:
    """The SHA-256 under which a secret is stored; a fast hash is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def slug_of(name: str) -> str:
    """`name`, if it is a valid workspace slug; raises DataValidationError otherwise."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name):
        raise DataValidationError(
            f"{name!r} cannot name a workspace.",
            hint="Use lower-case letters, digits and hyphens, for example --workspace my-shop.",
        )
    return name
