"""Benchmarks of the game and of its population."""

from __future__ import annotations

import click

from benchmarks import population, population_report
from benchmarks.commands.parts import publish, scratch, write_option
from benchmarks.game import report as game_report
from benchmarks.game.measure import FULL, QUICK, measure_game
from benchmarks.peers import continue_among_peers
from benchmarks.report import REPORTS
from keepwell.platform.cli.command_line import TerminalProgress, json_option


@click.command("population")
@click.option(
    "--players",
    default=40_000,
    show_default=True,
    type=click.IntRange(min=200),
    help="Number of visitors; half of them are observed for the full period.",
)
@click.option(
    "--seeds", default=8, show_default=True, type=click.IntRange(min=1), help="Number of sample businesses."
)
@write_option
@json_option
def population_command(players: int, seeds: int, write: bool, as_json: bool) -> None:
    """Bulwark's population compared with its reference, the treatment's effect, and the model on several samples.

    Example: ./keepwell bench population --players 4000 --seeds 2 --json
    """
    with scratch() as place:
        figures = population.measure(place, players=players, seeds=seeds, progress=TerminalProgress())
    part = (REPORTS / "population.md", "population")
    publish(figures, population_report, part=part, write=write, as_json=as_json)


@click.command("game")
@click.option("--quick", is_flag=True, help="Run for one minute instead of several; the figures mean little.")
@write_option
@json_option
def game_command(quick: bool, write: bool, as_json: bool) -> None:
    """Bulwark's core compared with esper, A* and tcod; bots' matches, and the demo's population.

    Example: ./keepwell bench game --quick --json
    """
    continue_among_peers()
    with scratch() as place:
        figures = measure_game(place, size=QUICK if quick else FULL, progress=TerminalProgress())
    part = (REPORTS / "game.md", "game")
    publish(figures, game_report, part=part, write=write, as_json=as_json)


COMMANDS = [population_command, game_command]
