"""`./keepwell play`: the command line of the desktop player."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from bulwark.errors import BulwarkError
from bulwark.sim import rules

EXAMPLE = """\b
Examples:
  ./keepwell play
  ./keepwell play --map meadow --difficulty easy --seed 7
  ./keepwell play --replay ~/.local/share/bulwark/replays/meadow-normal-7-9120.bulwark-replay
  ./keepwell play --intake http://127.0.0.1:8765 --write-key KEY

\b
Exit codes: 0 the player quit; 1 the game could not start, or a replay diverged; 2 invalid command line.
"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("play", epilog=EXAMPLE)
@click.option("--map", "map_id", default="", metavar="ID", help="Start this map immediately, such as meadow.")
@click.option(
    "--difficulty",
    type=click.Choice(rules.DIFFICULTIES),
    default="normal",
    show_default=True,
    help="Difficulty.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the match; random if omitted.")
@click.option("--replay", type=_FILE, help="Watch a replay; reports tick and column if it diverges.")
@click.option("--load", type=_FILE, help="Continue a saved match.")
@click.option("--fullscreen/--windowed", default=None, help="Override the setting.")
@click.option("--mute", is_flag=True, help="No sound this time.")
@click.option(
    "--events",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write telemetry events to this JSONL file, if the player has allowed it.",
)
@click.option("--intake", default="", metavar="URL", help="Send events to this HTTP intake instead.")
@click.option("--write-key", default="", metavar="KEY", help="The intake's write key.")
def play(**options: Any) -> None:
    """Play Bulwark: build the maze that the creeps must walk."""
    if sum(bool(options[name]) for name in ("map_id", "replay", "load")) > 1:
        raise click.UsageError("--map, --replay and --load are mutually exclusive.")
    if bool(options["intake"]) != bool(options["write_key"]) or (options["intake"] and options["events"]):
        raise click.UsageError("--intake needs --write-key and cannot be combined with --events.")
    try:
        from bulwark.desktop import startup  # noqa: PLC0415  pygame may be missing, which is reported below

        succeeded = startup.play(startup.Options(**options))
    except ModuleNotFoundError as error:
        if error.name != "pygame":
            raise
        sys.exit(
            "pygame-ce is not installed. `./keepwell play` installs it; so does `pip install 'keepwell[game]'`."
        )
    except BulwarkError as error:
        sys.exit(str(error))
    sys.exit(0 if succeeded else 1)


def main() -> None:
    """Entry point of `python -m bulwark.desktop`."""
    play(prog_name="./keepwell play")
