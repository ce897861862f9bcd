"""Runs programs and measures their cost: processor time and memory as counted by the kernel."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile, TemporaryFile

import msgspec

from keepwell.platform.errors import InfrastructureError
from keepwell.platform.progress import Progress

# The kernel reports kilobytes on Linux and bytes on macOS.
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024
_MAX_MESSAGE = 600
_ROOT = Path(__file__).resolve().parents[1]
_LAUNCHER = Path(__file__).with_name("launcher.py")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a program: processor seconds (user and system), wall clock seconds, and peak memory in bytes."""

    cpu_seconds: float
    seconds: float
    peak_bytes: int
    exit_code: int
    output: str
    errors: str

    def then(self, other: Run) -> Run:
        """This run followed by `other`, which determines how it ended."""
        return msgspec.structs.replace(
            other,
            cpu_seconds=self.cpu_seconds + other.cpu_seconds,
            seconds=self.seconds + other.seconds,
            peak_bytes=max(self.peak_bytes, other.peak_bytes),
        )


class _Usage(msgspec.Struct, frozen=True):
    """What the launcher writes."""

    cpu_seconds: float
    seconds: float
    peak: int
    exit_code: int


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of several runs of a program: medians, peak, and the processor seconds of each run."""

    cpu_seconds: float
    seconds: float
    peak_bytes: int
    runs: Sequence[float]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Cost:
        """The cost of `runs`."""
        return cls(
            cpu_seconds=median(run.cpu_seconds for run in runs),
            seconds=median(run.seconds for run in runs),
            peak_bytes=max(run.peak_bytes for run in runs),
            runs=[run.cpu_seconds for run in runs],
        )

    def scaled(self, factor: float, *, beyond: Cost) -> Cost:
        """The cost of `factor` times the work, with the part `beyond` (startup) paid once."""

        def scale(all_of_it: float, once: float) -> float:
            return once + max(0.0, all_of_it - once) * factor

        return Cost(
            cpu_seconds=scale(self.cpu_seconds, beyond.cpu_seconds),
            seconds=scale(self.seconds, beyond.seconds),
            peak_bytes=self.peak_bytes,
            runs=[scale(run, beyond.cpu_seconds) for run in self.runs],
        )


def python(*arguments: str | Path) -> list[str]:
    """The command that runs this Python with `arguments`."""
    return [sys.executable, *map(str, arguments)]


def run(command: Sequence[str], *, may_fail: bool = False) -> Run:
    """Run `command`, a path and arguments, to its end.

    It runs in the folder of the checkout, as a user's Python would: bytecode is kept, output is buffered.
    Raises InfrastructureError with its last words where it fails, unless it may.
    """
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors, NamedTemporaryFile() as report:
        launched = subprocess.run(
            [*python("-S", _LAUNCHER, report.name), *command],
            cwd=_ROOT,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            check=False,
        )
        output.seek(0)
        errors.seek(0)
        printed, reported = output.read(), errors.read()
        usage = msgspec.json.decode(report.read(), type=_Usage) if not launched.returncode else None
    if usage is None or (usage.exit_code and not may_fail):
        raise InfrastructureError(
            f"{' '.join(command[1:4])} failed: {reported[-_MAX_MESSAGE:].strip()}",
            hint="Nothing was measured. Fix it and run the same command again.",
        )
    return Run(
        cpu_seconds=usage.cpu_seconds,
        seconds=usage.seconds,
        peak_bytes=usage.peak * _MEMORY_UNIT,
        exit_code=usage.exit_code,
        output=printed,
        errors=reported,
    )


def interleaved(
    programs: Mapping[str, Callable[[], Run]], *, repeats: int, label: str, progress: Progress
) -> dict[str, list[Run]]:
    """Run the programs in turn, `repeats` times, so that a slow moment of the machine affects all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    with progress.step(label, total=repeats * len(programs)) as step:
        for name in [*programs] * repeats:
            runs[name].append(programs[name]())
            step.advance()
    return runs


def machine() -> str:
    """The processor, core count, system and Python version used."""
    model = next(_models(), platform.machine())
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _models() -> Iterator[str]:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                yield line.split(":", 1)[1].strip()
