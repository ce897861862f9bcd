"""The command that shows the weekly digest."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import click

from keepwell.app.digest.model import Digest, Week, body
from keepwell.app.digest.service import put_together
from keepwell.app.mail.jobs import open_link
from keepwell.identity.workspace_command import in_workspace
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.cli.visible import visible
from keepwell.platform.clock import today
from keepwell.platform.database import Connection
from keepwell.platform.runtime import system_runtime


@click.command()
@json_option
@targets_workspace
def digest(target: Target, as_json: bool) -> None:
    """Show the digest of the last whole week, which members with an e-mail get on Monday morning.

    Example: ./keepwell digest --json
    """
    runtime = system_runtime()
    day = today(runtime.clock)
    week = Week(day - timedelta(days=day.weekday() + 7))

    async def shown(connection: Connection, workspace_id: UUID) -> Digest:
        return await put_together(connection, workspace_id, week=week, runtime=runtime)

    found = run(in_workspace(target, shown))
    if as_json:
        print_json(found)
        return
    text = body(found, link=partial(open_link, target.settings), unsubscribe=None).text
    for line in text.splitlines():
        click.echo(visible(line))
