"""`python -m bulwark.assets`: build the pictures, maps and sounds of the game."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bulwark.assets.built import FOLDER
from bulwark.errors import AssetError

BUILT, INVALID, CANNOT_BUILD, TOOLS_MISSING = 0, 2, 3, 4
TOOLS = {"pytiled_parser", "rectpack", "resvg_py"}
EPILOG = """\
example:
  python -m bulwark.assets --out /tmp/assets
  python -m bulwark.assets --only atlas --only core

exit codes:
  0 built, 2 invalid command line, 3 a source cannot be built, 4 a build tool is missing
"""


def main(arguments: Sequence[str]) -> int:
    """Build according to the arguments; returns the exit code."""
    options = _parser().parse_args(arguments)
    began = time.monotonic()
    try:
        from bulwark.assets.building import PARTS, build  # noqa: PLC0415  the tools are needed for building only
    except ModuleNotFoundError as error:
        if error.name not in TOOLS:
            raise
        _fail(f"{error.name} is not installed.", "`./keepwell play` installs the build tools.")
        return TOOLS_MISSING
    if unknown := [part for part in options.only if part not in PARTS]:
        _fail(f"there is no part {unknown[0]!r}.", f"Parts are {', '.join(PARTS)}.")
        return INVALID
    try:
        build(options.out, _ignore if options.quiet else _say, parts=options.only)
    except AssetError as error:
        _fail(error.message, error.hint)
        return CANNOT_BUILD
    _say(f"built in {time.monotonic() - began:.1f} s: {options.out}")
    return BUILT


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  this is a command


def _fail(message: str, hint: str) -> None:
    print(f"Error: {message}\n{hint}", file=sys.stderr)  # noqa: T201  this is a command


def _ignore(line: str) -> None:
    """Discard a progress line, for --quiet."""


def _parser() -> argparse.ArgumentParser:
    # argparse, because a wheel is built with nothing but the build tools installed.
    parser = argparse.ArgumentParser(
        prog="python -m bulwark.assets",
        description="Build the pictures, maps and sounds of the game from their sources, reproducibly.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=FOLDER,
        metavar="DIR",
        help="output folder (default: where the game looks)",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PART",
        help="build only core, maps, sounds, atlas or grounds, and keep the rest of the last build (repeatable)",
    )
    parser.add_argument("--quiet", action="store_true", help="print errors and the last line only")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
