"""The benchmark of the crawl: its websites are always the same, its server counts, and a promise that is not kept is seen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.concurrency.measure import measure_concurrency
from benchmarks.concurrency.ways import WAYS
from benchmarks.crawl.contenders import CSS, KEEPWELL
from benchmarks.crawl.corpus import HOSTS, LARGE_BYTES, LARGE_EVERY, read_corpus, write_corpus
from benchmarks.crawl.lagging import Lags
from benchmarks.crawl.measure import Crawled, CrawlFigures, measure_crawl
from benchmarks.crawl.report import goals, markdown
from benchmarks.crawl.server import Site, address_of
from keepwell.platform.progress import SilentProgress

PAGES = 100


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("corpus") / "corpus"
    write_corpus(file, pages=PAGES)
    return file


def crawled(cpu: float, per_second: float) -> Crawled:
    return Crawled(cpu=cpu, per_second=per_second, peak_bytes=1, runs=[cpu])


def figures(*, ours: float = 1.0, frontier_bytes: int = 100_000_000, late: float = 0.004) -> CrawlFigures:
    by = {KEEPWELL: crawled(ours, 1_000 / ours), CSS: crawled(8.0, 125.0)}
    lags = Lags(pages=1, looks=1, half=0.0, p99=late, longest=late)
    return CrawlFigures(
        machine="a machine",
        versions="of the others",
        pages=1,
        median_bytes=1.0,
        mean_bytes=1.0,
        repeats=1,
        at_once=by,
        waiting=by,
        missing={},
        urls=1_000_000,
        frontier_bytes=frontier_bytes,
        lag_pages=1,
        lags={"idle": lags, "small": lags, "large": lags},
    )


def test_the_websites_are_the_same_each_time_and_every_fiftieth_page_can_be_large(
    corpus: Path, tmp_path: Path
) -> None:
    sizes = write_corpus(tmp_path / "large", pages=PAGES, with_large=True)
    large = [number for number, size in enumerate(sizes, start=1) if size >= LARGE_BYTES]
    assert large == [LARGE_EVERY, 2 * LARGE_EVERY]
    pages, again = read_corpus(corpus), read_corpus(tmp_path / "large")
    assert again[: LARGE_EVERY - 1] == pages[: LARGE_EVERY - 1]
    assert len({(page.host, page.path) for page in pages}) == PAGES
    assert {page.host for page in pages} == set(range(HOSTS))


def test_the_server_counts_each_kind_of_request(corpus: Path) -> None:
    site = Site(corpus, latency=0.0)
    for path in ("/", "/", "/robots.txt", "/_sources/json.txt", "/nowhere"):
        site.answer(address_of(0), path, packed=True)
    answer = site.answer(address_of(0), "/_counts", packed=True).split(b"\r\n\r\n")[1]
    counts = {"pages": 2, "different": 1, "robots": 1, "forbidden": 1, "missing": 1}
    assert msgspec.json.decode(answer) == counts


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (figures(), 4),
        (figures(late=0.011), 3),
        (figures(frontier_bytes=151_000_000), 3),
        (figures(ours=1.7), 3),
        (figures(ours=2.1), 2),
    ],
)
def test_a_promise_that_is_not_kept_is_seen(found: CrawlFigures, kept: int) -> None:
    assert [goal.is_met for goal in goals(found)].count(True) == kept
    assert markdown(found).count(", not met.") == 4 - kept


@pytest.mark.thorough
def test_a_crawl_reads_every_page_once_and_the_report_has_all_rows(tmp_path: Path) -> None:
    found = measure_crawl(tmp_path, pages=PAGES, urls=1_000, repeats=1, peers=(), progress=SilentProgress())
    assert found.at_once[KEEPWELL].cpu > 0
    assert found.lags["large"].pages == PAGES


@pytest.mark.thorough
def test_every_way_finds_the_same_links(tmp_path: Path) -> None:
    found = measure_concurrency(tmp_path, pages=PAGES, repeats=1, progress=SilentProgress())
    assert tuple(found.ways) == WAYS
