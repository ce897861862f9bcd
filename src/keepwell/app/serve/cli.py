"""The commands `up`, `serve` and `worker`, and the options of every command that serves."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from keepwell.app.serve.listen_address import host_option
from keepwell.app.serve.server import ServeOptions, serve
from keepwell.app.work.jobs import work_until_told
from keepwell.platform.cli.command_line import Target, home_option, run, targets_workspace
from keepwell.platform.config import read_settings
from keepwell.platform.telemetry.prometheus import metrics_port_option, serve_metrics

port_option = click.option(
    "--port", type=click.IntRange(0, 65535), help="Default: the first free one from 8765 on; 0: any."
)
no_browser_option = click.option("--no-browser", is_flag=True, help="Do not open a browser.")


@click.command()
@host_option
@port_option
@no_browser_option
@metrics_port_option
@targets_workspace
def up(target: Target, host: str, port: int | None, no_browser: bool, metrics_port: int | None) -> None:
    """Serve the dashboard and the API until Ctrl-C; prints a one-time sign-in link.

    Example: ./keepwell up --port 9000 --no-browser
    """
    if metrics_port is not None:
        serve_metrics(metrics_port)
    run(serve(target, ServeOptions(host=host, port=port, open_browser=not no_browser)))


@click.command("serve")
@host_option
@port_option
@metrics_port_option
@targets_workspace
def serve_command(target: Target, host: str, port: int | None, metrics_port: int | None) -> None:
    """Serve as `up` does, without doing due work, which is left to a `worker` beside it.

    Any number of servers and workers may run on one database (KEEPWELL_DATABASE_URL) and one home.

    Example: ./keepwell serve --port 9000
    """
    if metrics_port is not None:
        serve_metrics(metrics_port)
    run(serve(target, ServeOptions(host=host, port=port, open_browser=False, has_worker=False)))


@click.command()
@metrics_port_option
@home_option
def worker(home: Path | None, metrics_port: int | None) -> None:
    """Do due work until Ctrl-C: webhooks, mails, nightly work, the lake. `up` has a worker already.

    Example: ./keepwell worker
    """
    if metrics_port is not None:
        serve_metrics(metrics_port)
    run(work_until_told(read_settings(home=home), announce=_announce_worker))


def _announce_worker() -> None:
    # A closed pipe behind standard output must not end the worker.
    with suppress(OSError):
        click.echo("Keepwell does what is due. Ctrl-C stops it; `./keepwell work list` shows what that is.")
