"""Signing in by mail: what is asked, and what the mails say."""

from __future__ import annotations

import msgspec

from keepwell.identity.model import Email, Member
from keepwell.identity.sessions.model import SIGN_IN_LINK_LIFETIME
from keepwell.platform.mail.model import Body, NewMail
from keepwell.platform.values.email_addresses import Mailbox

_MINUTES = int(SIGN_IN_LINK_LIFETIME.total_seconds()) // 60


class LinkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to send a sign-in link to."""

    email: Email


class LinkRequested(msgspec.Struct, frozen=True):
    """The same for every e-mail, so that nobody learns who is a member."""

    detail: str = (
        f"If this is a member's e-mail, a link is on its way. It works once, within {_MINUTES} minutes."
    )


class SignInWays(msgspec.Struct, frozen=True):
    """The ways to sign in that this server offers besides links from its command line."""

    password: bool
    mail: bool
    provider: bool


def sign_in_mail(member: Member, *, email: str, workspace: str, link: str) -> NewMail:
    """The mail with a link that somebody has asked for at the sign-in page."""
    text = (
        f"Sign in to the workspace {workspace} in Keepwell by this link. "
        f"It works once, within {_MINUTES} minutes:\n\n{link}\n\n"
        "If you did not ask for it, do nothing: without the link, nobody can sign in.\n"
    )
    return NewMail(
        kind="sign-in",
        # Without the name, which its member may have written in any way.
        recipient=Mailbox(email),
        subject="Your link to sign in to Keepwell",
        body=Body(text),
        subject_id=member.id,
        confidential=True,
        lifetime=SIGN_IN_LINK_LIFETIME,
    )


def invitation_mail(member: Member, *, email: str, workspace: str, link: str, page: str) -> NewMail:
    """The mail to a new member."""
    text = (
        f"Hello {member.name},\n\n"
        f"you have been added to the workspace {workspace} in Keepwell, as {member.role}. "
        f"Sign in by this link. It works once, within {_MINUTES} minutes:\n\n{link}\n\n"
        f"Later, ask for another link at {page}\n"
    )
    return NewMail(
        kind="invitation",
        recipient=Mailbox(email, member.name),
        subject="Your invitation to Keepwell",
        body=Body(text),
        subject_id=member.id,
        confidential=True,
        lifetime=SIGN_IN_LINK_LIFETIME,
    )
