"""The commands for mails, as their help describes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keepwell.identity import service as identity
from keepwell.identity.model import Workspace
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.mail.model import Body, NewMail
from keepwell.platform.mail.service import Outbox
from keepwell.platform.runtime import system_runtime
from keepwell.platform.values.email_addresses import Mailbox
from tests.commands import run_command
from tests.running import environment

pytestmark = pytest.mark.anyio


async def test_a_kept_mail_is_listed_shown_and_sent_again_once_there_is_a_server(
    database: Database, workspace: Workspace, settings_of_test: Settings, conninfo: str, tmp_path: Path
) -> None:
    mail = NewMail(
        kind="note",
        recipient=Mailbox("front.desk@shop.example", "Front desk"),
        subject="A word",
        body=Body("How are you?\n\x1b[31mred"),
    )
    async with database.workspace(workspace.id) as connection:
        outbox = Outbox(settings_of_test, runtime=system_runtime())
        mail_id = str(await outbox.write(connection, mail, workspace_id=workspace.id))

    def mail_command(*arguments: str, server: str = "") -> tuple[int, str]:
        settings = environment(tmp_path / "home", database_url=conninfo)
        done = run_command(
            "mail",
            *arguments,
            "--workspace",
            workspace.slug,
            environment={**settings, "KEEPWELL_SMTP_URL": server, "KEEPWELL_MAIL_FROM": "a@shop.example"},
        )
        return done.returncode, done.stdout + done.stderr

    code, listed = mail_command("list", "--json")
    assert (code, [(each["id"], each["status"]) for each in json.loads(listed)]) == (0, [(mail_id, "kept")])
    assert "not sent: no mail server" in mail_command("list", "--status", "kept")[1]
    code, shown = mail_command("show", mail_id)
    assert (code, "How are you?" in shown, "\x1b" in shown) == (0, True, False)
    code, refused = mail_command("send-again", mail_id)
    assert (code, "KEEPWELL_SMTP_URL" in refused) == (2, True)
    code, due = mail_command("send-again", mail_id, server="smtp://127.0.0.1:2525")
    assert (code, "front.desk@shop.example is due" in due) == (0, True)
    code, wrong = mail_command("list", server="smtp://ada:se%cret@")
    assert (code, "KEEPWELL_SMTP_URL" in wrong, "cret" in wrong) == (3, True, False)
    assert mail_command("show", "0190b3c2-1f6a-7c3e-9c55-3f1f0a6b7c8d")[0] == 2


async def test_the_first_owner_gets_an_email_on_the_command_line(
    database: Database, workspace: Workspace, conninfo: str, tmp_path: Path
) -> None:
    async with database.workspace(workspace.id) as connection:
        owner = await identity.owner(connection, workspace.id)
    done = run_command(
        *("member", "set-email", str(owner.id), "Ada@Shop.example", "--workspace", workspace.slug),
        environment=environment(tmp_path / "home", database_url=conninfo),
    )
    assert (done.returncode, done.stdout) == (0, "Owner has the e-mail ada@shop.example.\n")
