"""The work of sending mails, put together from the settings."""

from __future__ import annotations

import random
from functools import partial
from urllib.parse import urlsplit

from keepwell.app.mail.contacts import note_undeliverable
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.errors import Conflict
from keepwell.platform.mail.delivery import Courier
from keepwell.platform.mail.jobs import MailWork
from keepwell.platform.mail.links import Subscription, unsubscribe_path
from keepwell.platform.mail.service import seal_of
from keepwell.platform.runtime import Runtime
from keepwell.platform.secrets import secret_of
from keepwell.platform.server_address import public_link
from keepwell.platform.work.kinds import LeasedKind

# What a machine without a public name calls itself to a mail server (RFC 5321, section 4.1.4).
_UNNAMED = "[127.0.0.1]"


def mail_kind(database: Database, settings: Settings, *, runtime: Runtime) -> LeasedKind:
    """The kind of work that sends mails; without a mail server, it keeps them."""
    server = settings.mail_server
    hostname = urlsplit(settings.public_url or "").hostname or _UNNAMED
    work = MailWork(
        database,
        None if server is None else Courier(server, hostname=hostname),
        sender=None if server is None else server.sender,
        seal=seal_of(settings),
        unsubscribe_link=partial(unsubscribe_link, settings),
        undeliverable=partial(note_undeliverable, runtime=runtime),
        clock=runtime.clock,
        jitter=random.random,
    )
    return work.kind()


def unsubscribe_link(settings: Settings, subscription: Subscription) -> str | None:
    """The link by which `subscription` ends; None if this installation has no address that others reach."""
    return open_link(settings, unsubscribe_path(subscription, secret=secret_of(settings.secret_file)))


def open_link(settings: Settings, path: str) -> str | None:
    """The link to `path` for a mail; None if this installation has no address, since no server runs either."""
    try:
        return public_link(settings, path)
    except Conflict:
        return None
