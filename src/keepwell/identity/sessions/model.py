"""Sign-in links and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from keepwell.identity.model import Member, Workspace
from keepwell.identity.permissions import Permission
from keepwell.platform.errors import NotAuthenticated

SIGN_IN_LINK_LIFETIME = timedelta(minutes=30)
SESSION_LIFETIME = timedelta(days=30)
# A session that nobody uses for this long ends.
IDLE_LIMIT = timedelta(days=7)
# The sessions of one browser, each of another workspace; with more, its cookie would grow too large.
MOST_HELD = 8


class SignIn(msgspec.Struct, frozen=True):
    """How a member signs in, in which request, and the secrets of the sessions that their browser held so far."""

    by: Literal["link", "password", "provider"]
    request_id: str
    held: Sequence[str] = ()


class BegunSession(msgspec.Struct, frozen=True):
    """What the audit log stores about a session that began."""

    by: str


class SignInLink(msgspec.Struct, frozen=True):
    """A link that signs a member in once, before `expires_at`."""

    id: UUID
    workspace_id: UUID
    member_id: UUID
    expires_at: datetime
    used_at: datetime | None


class OwnSession(msgspec.Struct, frozen=True):
    """A session of the caller; `is_current` if the request came with it."""

    id: UUID
    signed_in_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool


class OwnSessions(msgspec.Struct, frozen=True):
    """The caller's sessions, the one that was used last first."""

    items: Sequence[OwnSession]


class SessionView(msgspec.Struct, frozen=True):
    """The signed-in member, the workspace, what the client may offer, and whether the member has set a password.

    `home` is what commands on the server's machine need as `--home`, for members who may import; null if they need none.
    """

    member: Member
    workspace: Workspace
    permissions: Sequence[Permission]
    has_password: bool
    home: str | None = None

    @property
    def lacks_password(self) -> bool:
        """Whether a password would let the member in: they have an e-mail to name, and none yet."""
        return self.member.email is not None and not self.has_password


class SessionByLink(msgspec.Struct, frozen=True):
    """The secret of a session that a link began, and whether its member has yet to set a password."""

    secret: str
    lacks_password: bool


class HeldSession(msgspec.Struct, frozen=True, kw_only=True):
    """A workspace in which this browser is signed in, and as whom; `is_current` if requests act in it now."""

    workspace: Workspace
    member: Member
    is_current: bool


class HeldSessions(msgspec.Struct, frozen=True):
    """The workspaces in which this browser is signed in, by name."""

    items: Sequence[HeldSession]


class WorkspaceChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the workspaces in which this browser is signed in."""

    workspace_id: UUID


class SignInLinkSpentError(NotAuthenticated):
    """This sign-in link was used already or has expired."""

    code = "sign-in-link-spent"


def require_usable(link: SignInLink, *, now: datetime) -> None:
    """Raise SignInLinkSpentError unless `link` is unused and has not expired."""
    if link.used_at is not None or link.expires_at <= now:
        raise SignInLinkSpentError(hint="Run `./keepwell sign-in` for a new link.")
