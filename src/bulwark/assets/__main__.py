"""`python -m bulwark.assets`: build the pictures, maps and sounds of the game."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bulwark.assets.built import FOLDER
from bulwark.errors import AssetError

BUILT, CANNOT_BUILD, TOOLS_MISSING = 0, 3, 4
TOOLS = {"pytiled_parser", "rectpack", "resvg_py"}
EPILOG = """\
example:
  python -m bulwark.assets --out /tmp/assets

exit codes:
  0 built, 2 the command is not understood, 3 a source cannot be built, 4 a tool of the build is missing
"""


def main(arguments: Sequence[str]) -> int:
    """Build as the arguments say; the exit code."""
    asked = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        from bulwark.assets.building import build  # noqa: PLC0415  the tools are wanted for building only
    except ModuleNotFoundError as error:
        if error.name not in TOOLS:
            raise
        _fail(f"{error.name} is not installed.", "`./keepwell play` installs what builds the assets.")
        return TOOLS_MISSING
    try:
        build(asked.out, _pass_over if asked.quiet else _say)
    except AssetError as error:
        _fail(error.message, error.hint)
        return CANNOT_BUILD
    _say(f"built in {time.monotonic() - began:.1f} s: {asked.out}")
    return BUILT


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  this is a command


def _fail(message: str, hint: str) -> None:
    print(f"Error: {message}\n{hint}", file=sys.stderr)  # noqa: T201  this is a command


def _pass_over(line: str) -> None:
    """What --quiet does with a line of progress."""


def _parser() -> argparse.ArgumentParser:
    # The standard library's parser, since a wheel is built where nothing but the tools is installed.
    parser = argparse.ArgumentParser(
        prog="python -m bulwark.assets",
        description="Build the pictures, maps and sounds of the game from their sources, always the same bytes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out", type=Path, default=FOLDER, metavar="DIR", help="where to (default: where the game looks)"
    )
    parser.add_argument("--quiet", action="store_true", help="say only what goes wrong and the closing line")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
