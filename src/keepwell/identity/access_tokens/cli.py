"""The command that replaces the key that access tokens are signed with."""

from __future__ import annotations

import click

from keepwell.identity.access_tokens.signing_keys import SigningKeys
from keepwell.platform.cli.command_line import Target, targets_workspace
from keepwell.platform.clock import SystemClock


@click.command("rotate-signing-key")
@targets_workspace
def rotate_signing_key(target: Target) -> None:
    """Sign access tokens with a new key; tokens signed with the previous key work until they expire.

    Example: ./keepwell rotate-signing-key
    """
    kid = SigningKeys(target.settings.signing_keys, clock=SystemClock()).rotate()
    click.echo(f"Access tokens are now signed with key {kid}.")
