"""Benchmark of the scoring service."""

from __future__ import annotations

from pathlib import Path

import click

from benchmarks.commands.parts import on_option, publish, repeats_option, scratch, write_option
from benchmarks.report import REPORTS
from keepwell.platform.cli.command_line import TerminalProgress, json_option


@click.command("scoring")
@click.option(
    "--requests",
    default=10_000,
    show_default=True,
    type=click.IntRange(min=500),
    help="Requests of a run of each server.",
)
@repeats_option
@on_option
@write_option
@json_option
def scoring_command(requests: int, repeats: int, folder: Path | None, write: bool, as_json: bool) -> None:
    """A score over HTTP, compared with FastAPI and scikit-learn's interface, MLServer and LitServe on the same model.

    Each of the others gets an environment of its own in .peers: some minutes the first time, and 2 GB.

    Example: ./keepwell bench scoring --requests 1000 --repeats 1 --json
    """
    from benchmarks.scoring import report  # noqa: PLC0415  imports LightGBM, which takes a second
    from benchmarks.scoring.measure import measure_scoring  # noqa: PLC0415  as above

    with scratch(folder) as place:
        figures = measure_scoring(place, requests=requests, repeats=repeats, progress=TerminalProgress())
    publish(figures, report, part=(REPORTS / "scoring.md", "scoring"), write=write, as_json=as_json)


COMMANDS = [scoring_command]
