"""The command `site`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import msgspec

from keepwell.app.demo.service import Sample
from keepwell.app.site.model import SiteOptions
from keepwell.app.site.service import build_site
from keepwell.platform.cli.command_line import Day, Target, TerminalProgress, home_option, run
from keepwell.platform.config import read_settings
from keepwell.platform.telemetry.logs import LogSettings, configure_logs
from keepwell.sample.service import DEFAULT_SEED

# Fixed, so that two builds show the same business.
_UNTIL = date(2026, 6, 30)
_ACCOUNTS = 400
_WORKSPACE = "default"


class _BasePath(click.ParamType[str]):
    """The path below which a site is served, with a slash at both ends."""

    name = "path"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path with its slashes; fails for what is not a plain path."""
        path = "/".join(["", *filter(None, value.split("/")), ""])
        if not all(each.isalnum() or each in "/-._~" for each in path):
            self.fail(f"{value!r} is not a path such as /keepwell/.", param, ctx)
        return path


@click.command()
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="The folder to write; an earlier demo in it is replaced.",
)
@click.option(
    "--base-path",
    type=_BasePath(),
    default="/",
    show_default=True,
    help="The path below which the folder will be served, such as /keepwell/.",
)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Another sample business.")
@click.option("--until", type=Day(), default=_UNTIL, show_default=True, help="The day that the demo shows.")
@click.option(
    "--accounts",
    type=click.IntRange(min=1),
    default=_ACCOUNTS,
    show_default=True,
    help="The number of accounts to generate.",
)
@click.option(
    "--account-pages", type=click.IntRange(min=0), help="Record the pages of so many accounts; default: all."
)
@home_option
def site(
    into: Path,
    base_path: str,
    seed: int,
    until: date,
    accounts: int,
    account_pages: int | None,
    home: Path | None,
) -> None:
    """Write a static, read-only demo of the dashboard, which any web server can serve as files.

    It shows the synthetic sample business: that of --home, or one that is generated and then deleted.

    Example: ./keepwell site --base-path /keepwell/ && python3 -m http.server
    """
    sample = Sample(seed=seed, until=until, accounts=accounts)
    options = SiteOptions(base=base_path, account_pages=account_pages, is_home_temporary=home is None)
    # Thousands of requests are made, and none of them comes from outside.
    configure_logs(LogSettings(format="console", level="warning"))
    with _target(home) as target:
        recording = run(build_site(target, sample, into, options=options, progress=TerminalProgress()))
    files = [each.stat().st_size for each in into.rglob("*") if each.is_file()]
    click.echo(
        f"{into}: {len(recording.answers):,} recorded answers; {len(files):,} files, {sum(files) / 1e6:.1f} MB."
    )


@contextmanager
def _target(home: Path | None) -> Iterator[Target]:
    """The given home, or one in a temporary folder with an embedded Postgres of its own."""
    if home is not None:
        yield Target(read_settings(home=home), _WORKSPACE)
        return
    with tempfile.TemporaryDirectory(prefix="keepwell-site-") as folder:
        # As root, Postgres runs as another user.
        Path(folder).chmod(0o755)
        settings = msgspec.structs.replace(read_settings(home=Path(folder, "home")), database_url=None)
        yield Target(settings, _WORKSPACE)
