"""Commands: the scoring service."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from keepwell.app.serve.listen_address import host_option, local_url
from keepwell.app.serve.scores_server import ScoringOptions, serve_scores
from keepwell.platform.cli.command_line import home_option
from keepwell.platform.config import read_settings
from keepwell.platform.telemetry.prometheus import metrics_port_option

DEFAULT_PORT = 8770
_MOST_PROCESSES = 64


@click.group()
def score() -> None:
    """Answer what a model says of rows, by the Open Inference Protocol."""


@score.command("serve")
@host_option
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=DEFAULT_PORT, show_default=True, help="0: any free one."
)
@click.option(
    "--processes",
    type=click.IntRange(1, _MOST_PROCESSES),
    default=1,
    show_default=True,
    help="How many answer, each with one processor; with two, one goes on while another is started again.",
)
@metrics_port_option
@home_option
def serve_command(
    home: Path | None, host: str, port: int, *, processes: int, metrics_port: int | None
) -> None:
    """Serve the churn models at /v2 in processes of their own until Ctrl-C, beside `up` or without it.

    `up` and `serve` answer /v2 as well; this does so several times faster, and does not hold up the dashboard.

    Example: ./keepwell score serve --port 8770 --processes 2
    """
    how = ScoringOptions(host=host, port=port, processes=processes, metrics_port=metrics_port)
    serve_scores(read_settings(home=home), how, announce=_announce)


def _announce(host: str, port: int) -> None:
    # A closed pipe behind standard output must not end the service.
    with suppress(OSError):
        click.echo(f"Keepwell scores at {local_url(host, port)}/v2/models/churn. Ctrl-C stops it.")
