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
Exit codes: 0 the player left; 1 it could not begin, or a replay went another way; 2 the command is not understood.
"""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("play", epilog=EXAMPLE)
@click.option("--map", "map_id", default="", metavar="ID", help="Begin on this map at once, such as meadow.")
@click.option(
    "--difficulty",
    type=click.Choice(rules.DIFFICULTIES),
    default="normal",
    show_default=True,
    help="How hard it is.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), help="The match's chance; another each time otherwise."
)
@click.option("--replay", type=_FILE, help="Watch a replay; names tick and column where it goes another way.")
@click.option("--load", type=_FILE, help="Go on with a saved match.")
@click.option("--fullscreen/--windowed", default=None, help="Instead of what the settings say.")
@click.option("--mute", is_flag=True, help="Play in silence, this time.")
@click.option(
    "--events",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what happens to this JSONL file, if the player has switched it on.",
)
@click.option("--intake", default="", metavar="URL", help="Send it to this HTTP intake instead.")
@click.option("--write-key", default="", metavar="KEY", help="The intake's write key.")
def play(**said: Any) -> None:
    """Play Bulwark: build the maze that they must walk."""
    if sum(bool(said[name]) for name in ("map_id", "replay", "load")) > 1:
        raise click.UsageError("--map, --replay and --load exclude one another.")
    if bool(said["intake"]) != bool(said["write_key"]) or (said["intake"] and said["events"]):
        raise click.UsageError("--intake needs --write-key, and excludes --events.")
    try:
        from bulwark.desktop import running  # noqa: PLC0415  pygame may be missing, and is told of below

        went_well = running.play(running.Wanted(**said))
    except ModuleNotFoundError as error:
        if error.name != "pygame":
            raise
        sys.exit(
            "pygame-ce is not installed. `./keepwell play` installs it; so does `pip install 'keepwell[game]'`."
        )
    except BulwarkError as error:
        sys.exit(str(error))
    sys.exit(0 if went_well else 1)


def main() -> None:
    """The entry of `python -m bulwark.desktop`."""
    play(prog_name="./keepwell play")
