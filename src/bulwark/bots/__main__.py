"""`./keepwell bots`, or `python -m bulwark.bots`."""

from __future__ import annotations

import sys

import click

from bulwark.bots.cli import bots
from bulwark.errors import BulwarkError

INVALID_REQUEST, IO_FAILED, INTERRUPTED = 2, 4, 130


def main() -> None:
    """Run the command; an error of the game is printed with its hint and sets the exit code."""
    try:
        bots.main(prog_name="./keepwell bots", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BulwarkError as error:
        click.secho(f"Error: {error.message}", fg="red", err=True)
        if error.hint:
            click.echo(error.hint, err=True)
        sys.exit(IO_FAILED if isinstance(error.__cause__, OSError) else INVALID_REQUEST)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Remove the folder and run the same command again.", err=True)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
