"""A workspace that sends mails, and the mail server that takes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from tests.integration.mail.sending import Sending
from tests.mail_server import Inbox, mail_server, server_at


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def sending(database: Database, workspace: Workspace, settings_of_test: Settings) -> Sending:
    return Sending(database, workspace, settings_of_test)


@pytest.fixture
def taken(inbox: Inbox, sending: Sending) -> Iterator[Inbox]:
    with mail_server(inbox) as port:
        sending.use(server_at(port))
        yield inbox
