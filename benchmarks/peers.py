"""The programs that benchmarks compare with, in environments of their own: the locks of development name none of them.

`python -m benchmarks.peers` installs what most benchmarks need, and prints the folder that makes it importable.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from keepwell.platform.errors import Unavailable

_ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = _ROOT / ".peers"
# What the API, the game and intake are compared with, and the compiler of the game's bulk engine.
_PACKAGES = (
    "fastapi==0.165.0",
    "numba==0.68.1",
    "polars==2.1.0",
    "sqlalchemy[asyncio]==2.1.9",
    "tcod==21.2.2",
    "uvicorn==0.54.0",
)


def prepare() -> Path:
    """The Python of the peers, which also imports whatever this one does; raises Unavailable if pip fails.

    Not to be called by that Python itself.
    """
    environment = ENVIRONMENTS / "bench"
    ours = sysconfig.get_path("purelib")
    # The same numpy as ours, since a process may have modules from both.
    interpreter = install(environment, [*_PACKAGES, f"numpy=={version('numpy')}"])
    # After its own packages: a `.pth` file adds to the end of the path, and handles the `.pth` files of the folder too.
    link = site_packages(environment) / "of_the_checkout.pth"
    line = f"import site; site.addsitedir({ours!r})\n"
    if not link.exists() or link.read_text(encoding="utf-8") != line:
        link.write_text(line, encoding="utf-8")
    return interpreter


def continue_among_peers() -> None:
    """Go on in the Python of the peers, with the same arguments, unless this is it already."""
    if Path(sys.prefix) != ENVIRONMENTS / "bench":
        _replace_by(prepare())


def _replace_by(interpreter: Path) -> NoReturn:
    sys.stdout.flush()
    os.execv(interpreter, [str(interpreter), "-m", "benchmarks", *sys.argv[1:]])  # noqa: S606  no shell


def install(environment: Path, packages: Sequence[str]) -> Path:
    """The Python of `environment`, which has exactly these packages; raises Unavailable if pip fails."""
    interpreter = environment / "bin" / "python"
    stamp = environment / "packages.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8").split() == list(packages):
        return interpreter
    run_installer([sys.executable, "-m", "venv", "--clear", str(environment)])
    run_installer(
        [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    )
    stamp.write_text("\n".join(packages), encoding="utf-8")
    return interpreter


def site_packages(environment: Path) -> Path:
    """Where the packages of an environment are."""
    return Path(sysconfig.get_path("purelib", vars={"base": str(environment)}))


def run_installer(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run `command`; what it printed. Raises Unavailable if it fails."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=env)
    if done.returncode:
        raise Unavailable(
            f"{' '.join(command[1:4])} failed: {done.stderr[-600:].strip()}",
            hint="The comparison needs a package index that pip can reach.",
        )
    return done.stdout


if __name__ == "__main__":
    prepare()
    print(site_packages(ENVIRONMENTS / "bench"))
