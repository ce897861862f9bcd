"""`./keepwell VERB`: the commands of every room."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from keepwell import __version__
from keepwell.app.verbs import LazyVerbs
from keepwell.platform.cli.standard_streams import open_missing_streams
from keepwell.platform.cli.visible import visible
from keepwell.platform.errors import KeepwellError, StorageFull

if TYPE_CHECKING:
    from keepwell.importing.entities.registry import Registry
    from keepwell.platform.bus import Bus
    from keepwell.platform.runtime import Runtime

INTERRUPTED = 130
# Of these, the second run continues where the first one was stopped.
_CONTINUING = (["crawl"], ["import"], ["tail"], ["lake", "build"])
_EXAMPLE = "./keepwell metrics mrr --workspace NAME"


class _Rooms:
    """What a command gets from `app`, which knows every room; a command that asks for nothing loads none of them."""

    def event_bus(self, runtime: Runtime) -> Bus:
        from keepwell.app.listeners import event_bus  # noqa: PLC0415

        return event_bus(runtime)

    def import_entities(self) -> Registry:
        from keepwell.app.import_entities import IMPORT_ENTITIES  # noqa: PLC0415

        return IMPORT_ENTITIES


@click.group(cls=LazyVerbs, context_settings={"help_option_names": ["-h", "--help"], "obj": _Rooms()})
@click.version_option(package_name=None, version=__version__, prog_name="keepwell")
def keepwell() -> None:
    """Which paying customers you are about to lose, why, and what to do today.

    \b
    Start here:
      ./keepwell demo      a sample business, its scores and the dashboard
      ./keepwell up        the dashboard on your own data

    \b
    The sample business sells a game:
      ./keepwell play      Bulwark on your desktop
      ./keepwell bots      bots that play it, and their event files

    \b
    In a checkout also:
      ./keepwell test      the checks and the tests
      ./keepwell bench     what it costs on this machine

    \b
    Exit codes:
      0 done, 2 the request cannot be met, 3 the input is not valid,
      4 something underneath failed, 5 done, but some files perhaps
      not read exactly once, 6 robots.txt forbids every page,
      130 interrupted
    """  # noqa: D301  \b keeps click from wrapping a paragraph
    # Imported here, so that `--help` stays fast.
    from keepwell.platform.telemetry.logs import configure_logs, read_log_settings  # noqa: PLC0415

    configure_logs(read_log_settings(os.environ, is_terminal=sys.stderr.isatty()))


def main() -> None:
    """Run a verb; a KeepwellError ends it with its message, hint and exit code."""
    open_missing_streams()
    try:
        keepwell.main(prog_name="./keepwell", standalone_mode=False)
    except click.ClickException as error:
        _show(error)
        if isinstance(error, click.NoSuchOption) and _is_before_its_command(error):
            click.echo(f"Options come after the command, for example: {_EXAMPLE}", err=True)
        sys.exit(error.exit_code)
    except KeepwellError as error:
        click.secho(f"Error: {visible(error.message)}", fg="red", err=True)
        for line in filter(None, (error.for_operator, error.hint)):
            click.echo(visible(line), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        click.secho(f"Error: The disk is full: {visible(str(error))}.", fg="red", err=True)
        click.echo("Free space, then run the same command again.", err=True)
        sys.exit(StorageFull.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(f"Interrupted. {_after_interruption(sys.argv[1:])}", err=True)
        sys.exit(INTERRUPTED)


def _show(error: click.ClickException) -> None:
    """Print the error as click does, which repeats arguments as they are."""
    shown = io.StringIO()
    error.show(file=shown)
    click.echo(visible(shown.getvalue()), nl=False, err=True)


def _after_interruption(words: Sequence[str]) -> str:
    if any(words[: len(verb)] == verb for verb in _CONTINUING):
        return "Run the same command again: it continues, and nothing is duplicated."
    return "Check what was done before you run it again."


def _is_before_its_command(error: click.NoSuchOption) -> bool:
    return error.ctx is not None and isinstance(error.ctx.command, click.Group)


if __name__ == "__main__":
    main()
