"""`./keepwell test`: the static checks, the web's checks, and pytest with a real Postgres and browser.

Without arguments, or with `--thorough` alone, everything is run, on every core. With other arguments pytest alone
is run, and they go to pytest; with `--spark` only the tests that need Spark and Java.

What is checked in seconds comes first. The long checks run beside the tests, which often wait for something, and say
at once what they found. pytest ends last, so that its closing line is the last one. Only what is wrong beside it is
said after it: a check that failed, with the end of its output, whose exit code is ours, and a run that took more than its
budget.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from schema_suite import prepare_suite

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = Path(sys.executable).parent
FIREFOX_NAMES = ("firefox-esr", "firefox")
# The first one draws no window, which takes a third of the processor seconds off the browser tests.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CLOSED_BY_USER = 130
THOROUGH = "--thorough"
# Processor seconds of the checks and the tests together: see CONTRIBUTING.md.
BUDGET = 690
SLOWEST = 20
# A log is often kept or shown from its end only, where the tests' own lines are.
LINES_REPEATED = 40
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of its own is made in it
ROOM = 6_000_000_000
PREFIX = "keepwell-tests-"


class Check(NamedTuple):
    """A command that must end with 0."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT


class Result(NamedTuple):
    """What a check has found, and its processor seconds."""

    name: str
    passed: bool
    seconds: float
    output: str


def main(arguments: Sequence[str]) -> int:
    """Run everything, or pytest alone if it is given arguments; the exit code."""
    if "--spark" in arguments:
        require_java()
        return run_pytest(arguments)
    os.environ["KEEPWELL_CHROMIUM"] = find_chromium() or install_chromium()
    if THOROUGH in arguments and not any(map(shutil.which, FIREFOX_NAMES)):
        install_firefox()
    if not prepare_suite():
        say("the JSON Schema Test Suite cannot be downloaded: its cases are skipped")
    if set(arguments) - {THOROUGH}:
        return run_pytest(arguments)
    return run_everything(arguments)


def run_everything(arguments: Sequence[str]) -> int:
    """Run the checks and the tests, on every core; the exit code."""
    before = processor_seconds()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run_check, quick_checks()))
        say_what_failed(results)
        # One after another, as each of them uses several cores.
        with ThreadPoolExecutor(1) as beside:
            long = beside.map(run_check, long_checks())
            tests = run_pytest(["-n", str(os.cpu_count()), "--slowest", str(SLOWEST), *arguments])
            results += long
    failed = say_what_failed(results)
    took, checks_took = processor_seconds() - before, sum(result.seconds for result in results)
    parts = f"checks {checks_took:.0f}, tests {took - checks_took:.0f}"
    if took > BUDGET and THOROUGH not in arguments:
        say(f"OVER BUDGET: {took:.0f} processor seconds of {BUDGET} ({parts})")
    return tests or failed


def say_what_failed(results: Sequence[Result]) -> int:
    """Name the checks that failed, if any, below the last lines of each; how many."""
    failed = [result for result in results if not result.passed]
    for result in failed:
        last = "\n".join(result.output.splitlines()[-LINES_REPEATED:])
        say(f"{result.name} ended with:\n{last}")
    if failed:
        say(f"FAILED: {', '.join(result.name for result in failed)}")
    return len(failed)


def run_pytest(arguments: Sequence[str]) -> int:
    """Run pytest; its exit code."""
    with temporary_folder() as folder:
        environment = {**os.environ, "TMPDIR": folder}
        # Hundreds of processes import the same modules: none but the first should compile them.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        # Numpy's threads spin while they wait for each other: beside other workers, a fit takes five times the seconds.
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        if THOROUGH in arguments:
            environment["PYTHONPATH"] = peers()
        command = [sys.executable, "-m", "pytest", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    return done.returncode


def peers() -> str:
    """Install what benchmarks compare with; the folder that makes it importable."""
    command = [sys.executable, "-m", "benchmarks.peers"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def temporary_folder() -> Iterator[str]:
    """A folder for the files of the tests: in memory if there is room, since they sync to disk all the time."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    may_run_programs = has_room and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    remove_leftovers(MEMORY)
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY if may_run_programs else None)
    # Postgres runs as another user if we are root.
    Path(folder).chmod(0o755)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_leftovers(memory: Path) -> None:
    """Give back the memory of runs that were killed: nobody holds the lock of their folders."""
    for folder in memory.glob(f"{PREFIX}*"):
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(lock)


def processor_seconds() -> float:
    """What all processes that ended below this one have taken, with the installation before it."""
    took = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took.ru_utime + took.ru_stime


def require_java() -> None:
    """End with one line if there is no Java that Spark can run on."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        sys.exit(
            "keepwell: the tests of Spark need Java 17 or newer. "
            "Install it (Debian: apt install default-jre-headless) or set JAVA_HOME."
        )


def quick_checks() -> list[Check]:
    """The checks of a few seconds."""
    return [
        Check("API client", [sys.executable, "tools/api_client.py", "--check"]),
        Check("import contracts", [tool("lint-imports")]),
        Check("deptry", [tool("deptry"), "src"]),
        Check("ruff", [tool("ruff"), "check", "."]),
        Check("format", [tool("ruff"), "format", "--check", "--quiet", "."]),
    ]


def long_checks() -> list[Check]:
    """The checks of half a minute and more."""
    npm = json.loads(os.environ["KEEPWELL_NPM"])
    return [
        Check("mypy", [tool("mypy")]),
        Check("web", [*npm, "run", "check", "--silent"], ROOT / "web"),
    ]


def run_check(check: Check) -> Result:
    """Run one check; what it printed is shown if it failed."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(check.command, cwd=check.folder, stdout=output, stderr=subprocess.STDOUT)
        _, status, took = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    seconds = took.ru_utime + took.ru_stime
    passed = process.returncode == 0
    said = f"passed, {seconds:.0f} processor seconds" if passed else f"FAILED\n{printed}"
    say(f"{check.name}: {said}")
    return Result(check.name, passed=passed, seconds=seconds, output=printed)


def tool(name: str) -> str:
    """A program of the environment."""
    return str(SCRIPTS / name)


def find_chromium() -> str | None:
    """KEEPWELL_CHROMIUM, the machine's own, or the one that Playwright has installed."""
    named = os.environ.get("KEEPWELL_CHROMIUM")
    if named is None and shutil.which(CHROMIUM_NAMES[0]) is None:
        installed_from_debian(CHROMIUM_NAMES[0])
    found = named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None) or playwrights_chromium()
    return found if found and Path(found).exists() else None


def playwrights_chromium() -> str:
    """Where Playwright puts its own."""
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    return subprocess.run(
        [sys.executable, "-c", ask], check=True, capture_output=True, text=True
    ).stdout.strip()


def install_chromium() -> str:
    """Debian's package if we are root, Playwright's own otherwise; ends with one line if neither works."""
    say("installing Chromium for the browser tests")
    if not installed_from_debian("chromium"):
        subprocess.run([tool("playwright"), "install", "chromium"], check=False)
    found = find_chromium()
    if found is None:
        sys.exit(
            "keepwell: the browser tests need Chromium. Install it (Debian: apt install chromium) or set KEEPWELL_CHROMIUM."
        )
    return found


def install_firefox() -> None:
    """Debian's package if we are root; without a Firefox its one test is skipped, and says so."""
    if not installed_from_debian("firefox-esr"):
        say("no Firefox here (Debian: apt install firefox-esr): its offline journey is skipped")


def installed_from_debian(package: str) -> bool:
    """Whether apt-get has installed the package, which only root may do."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
    return (
        subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, env=quiet).returncode == 0
    )


def say(line: str) -> None:
    """Report progress, in one piece though several checks run at once."""
    print(f"keepwell: {line}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(CLOSED_BY_USER)
