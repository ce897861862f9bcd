"""`./keepwell crawl` as a person or a script uses it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.commands import run_command
from tests.crawl_site import CrawlSite

FAST = ("--rate", "500/s", "--address-rate", "500/s", "--allow-network", "127.0.0.0/8")


@pytest.fixture
def site() -> Iterator[CrawlSite]:
    with CrawlSite() as running:
        yield running


def crawl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEEPWELL_HOME": str(folder / "home")}
    return run_command("crawl", *arguments, *FAST, environment=environment, folder=folder)


def reports(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_summary_says_what_a_website_shows(site: CrawlSite, tmp_path: Path) -> None:
    site.pages["/"] = "<title>Acme</title><script src='https://js.stripe.com/v3/'></script><a href=/pricing>"
    site.pages["/pricing"] = "<p>$29 a month, $290 a year"
    done = crawl(tmp_path, site.url("/"))
    assert done.returncode == 0, done.stderr
    for expected in ("alive", "Acme", "stripe", "$29", "pages a second"):
        assert expected in done.stdout


def test_the_examples_of_the_help_run(site: CrawlSite, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text(site.url("/"))
    shown = run_command("crawl", "--help", environment=os.environ).stdout.split("./keepwell crawl ")[2:]
    examples = [text.splitlines()[0].split(" > ")[0] for text in shown]
    assert len(examples) == 2
    for example in examples:
        words = example.replace("example.com", site.url("/")).split()
        assert crawl(tmp_path, *words).returncode == 0


def test_json_has_a_line_for_each_url_and_one_for_the_summary(site: CrawlSite, tmp_path: Path) -> None:
    site.pages["/"] = "<a href=/gone>"
    metrics = tmp_path / "crawl.prom"
    *urls, summary = reports(crawl(tmp_path, site.url("/"), "--json", "--metrics-file", str(metrics)))
    assert {each["url"]: each["outcome"] for each in urls} == {
        site.url("/"): "page",
        site.url("/gone"): "client_error",
    }
    assert summary["report"] == "summary"
    assert summary["outcomes"] == {"client_error": 1, "page": 1}
    assert summary["sites"][0]["state"] == "alive"
    assert 'keepwell_crawl_urls_total{outcome="page"} 1.0' in metrics.read_text()


def test_lines_that_are_no_urls_are_named_and_the_rest_is_crawled(site: CrawlSite, tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    lines = [
        "# our customers",
        "",
        site.url("/a"),
        "not a url",
        f"  {site.url('/b')}  ",
        "http://",
        "x" * 100_000,
    ]
    file.write_bytes("\r\n".join(lines).encode() + b"\r\nhttp://\xff\xfe/\r\n")
    done = crawl(tmp_path, "urls.txt", "--json")
    assert done.returncode == 0
    assert sorted(site.paths()) == ["/a", "/b"]
    named = [line.split(":")[0] for line in done.stderr.splitlines()]
    assert named == [f"urls.txt, line {number}" for number in (4, 6, 7, 8)]
    assert reports(done)[-1]["rejected_lines"] == 4


def test_nothing_but_nonsense_is_an_error(tmp_path: Path) -> None:
    done = crawl(tmp_path, "nonsense")
    assert done.returncode == 3
    assert "'nonsense' is not the URL of a page" in done.stderr


def test_robots_txt_that_forbids_everything_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    with CrawlSite(robots="User-agent: keepwell-crawl\nDisallow: /\n") as site:
        done = crawl(tmp_path, site.url("/"))
        assert done.returncode == 6
        assert "robots.txt forbids every page" in done.stderr
        assert site.paths() == []


def test_loopback_is_refused_unless_it_is_allowed(site: CrawlSite, tmp_path: Path) -> None:
    environment = {**os.environ, "KEEPWELL_HOME": str(tmp_path / "home")}
    done = run_command("crawl", site.url("/"), "--json", environment=environment)
    assert reports(done)[0]["outcome"] == "address_refused"
    assert site.asked == []


def test_a_file_that_is_no_frontier_is_named(site: CrawlSite, tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database, but long enough to look like one" * 100)
    done = crawl(tmp_path, site.url("/"), "--frontier", "notes.db")
    assert done.returncode == 4
    assert "notes.db is no frontier" in done.stderr


def test_a_rate_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    done = run_command("crawl", "example.com", "--rate", "fast", environment=os.environ, folder=tmp_path)
    assert done.returncode == 2
    assert "'fast' is not a rate such as 1/s or 30/m." in done.stderr


def test_output_that_nobody_reads_to_its_end_is_no_bug(site: CrawlSite, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "keepwell.app.cli", "crawl", site.url("/"), *FAST, "--json"]
    done = subprocess.run(  # noqa: S602  a shell makes the pipe
        f"{shlex.join(words)} | true",
        shell=True,
        env={**os.environ, "KEEPWELL_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert site.paths() == ["/"]


def test_a_line_without_end_and_an_argument_too_long_for_a_name_are_named(
    site: CrawlSite, tmp_path: Path
) -> None:
    (tmp_path / "urls.txt").write_text("\0" * 300_000 + "\n" + site.url("/"))
    done = crawl(tmp_path, "urls.txt", "example.com/" + "x" * 5_000)
    assert done.returncode == 0, done.stderr
    first, second = done.stderr.splitlines()
    assert first.startswith("urls.txt, line 1: ")
    assert second.endswith("is longer than 2000 characters.")
    assert site.paths() == ["/"]
