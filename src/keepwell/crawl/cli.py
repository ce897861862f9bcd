"""The command that crawls. It needs neither a server nor a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from keepwell.crawl.accounts.cli import accounts_command
from keepwell.crawl.model import Limits
from keepwell.crawl.options import Network, PackagesMissingError, Rate
from keepwell.platform.cli.command_line import home_option, json_option
from keepwell.platform.cli.units import Duration, Size
from keepwell.platform.telemetry.prometheus import metrics_file_option


class _WithAccounts(click.Group):
    """`crawl URL...`, and `crawl accounts` beside it: what else comes first is a URL or a file, and no URL is that word."""

    # As of a command without others in it: options may follow the URLs.
    allow_interspersed_args = True

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that the words are for."""
        command = self.commands.get(args[0]) if args else None
        if command is not None:
            return command.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As a command that has no others in it."""
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As a command that has no others in it."""
        return click.Command.invoke(self, ctx)


@click.group("crawl", cls=_WithAccounts, subcommand_metavar="")
@click.argument("urls", nargs=-1, required=True, metavar="URL|FILE...")
@click.option(
    "--depth", type=click.IntRange(0, 50), default=2, show_default=True, help="Links to follow from each URL."
)
@click.option("--rate", type=Rate(), default="1/s", show_default=True, help="Requests to one host.")
@click.option(
    "--address-rate", type=Rate(), default="10/s", show_default=True, help="Requests to one address."
)
@click.option(
    "--connections",
    type=click.IntRange(1, 5_000),
    default=100,
    show_default=True,
    help="Requests at the same time.",
)
@click.option(
    "--connections-per-host",
    type=click.IntRange(1, 500),
    default=8,
    show_default=True,
    help="The same, to one host.",
)
@click.option(
    "--pages-per-host",
    type=click.IntRange(1),
    default=1_000,
    show_default=True,
    help="That links lead to; leave out what is beyond.",
)
@click.option(
    "--deadline",
    type=Duration(),
    default="30s",
    show_default=True,
    help="For one page, from its start to its end.",
)
@click.option("--largest", type=Size(), default="10MB", show_default=True, help="Largest page, decompressed.")
@click.option(
    "--longest-wait",
    type=Duration(),
    default="2m",
    show_default=True,
    help="Leave what is due later to another run.",
)
@click.option(
    "--mention", "mentions", multiple=True, metavar="NAME", help="Say which pages name this; repeatable."
)
@click.option(
    "--user-agent",
    default="Keepwell-Crawl/1",
    show_default=True,
    help="What to be called, also in robots.txt.",
)
@click.option(
    "--allow-network",
    "allowed_networks",
    type=Network(),
    multiple=True,
    help="Also read this network, which is not public; repeatable.",
)
@click.option(
    "--frontier",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to remember what is still to be read.",
)
@home_option
@json_option
@metrics_file_option
def crawl_command(
    urls: tuple[str, ...],
    *,
    largest: int,
    file: Path | None,
    home: Path | None,
    as_json: bool,
    metrics_file: Path | None,
    **options: Any,
) -> None:
    """Read websites politely, and say of each whether it is alive and what it shows.

    Each argument is a URL, or a file with one per line; `-` is standard input. Links are followed within the host of each
    URL. Lines that are no URLs are named, and the rest is crawled.

    Ctrl-C ends what is under way, and the same command continues later; the same command in several terminals shares the
    work. A crawl that had come to its end begins again, and asks only whether pages have changed.

    The exit code is 6 if robots.txt forbids every page, and 3 if no argument is a URL.

    \b
    Examples:
      ./keepwell crawl example.com --depth 1
      ./keepwell crawl urls.txt --rate 30/m --json > pages.jsonl
    """  # noqa: D301  click's mark for a paragraph that it must not wrap
    try:
        # Imported here, so that `--help` stays fast, and what is missing is said.
        from keepwell.crawl.command import crawl_and_report  # noqa: PLC0415
    except ImportError as error:
        raise PackagesMissingError.of(error) from error
    crawl_and_report(
        urls,
        limits=Limits(body_bytes=largest, **options),
        file=file,
        home=home,
        as_json=as_json,
        metrics_file=metrics_file,
    )


crawl_command.add_command(accounts_command)
