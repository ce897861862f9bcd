"""The commands `workspace show`, `workspace set` and `workspace holdout`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args
from uuid import UUID

import click
import msgspec

from keepwell.identity import service as identity
from keepwell.identity.workspace_command import in_workspace
from keepwell.identity.workspace_settings import service
from keepwell.identity.workspace_settings.model import (
    EmailText,
    PolicyName,
    PostalAddress,
    Share,
    WebsiteCrawls,
    WorkspaceChange,
    WorkspaceSettings,
)
from keepwell.platform.cli.command_line import Target, json_option, print_json, run, targets_workspace
from keepwell.platform.cli.texts import NAME, FieldText
from keepwell.platform.cli.visible import visible
from keepwell.platform.database import Connection
from keepwell.platform.errors import DataValidationError
from keepwell.platform.holdout import HoldoutKind
from keepwell.platform.runtime import system_runtime
from keepwell.platform.values.fields import Money, Text
from keepwell.platform.values.localization import Locale, TimeZone

# Settings that may be missing; an empty text removes them.
_REMOVABLE = frozenset({"postal_address", "sender_name", "sender_email", "contact_cost"})

_TIME_ZONE = FieldText(TimeZone, meaning="a time zone such as Europe/Berlin")
_LOCALE = FieldText(Locale, meaning="a language tag such as de-AT")
_POSTAL_ADDRESS = FieldText(
    PostalAddress, meaning="a postal address, which has at most 500 characters", removable=True
)
_SENDER_NAME = FieldText(Text, meaning="a name, which has at most 255 characters", removable=True)
_SENDER_EMAIL = FieldText(EmailText, meaning="an e-mail address such as care@studio.example", removable=True)
_CONTACT_COST = FieldText(Money, meaning="an amount such as 25.00", removable=True)


@click.group()
def workspace() -> None:
    """What a workspace settles for everybody: time zone, language, sender, policy, holdout."""


@workspace.command("show")
@json_option
@targets_workspace
def show(target: Target, as_json: bool) -> None:
    """Show the workspace and its settings.

    Example: ./keepwell workspace show --json
    """
    _print(run(in_workspace(target, service.workspace_settings)), as_json=as_json)


@workspace.command("set")
@click.option("--name", type=NAME, help="What the business is called.")
@click.option("--time-zone", type=_TIME_ZONE, help="Such as Europe/Berlin.")
@click.option("--locale", type=_LOCALE, help="A language tag such as de-AT.")
@click.option("--postal-address", type=_POSTAL_ADDRESS, help="For the footer of mails to customers.")
@click.option("--sender-name", type=_SENDER_NAME, help="Who mails to customers come from.")
@click.option("--sender-email", type=_SENDER_EMAIL, help="The address that mails to customers come from.")
@click.option("--policy", type=click.Choice(get_args(PolicyName)), help="What figures follow by default.")
@click.option("--contact-cost", type=_CONTACT_COST, help="What a contact with an account at risk costs.")
@click.option(
    "--website-crawls",
    type=click.Choice(get_args(WebsiteCrawls)),
    help="How often a worker reads the websites of accounts.",
)
@json_option
@targets_workspace
def set_command(target: Target, /, *, as_json: bool, **settings: str | None) -> None:
    """Change the settings that are named; an empty text removes an address, a sender or a cost.

    Example: ./keepwell workspace set --time-zone Europe/Berlin --sender-email care@studio.example
    """
    named = {name: text for name, text in settings.items() if text is not None}
    if not named:
        raise DataValidationError(
            "No setting is named.", hint="`./keepwell workspace set --help` lists them."
        )
    change = {name: None if name in _REMOVABLE and not text else text for name, text in named.items()}
    _print(run(in_workspace(target, _Change(change))), as_json=as_json)


@workspace.command("holdout")
@click.argument("kind", type=click.Choice(get_args(HoldoutKind)))
@click.argument("share", type=FieldText(Share, meaning="a share from 0 to below 1, such as 0.2"))
@json_option
@targets_workspace
def holdout(target: Target, kind: str, share: str, *, as_json: bool) -> None:
    """Leave SHARE of the accounts alone in one KIND of work, to measure what it does; 0 turns it off.

    Example: ./keepwell workspace holdout follow_up 0.2
    """
    _print(run(in_workspace(target, _Change({"holdout_shares": {kind: share}}))), as_json=as_json)


class _Change:
    """A change of settings by the operator."""

    def __init__(self, change: Mapping[str, Any]) -> None:
        self._change = msgspec.convert(change, WorkspaceChange)

    async def __call__(self, connection: Connection, workspace_id: UUID) -> WorkspaceSettings:
        actor = await identity.operator(connection, workspace_id)
        return await service.update_settings(
            connection, actor, self._change, version=None, clock=system_runtime().clock
        )


def _print(settings: WorkspaceSettings, *, as_json: bool) -> None:
    if as_json:
        print_json(settings)
        return
    shown = msgspec.to_builtins(settings)
    shares = shown.pop("holdout_shares")
    shown |= {f"holdout {kind}": share for kind, share in shares.items()}
    for name, value in shown.items():
        text = "-" if value is None else str(value).replace("\n", ", ")
        click.echo(visible(f"{name.replace('_', ' '):<18} {text}"))
