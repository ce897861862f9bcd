"""The command that crawls the websites of accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keepwell.crawl.options import Network, PackagesMissingError, Rate
from keepwell.platform.cli.command_line import Target, json_option, targets_workspace
from keepwell.platform.telemetry.prometheus import metrics_file_option


@click.command("accounts")
@click.option(
    "--depth", type=click.IntRange(0, 50), default=1, show_default=True, help="Links to follow from each."
)
@click.option("--rate", type=Rate(), default="1/s", show_default=True, help="Requests to one host.")
@click.option(
    "--pages-per-host",
    type=click.IntRange(1),
    default=24,
    show_default=True,
    help="That links lead to; leave out what is beyond.",
)
@click.option(
    "--mention",
    "mentions",
    multiple=True,
    metavar="NAME",
    help="Say who names this, as well as the workspace; repeatable.",
)
@click.option(
    "--allow-network",
    "allowed_networks",
    type=Network(),
    multiple=True,
    help="Also read this network, which is not public; repeatable.",
)
@json_option
@metrics_file_option
@targets_workspace
def accounts_command(target: Target, /, *, as_json: bool, metrics_file: Path | None, **options: Any) -> None:
    """Read the websites that contacts of accounts name, and add what changed to the signals of their account.

    An account's own is that of the billing contact, else of the oldest contact, and links there are followed. Up to four others,
    such as a status page or one of reviews, are read without following links. A worker does the same daily or weekly, once
    asked to:
    `./keepwell workspace set --website-crawls weekly`.

    Websites that are no addresses are named, and the rest is read. Ctrl-C ends what is under way, and the same command
    continues later. The exit code is 3 if no website is an address.

    Example: ./keepwell crawl accounts --json
    """
    try:
        # Imported here, so that `--help` stays fast, and what is missing is said.
        from keepwell.crawl.accounts.command import crawl_and_report  # noqa: PLC0415
    except ImportError as error:
        raise PackagesMissingError.of(error) from error
    crawl_and_report(target, options=options, as_json=as_json, metrics_file=metrics_file)
