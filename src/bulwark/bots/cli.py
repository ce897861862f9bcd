"""The command `bots`: writes a population's files, with nothing but the game."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from bulwark.bots.population.files import prepare_folder, write_errors
from bulwark.bots.population.odds_file import encode_odds
from bulwark.bots.population.records import encode_records
from bulwark.bots.progress import Step
from bulwark.bots.service import (
    DEFAULT_MATCHES,
    PopulationSpec,
    PopulationSummary,
    basis_of_game,
    write_visitors,
)

# A fixed day instead of today: the same command gives the same bytes tomorrow.
_UNTIL = "2026-07-01"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--players",
    "count",
    type=click.IntRange(1, 100_000),
    default=2000,
    show_default=True,
    help="Number of players.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=90,
    show_default=True,
    help="Length of the simulated period.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=lambda _context, _parameter, given: given.date(),
    default=_UNTIL,
    show_default=True,
    help="The day after the last simulated day.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Seed of the population.")
@click.option(
    "--played",
    "matches",
    type=click.IntRange(0, 100_000),
    default=DEFAULT_MATCHES,
    show_default=True,
    help="Number of matches bots play, in addition to those shipped with the game.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    default=os.cpu_count() or 1,
    help="Matches played in parallel; default: one per core.",
)
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder without events; created if missing.",
)
@click.option(
    "--keep-played",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the played matches to this file, in the format of those shipped with the game.",
)
@click.option(
    "--keep-odds",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the odds fitted on all these matches to this file: the next version of those shipped with the game.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def bots(
    *, folder: Path, keep_played: Path | None, keep_odds: Path | None, as_json: bool, **options: Any
) -> None:
    """Generate the files of a population of synthetic players: their game events, one file per day, and who they are.

    Example: ./keepwell bots --players 2000 --days 90 --seed 7 --out population
    """
    progress = _Terminal()
    matches, processes = options.pop("matches"), options.pop("processes")
    spec = PopulationSpec(**options)
    # Fail before the bots play for minutes.
    prepare_folder(folder)
    basis = basis_of_game(seed=spec.seed, matches=matches, processes=processes, progress=progress)
    if keep_played is not None:
        with write_errors(keep_played):
            keep_played.write_text(encode_records(basis.records), encoding="utf-8")
    if keep_odds is not None:
        with write_errors(keep_odds):
            keep_odds.write_text(encode_odds(basis.next_odds()), encoding="utf-8")
    written = write_visitors(folder, spec, basis=basis, progress=progress)
    click.echo(_as_json(written) if as_json else _as_text(written))


def _as_json(written: PopulationSummary) -> str:
    return json.dumps(asdict(written) | {"folder": str(written.folder), "synthetic": True}, indent=2)


def _as_text(written: PopulationSummary) -> str:
    return (
        f"{written.players:,} players, {written.sessions:,} sessions, {written.matches:,} matches and {written.events:,} events in "
        f"{written.folder}: all synthetic.\n"
        f"{written.played:,} of the matches were played by bots; odds fitted on {written.trials:,} decided "
        f"the rest (slope {written.slope:.2f})."
    )


class _Bar(Step):
    def __init__(self, bars: Bars, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def advance(self, by: int = 1) -> None:
        self._bars.advance(self._task, by)


class _Terminal:
    """Draws a progress bar per step on standard error, or prints a line per step if that is not a terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    @contextmanager
    def step(self, label: str, *, total: int | None) -> Iterator[Step]:
        """Open a step."""
        if not self._console.is_terminal:
            click.echo(f"{label} ...", err=True)
        bars = Bars(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        with bars:
            yield _Bar(bars, bars.add_task(label, total=total))
