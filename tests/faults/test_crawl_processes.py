"""Several processes on one frontier, and processes that are killed: polite by the server's own clock, and nothing is lost."""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import thorough
from tests.commands import ForkedProcess, start_command
from tests.crawl_site import CrawlSite
from tests.faults.disks import enlarge

PROCESSES = 4
BRANCHES = 3
FAST = ("--rate", "500/s", "--address-rate", "500/s")


@pytest.fixture
def site() -> Iterator[CrawlSite]:
    with CrawlSite() as running:
        yield running


class Command:
    """`./keepwell crawl`, several times, on one frontier."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._folder = folder
        self._arguments = arguments
        self._numbers = itertools.count()

    def start(self) -> ForkedProcess:
        number = next(self._numbers)
        environment = {**os.environ, "KEEPWELL_HOME": str(self._folder / "home")}
        with self.output(number).open("wb") as out, (self._folder / f"{number}.err").open("wb") as err:
            return start_command(
                "crawl",
                *self._arguments,
                "--allow-network",
                "127.0.0.0/8",
                "--json",
                environment=environment,
                stdout=out,
                stderr=err,
            )

    def errors(self) -> str:
        """What all of them have said so far."""
        return "\n".join(each.read_text() for each in self._folder.glob("*.err"))

    def output(self, number: int) -> Path:
        return self._folder / f"{number}.out"


def tree(site: CrawlSite, levels: int) -> set[str]:
    """Give the website pages that link to three others each, `levels` deep; their paths."""
    paths = {"/"}
    for level in range(levels):
        for path in [each for each in paths if each.count("/") == level + 1]:
            children = [f"{path}{number}/" for number in range(BRANCHES)]
            site.pages[path] = "".join(f"<a href={child}>" for child in children)
            paths.update(children)
    return paths


def asked_more_than(site: CrawlSite, count: int) -> bool:
    return len(site.asked) > count


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def assert_never_faster(times: list[float], *, rate: float) -> None:
    """No second, nor any longer time, has more requests than the rate allows; one may be late and come with the next."""
    burst = max(1.0, rate * 0.1)
    for first, last in itertools.combinations(range(len(times)), 2):
        seconds = times[last] - times[first]
        count = last - first + 1
        assert count <= burst + rate * seconds + 1, f"{count} in {seconds:.3f} seconds"


def test_four_processes_are_no_faster_than_one_even_if_one_dies(site: CrawlSite, tmp_path: Path) -> None:
    hosts = thorough.repeats(6, thorough=30)
    rate = 20.0
    paths = tree(site, thorough.repeats(2, thorough=4))
    # Some have their robots.txt at another one, whichever process has that.
    others = range(1 + hosts // 2, 1 + hosts)
    site.robots_elsewhere = {f"127.0.0.{host}": site.url("/robots.txt") for host in others}
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("\n".join(site.url("/", host) for host in range(1, hosts + 1)))
    command = Command(tmp_path, str(seeds), "--rate", "20/s", "--address-rate", "200/s", "--depth", "9")
    running = [command.start() for _ in range(PROCESSES)]
    wait_for(lambda: len(site.paths()) > hosts * len(paths) // 3)
    # One that has hosts, which others take over.
    busiest = max(running, key=lambda each: command.output(running.index(each)).stat().st_size)
    busiest.kill()
    busiest.wait(10)
    running.remove(busiest)
    assert [process.wait(170) for process in running] == [0] * (PROCESSES - 1)
    counts = Counter((each.host, each.path) for each in site.asked if each.path != "/robots.txt")
    assert len(counts) == hosts * len(paths)
    times = defaultdict(list)
    for asked in site.asked:
        times[asked.host].append(asked.at)
    assert len(times) == hosts
    for each in times.values():
        assert_never_faster(each, rate=rate)


def test_hosts_of_one_address_share_its_pace_among_processes(site: CrawlSite, tmp_path: Path) -> None:
    # Ports are hosts of their own here, and so are names; the address is one.
    paths = tree(site, 2)
    names = ["127.0.0.1", "localhost"]
    seeds = [f"http://{name}:{site.port}/" for name in names]
    command = Command(tmp_path, *seeds, "--rate", "30/s", "--address-rate", "15/s", "--depth", "9")
    running = [command.start() for _ in range(2)]
    assert [process.wait(100) for process in running] == [0, 0], command.errors()
    of_one = [asked.at for asked in site.asked if asked.host == "127.0.0.1"]
    assert len(of_one) >= len(paths)
    assert_never_faster(of_one, rate=15.0)


@pytest.mark.thorough
def test_a_process_that_slept_through_its_lease_does_not_ask_beside_the_other(
    site: CrawlSite, tmp_path: Path
) -> None:
    paths = tree(site, 4)
    command = Command(tmp_path, site.url("/"), "--rate", "6/s", "--address-rate", "100/s", "--depth", "9")
    first = command.start()
    wait_for(partial(asked_more_than, site, 10))
    first.send_signal(signal.SIGSTOP)
    time.sleep(0.2)
    enough = len(site.asked) + 10
    second = command.start()
    wait_for(partial(asked_more_than, site, enough))
    first.send_signal(signal.SIGCONT)
    assert [first.wait(60), second.wait(60)] == [0, 0]
    assert {each.path for each in site.asked} - {"/robots.txt"} == paths
    assert_never_faster([each.at for each in site.asked], rate=6.0)


def test_killed_crawls_lose_no_url_and_read_at_most_one_lease_twice(site: CrawlSite, tmp_path: Path) -> None:
    kills = thorough.repeats(2, thorough=25)
    seeded = random.Random(18)
    site.latency = 0.02
    paths = tree(site, 4)
    command = Command(tmp_path, site.url("/"), *FAST, "--depth", "9")
    for _ in range(kills):
        enough = len(site.asked) + seeded.randrange(2, 30)
        process = command.start()
        wait_for(partial(asked_more_than, site, enough))
        process.kill()
        process.wait(10)
    assert command.start().wait(60) == 0
    counts = Counter(site.paths())
    assert set(counts) == paths
    # What a process had at hand when it was killed: at most a lease of 64 URLs.
    assert sum(counts.values()) - len(paths) <= 64 * kills
    assert max(counts.values()) <= 1 + kills


def test_a_full_disk_is_named_and_the_same_command_continues_once_there_is_space(
    site: CrawlSite, tmp_path: Path, disk_of: Callable[[int], Path]
) -> None:
    paths = tree(site, 2)
    # Titles that fill the disk.
    for path in paths:
        site.pages[path] = f"<title>{path * 100}</title>{site.pages.get(path, '')}"
    disk = disk_of(200_000)
    frontier = str(disk / "frontier.db")
    command = Command(tmp_path, site.url("/"), *FAST, "--depth", "9", "--frontier", frontier)
    assert command.start().wait(60) == 4
    assert f"The disk of {frontier} is full" in (tmp_path / "0.err").read_text()
    enlarge(disk, 50_000_000)
    assert command.start().wait(60) == 0
    assert set(site.paths()) == paths


def test_an_interrupted_crawl_ends_what_is_under_way_and_continues(site: CrawlSite, tmp_path: Path) -> None:
    site.latency = 0.2
    paths = tree(site, 3)
    command = Command(tmp_path, site.url("/"), "--rate", "100/s", "--address-rate", "100/s", "--depth", "9")
    process = command.start()
    wait_for(lambda: len(site.asked) > 6)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    summary = command.output(0).read_text().splitlines()[-1]
    assert '"is_interrupted":true' in summary
    assert "continues" in (tmp_path / "0.err").read_text()
    assert command.start().wait(60) == 0
    # Nothing was cut short, so nothing is read twice.
    assert Counter(site.paths()) == dict.fromkeys(paths, 1)


def test_a_second_signal_does_not_wait_for_what_is_under_way(site: CrawlSite, tmp_path: Path) -> None:
    command = Command(tmp_path, site.url("/delay"))
    process = command.start()
    wait_for(lambda: site.paths() == ["/delay"])
    process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(3) == 130
