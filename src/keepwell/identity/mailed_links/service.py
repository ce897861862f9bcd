"""Sign-in links by mail, for members only, without telling anybody who is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from keepwell.identity.emails import canonical_email
from keepwell.identity.mailed_links import store
from keepwell.identity.mailed_links.model import invitation_mail, sign_in_mail
from keepwell.identity.model import Member, Principal
from keepwell.identity.sessions import service as sessions
from keepwell.identity.store import name_email
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.errors import Conflict
from keepwell.platform.mail.service import Outbox
from keepwell.platform.rate_limits.service import Quota, take_shared
from keepwell.platform.runtime import Runtime
from keepwell.platform.server_address import public_link

# For one e-mail, whatever address the requests come from, and whether or not it is a member's.
PER_EMAIL = Quota("sign-in-mail", burst=5, window=timedelta(minutes=15))


class LinkMailer:
    """Mails sign-in links, if this installation has a mail server.

    `link` completes a path to an address that the recipient can open; it raises Conflict if there is none.
    """

    def __init__(self, outbox: Outbox, *, link: Callable[[str], str]) -> None:
        self._outbox = outbox
        self._link = link

    @property
    def is_offered(self) -> bool:
        """Whether links can be mailed."""
        return self._outbox.has_server

    async def accept(self, database: Database, email: str) -> str:
        """The e-mail in its one form, once a link may be asked for; does the same for members and strangers.

        Raises Conflict without a mail server or an address for links, DataValidationError, and RateLimited after five
        requests in fifteen minutes for one e-mail.
        """
        if not self.is_offered:
            raise Conflict("This server sends no mails.", hint="Ask an owner for a link: ./keepwell sign-in")
        self._link("/")
        canonical = canonical_email(email)
        await take_shared(database, PER_EMAIL, key=canonical)
        return canonical

    async def mail_links(self, database: Database, email: str, *, runtime: Runtime) -> None:
        """Mail a link to each member with this e-mail, one for each workspace; nothing to a stranger.

        How long it takes tells who is a member, so no answer may wait for it.
        """
        async with database.transaction() as connection:
            await name_email(connection, email)
            found = await store.MEMBERS_BY_EMAIL.all(connection, email=email)
        for each in found:
            async with database.workspace(each.workspace_id) as connection:
                principal = Principal(each.workspace_id, each.member_id)
                secret = await sessions.create_sign_in_link(connection, principal, runtime=runtime)
                seen = await sessions.session_view(connection, principal)
                mail = sign_in_mail(
                    seen.member, email=email, workspace=seen.workspace.name, link=self._sign_in(secret)
                )
                await self._outbox.write(connection, mail, workspace_id=each.workspace_id)

    async def mail_invitation(
        self, connection: Connection, member: Member, *, workspace_id: UUID, secret: str
    ) -> None:
        """Mail a new member the link that lets them in; nothing without a mail server or an e-mail.

        Raises DataValidationError if their name or e-mail cannot be written in a mail.
        """
        if member.email is None or not self.is_offered:
            return
        seen = await sessions.session_view(connection, Principal(workspace_id, member.id))
        mail = invitation_mail(
            member,
            email=member.email,
            workspace=seen.workspace.name,
            link=self._sign_in(secret),
            page=self._link("/"),
        )
        await self._outbox.write(connection, mail, workspace_id=workspace_id)

    def _sign_in(self, secret: str) -> str:
        # Programs that open every link of a mail to look for malware must not use it up.
        return self._link(f"/sign-in?token={secret}&ask=true")


def link_mailer(settings: Settings, *, runtime: Runtime) -> LinkMailer:
    """A mailer of links to KEEPWELL_PUBLIC_URL, or to the running server."""
    return LinkMailer(Outbox(settings, runtime=runtime), link=partial(public_link, settings))
