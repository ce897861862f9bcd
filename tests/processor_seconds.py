"""A pytest plugin: processor seconds of each test; at the end of a run the slowest ones, and the sum of each kind of test.

Processor seconds hardly depend on what else the machine is doing, unlike wall time. They include the test's own
process, its ended child processes and the watched ones. The cost of a module fixture counts for the test that sets it
up or tears it down.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

_PROPERTY = "processor_seconds"

_watched: set[int] = set()


@pytest.fixture(scope="session")
def watch() -> Callable[[int], None]:
    """As `watch_process`."""
    return watch_process


def watch_process(process: int) -> None:
    """Count the processor seconds of the process with this id too, such as a server that outlives the tests."""
    _watched.add(process)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slowest", type=int, default=0, metavar="N", help="List the N slowest tests, in processor seconds."
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Measurement())
    if config.getoption("--slowest"):
        config.pluginmanager.register(_Report(config.getoption("--slowest")))


class _Measurement:
    """Measures each test in the process that runs it."""

    def __init__(self) -> None:
        self._began = 0.0

    def pytest_runtest_logstart(self) -> None:
        self._began = _seconds_so_far()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "teardown":
            report.user_properties.append((_PROPERTY, _seconds_so_far() - self._began))
        return report


class _Report:
    """Lists the slowest tests, in the process that collects all reports."""

    def __init__(self, listed: int) -> None:
        self._listed = listed
        self._seconds = defaultdict[str, float](float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, seconds in report.user_properties:
            if name == _PROPERTY:
                self._seconds[report.nodeid] += float(str(seconds))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section(f"processor seconds of the slowest {self._listed} tests")
        slowest = sorted(self._seconds.items(), key=lambda each: -each[1])
        for test, seconds in slowest[: self._listed]:
            terminalreporter.line(f"{seconds:7.1f}  {test}")
        for folder, seconds in sorted(self._by_folder().items()):
            terminalreporter.line(f"{seconds:7.1f}  {folder}/")
        terminalreporter.line(f"{sum(self._seconds.values()):7.1f}  in all {len(self._seconds)}")

    def _by_folder(self) -> dict[str, float]:
        # Such as tests/browser: each kind of test has a budget of its own in CONTRIBUTING.md.
        folders = defaultdict[str, float](float)
        for test, seconds in self._seconds.items():
            folders["/".join(test.split("/")[:2])] += seconds
        return folders


def _seconds_so_far() -> float:
    return sum(os.times()[:4]) + sum(map(_seconds_of, _watched))


def _seconds_of(process: int) -> float:
    """The seconds of a process and its ended children; 0 if it has ended, or if there is no /proc."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # After the program's name, which may contain spaces: utime, stime, cutime and cstime in ticks.
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / os.sysconf("SC_CLK_TCK")
