"""`./keepwell bench`: what this checkout costs on this machine, next to its baselines."""

from __future__ import annotations

import sys

import click

from benchmarks.commands import churn, crawl, events, game, product, scoring, server
from keepwell.platform.errors import KeepwellError

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measure this checkout on this machine: medians of interleaved runs, in one go.

    Example: ./keepwell bench intake --rows 200000
    """


for each in (
    *events.COMMANDS,
    *server.COMMANDS,
    *product.COMMANDS,
    *churn.COMMANDS,
    *scoring.COMMANDS,
    *game.COMMANDS,
    *crawl.COMMANDS,
):
    bench.add_command(each)


def main() -> None:
    """Run a benchmark; a KeepwellError is printed with its hint and sets the exit code."""
    try:
        bench.main(prog_name="./keepwell bench", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeepwellError as error:
        click.secho(f"Error: {error.message}", fg="red", err=True)
        click.echo(error.hint, err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Nothing was written.", err=True)
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
