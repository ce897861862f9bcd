"""`./keepwell test`: the static checks, the web's checks, then pytest with a real Postgres and browser.

Arguments go to pytest, and then it alone is run; with `--spark` only the tests that need Spark and Java. pytest comes last, so that its closing line is the
last one; a check that failed before it is named again, and the exit code is its.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from schema_suite import prepare_suite

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CLOSED_BY_USER = 130


class Check(NamedTuple):
    """A command that must end with 0."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT


def main(arguments: Sequence[str]) -> int:
    """Run everything, or pytest alone where it is given arguments; the exit code."""
    if "--spark" in arguments:
        require_java()
        return run_pytest(arguments)
    os.environ["KEEPWELL_CHROMIUM"] = find_chromium() or install_chromium()
    if not prepare_suite():
        say("the JSON Schema Test Suite cannot be downloaded: its cases are skipped")
    failed = [] if arguments else [check.name for check in checks() if not passes(check)]
    if failed:
        say(f"FAILED before the tests: {', '.join(failed)}")
    tests = run_pytest(arguments)
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    return tests or len(failed)


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest; its exit code."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


def require_java() -> None:
    """End with one line where there is no Java that Spark can run on."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        sys.exit(
            "keepwell: the tests of Spark need Java 17 or newer. "
            "Install it (Debian: apt install default-jre-headless) or set JAVA_HOME."
        )


def checks() -> list[Check]:
    """The static checks, quickest first."""
    npm = json.loads(os.environ["KEEPWELL_NPM"])
    return [
        Check("ruff", [tool("ruff"), "check", "."]),
        Check("format", [tool("ruff"), "format", "--check", "--quiet", "."]),
        Check("mypy", [tool("mypy")]),
        Check("import contracts", [tool("lint-imports")]),
        Check("deptry", [tool("deptry"), "src"]),
        Check("API client", [sys.executable, "tools/api_client.py", "--check"]),
        Check("web", [*npm, "run", "check", "--silent"], ROOT / "web"),
    ]


def passes(check: Check) -> bool:
    """Run one check; what it printed is shown where it failed."""
    began = time.monotonic()
    done = subprocess.run(check.command, cwd=check.folder, check=False, capture_output=True, text=True)
    say(f"{check.name}: {'FAILED' if done.returncode else 'passed'} in {time.monotonic() - began:.0f} s")
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", flush=True)
    return not done.returncode


def tool(name: str) -> str:
    """A program of the environment."""
    return str(SCRIPTS / name)


def find_chromium() -> str | None:
    """KEEPWELL_CHROMIUM, the machine's own, or the one that Playwright has installed."""
    named = os.environ.get("KEEPWELL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None) or playwrights_chromium()
    return found if found and Path(found).exists() else None


def playwrights_chromium() -> str:
    """Where Playwright puts its own."""
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    return subprocess.run(
        [sys.executable, "-c", ask], check=True, capture_output=True, text=True
    ).stdout.strip()


def install_chromium() -> str:
    """Debian's package where we are root, Playwright's own elsewhere; ends with one line where neither works."""
    say("installing Chromium for the browser tests")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, env=quiet)
    else:
        subprocess.run([tool("playwright"), "install", "chromium"], check=False)
    found = find_chromium()
    if found is None:
        sys.exit(
            "keepwell: the browser tests need Chromium. Install it (Debian: apt install chromium) or set KEEPWELL_CHROMIUM."
        )
    return found


def say(line: str) -> None:
    """One line of progress, in order with what the checks print."""
    print(f"keepwell: {line}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(CLOSED_BY_USER)
