"""What is read of a page: charset, links, facts."""

from __future__ import annotations

import time

import pytest

from keepwell.crawl.pages import urls
from keepwell.crawl.pages.bounds import bearable
from keepwell.crawl.pages.charset import charset_of
from keepwell.crawl.pages.facts import priority_of
from keepwell.crawl.pages.reading import PageContent, read_page

# "We help small companies to understand which customers are going to leave."
RUSSIAN = "\u041c\u044b \u043f\u043e\u043c\u043e\u0433\u0430\u0435\u043c \u043d\u0435\u0431\u043e\u043b\u044c\u0448\u0438\u043c \u043a\u043e\u043c\u043f\u0430\u043d\u0438\u044f\u043c \u043f\u043e\u043d\u044f\u0442\u044c, \u043a\u0430\u043a\u0438\u0435 \u043a\u043b\u0438\u0435\u043d\u0442\u044b \u0443\u0439\u0434\u0443\u0442."
URL = "https://shop.example/"


def read(
    html: str | bytes, *, url: str = URL, content_type: str = "text/html", mentions: tuple[str, ...] = ()
) -> PageContent:
    body = html.encode() if isinstance(html, str) else html
    headers = {"Content-Type": content_type, "Server": "cloudflare"}
    return read_page(url, body, headers=headers, mentions=mentions, with_links=True)


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        (b"\xef\xbb\xbfx", "text/html; charset=latin-1", "utf-8"),
        ("x".encode("utf-16"), "text/html", "utf-16-le"),
        (b"x", 'text/html; charset="ISO-8859-2"', "iso8859-2"),
        (b'<meta charset="shift_jis">', "text/html", "shift_jis"),
        (b"<meta http-equiv=x content='text/html; charset=windows-1251'>", "text/html", "cp1251"),
        (b"<meta charset=utf-16>", "text/html", "utf-8"),
        (b"x", "text/html; charset=latin1", "cp1252"),
        ("\u00e9".encode(), "text/html; charset=unheard-of", "utf-8"),
        (b"x", "text/html; charset=zlib", "utf-8"),
        (f"<p>{RUSSIAN}</p>".encode("cp1251"), "text/html", "cp1251"),
        (f"<p>{RUSSIAN}</p>".encode("koi8-r"), "text/html", "koi8-r"),
    ],
)
def test_a_charset_is_found_in_the_order_of_browsers(body: bytes, content_type: str, charset: str) -> None:
    assert charset_of(body, content_type) == charset


def test_links_are_those_of_the_base() -> None:
    reading = read("<base href='/shop/'><a href=item><a href='#top'><a href='mailto:x@y.example'><a>")
    assert [link.url for link in reading.links] == ["https://shop.example/shop/item"]


def test_facts_are_what_the_page_shows() -> None:
    facts = read(
        "<title>  Acme \n Tools </title><meta name=generator content='Hugo 0.1'>"
        "<script src='https://js.stripe.com/v3'></script><link href='/wp-content/x.css'>"
        "<a href='https://boards.greenhouse.io/acme'>Jobs</a><p>Better than KeepWell, not keepwells",
        mentions=("Keepwell", "Rival"),
    ).facts
    assert facts.title == "Acme Tools"
    assert facts.technologies == ["cloudflare", "hugo", "stripe", "wordpress"]
    assert facts.is_hiring
    assert facts.mentions == ["Keepwell"]
    assert facts.pricing is None


def test_a_large_page_says_what_a_small_one_does() -> None:
    page = (
        "<title>Acme</title><meta name=viewport content=x><meta name=generator content=Hugo><base href=/shop/><base>"
        "<script>1</script><script src='https://js.stripe.com/v3'></script><a name=x>no link</a><a href=item>one</a>"
    )
    assert read(page + "<p>more</p>" * 50_000) == read(page)


def test_a_fingerprint_of_prices_changes_with_a_price_only() -> None:
    def fingerprint(html: str) -> str | None:
        pricing = read(html, url="https://shop.example/pricing").facts.pricing
        return pricing.fingerprint if pricing else None

    page = "<p>Pro: $29 a month</p><p>Team: \u20ac 1,290.50 a year</p>"
    assert fingerprint(page) is not None
    assert fingerprint(page) == fingerprint(f"<b>New in 2026!</b>{page}")
    assert fingerprint(page) != fingerprint(page.replace("29 a", "39 a"))
    assert fingerprint("<p>Ask us") is None


@pytest.mark.parametrize("path", ["/preise", "/tarife", "/de/preisliste.html", "/price-list?all"])
def test_a_page_about_pricing_says_so_by_its_path(path: str) -> None:
    facts = read("<p>9,90 \u20ac", url=f"https://shop.example{path}").facts
    assert facts.pricing is not None


@pytest.mark.parametrize(
    ("html", "prices"),
    [
        ("<p>$29<p>5 users<p>\u20ac9<p>100 GB", ["$29", "\u20ac9"]),
        ("<b>\u20ac19</b> 2024 pricing, $10, 20 and 30 users", ["$10", "\u20ac19"]),
        ("1 299 \u20ac, 1.299,50 EUR, 29,- \u20ac", ["1.299,50EUR", "1299\u20ac", "29,-\u20ac"]),
        ("\u20ac 1\u00a0299,50 or CHF 1'200.", ["CHF1'200", "\u20ac1299,50"]),
        (
            "49,00 z\u0142, kr 499, \u20b9 1,499 and 120 K\u010d a crowd",
            ["120K\u010d", "49,00z\u0142", "kr499", "\u20b91,499"],
        ),
        ("<span>$</span><span>0.0035</span> a call, 20% off, version 3.5.1", ["$0.0035"]),
    ],
)
def test_prices_are_whole_and_no_more_than_the_price(html: str, prices: list[str]) -> None:
    pricing = read(html, url="https://shop.example/pricing").facts.pricing
    assert pricing is not None
    assert pricing.prices == prices


def test_a_german_page_says_that_it_hires_and_a_name_may_span_tags() -> None:
    facts = read(
        "Wir stellen <b>ein</b>: Acme <i>Corp", url="https://a.example/karriere", mentions=("acme corp",)
    ).facts
    assert facts.is_hiring
    assert facts.mentions == ["acme corp"]


@pytest.mark.parametrize(
    "text", ["Join our team! No open positions at the moment.", "Open positions: we are not currently hiring.",
             "Stellenangebote: derzeit keine offenen Stellen"]
)  # fmt: skip
def test_a_jobs_page_that_says_that_there_are_none_does_not_hire(text: str) -> None:
    assert not read(text, url="https://a.example/careers").facts.is_hiring


def test_of_the_pages_on_the_first_one_those_about_prices_and_jobs_come_first() -> None:
    urls = [f"https://a.example{path}" for path in ("/", "/jobs", "/pricing/eu", "/blog/jobs-to-be-done")]
    assert [priority_of(url, 1) for url in urls] == [2, 1, 1, 2]
    assert priority_of("https://a.example/a/jobs", 2) > 2


@pytest.mark.parametrize("unit", ["<div>", "<div></x>", "<a href=/x><b>", "<table><tr><td>", "<b><i><u>"])
def test_nesting_without_end_takes_no_time(unit: str) -> None:
    before = time.thread_time()
    read("<title>x</title>" + unit * 100_000)
    # Without the bound, 50,000 take three seconds and twice as many take twelve.
    assert time.thread_time() - before < 2


@pytest.mark.parametrize("attribute", ["a{}", "a{}=1", "a{}='>'", 'a{}=">"', "a{}=b'"])
def test_attributes_without_end_take_no_time(attribute: str) -> None:
    before = time.thread_time()
    attributes = " ".join(map(attribute.format, range(60_000)))
    assert len(read(f"<a href=/x></a><div {attributes}>").links) == 1
    # Without the bound, six seconds.
    assert time.thread_time() - before < 2


@pytest.mark.parametrize("before", ['<script>x<b a="</script>', "<!-- <b a='-->", '<p title="'])
def test_attributes_without_end_are_found_where_they_seem_to_be_quoted(before: str) -> None:
    attributes = " ".join(map("a{}".format, range(60_000)))
    assert len(bearable(f"{before}<div {attributes}>\"'>")) == len(before)


def test_addresses_too_long_to_be_one_are_not_kept() -> None:
    # Those of links are remembered, since pages of a website have the same.
    joined_before = urls._joined_in_folder.cache_info().misses
    assert (
        read(f"<a href='/{'x' * 3_000}'></a><script src='{'y' * 3_000}js.stripe.com'></script>").links == []
    )
    assert urls._joined_in_folder.cache_info().misses == joined_before


def test_many_tags_of_some_thousand_attributes_are_cut_off() -> None:
    tag = f"<i {' '.join(map('a{}'.format, range(5_000)))}>"
    # Each takes 25 ms.
    assert 10 * len(tag) < len(bearable(tag * 100)) < 20 * len(tag)


def test_thousands_of_tags_with_dozens_of_attributes_are_read_to_their_end() -> None:
    text = f"<path {' '.join(map('a{}=1'.format, range(80)))} />" * 5_000
    assert bearable(text) == text


def test_elements_whose_names_are_all_different_are_cut_off() -> None:
    text = "".join(map("<x{}><b a={}></x{}>".format, range(20_000), range(20_000), range(20_000)))
    assert len(bearable(text)) < len(text)


@pytest.mark.parametrize("opened", ["<font size={}>", "<FONT\tsize={}>", "<i a='>' b={}>", "<b a={}></i>"])
def test_formats_that_every_paragraph_opens_again_are_cut_off(opened: str) -> None:
    opened = "".join(map(opened.format, range(400)))
    # Two million elements, which take half a gigabyte.
    text = f"<div>{opened}</div>{'<p>x' * 5_000}"
    assert len(bearable(text)) < len(text)


@pytest.mark.parametrize("option", ["<option>", "<OPTION\t>x</OPTION></option>"])
def test_options_without_end_are_cut_off(option: str) -> None:
    # Each looks through all before it: eight seconds for twice as many, and hours for 10 MB.
    text = f"<select>{option * 21_000}"
    assert len(bearable(text)) < len(text)


def test_many_lists_of_countries_are_read_to_their_end() -> None:
    text = f"<select>{'<option value=x>Country</option>' * 190}</select>" * 100
    assert bearable(text) == text


@pytest.mark.parametrize(
    ("before", "tag"), [("<div>" * 1_900, "<li>"), ("", "<p a b c>"), ("", "<p a=''b=''>")]
)
def test_a_large_document_of_tiny_pieces_is_cut_off(before: str, tag: str) -> None:
    # What is open takes time for each tag, nine seconds for 10 MB; each piece takes memory, 1.1 GB.
    text = before + tag * 1_000_000
    assert len(before) < len(bearable(text)) < len(text)


def test_a_page_that_forgets_to_close_some_formats_is_read_to_its_end() -> None:
    text = (
        "<p><b class=x>a <i>b</i> <code class=y>c</code></p>" * 15 + "<p>word <a href=/x>x</a></p>\n" * 3_000
    )
    assert bearable(text) == text


def test_a_title_turns_no_text_round_and_has_no_control_characters() -> None:
    assert (
        read("<title>Shop \u202egnp.\u2066exe\x1b[31m &#9;&#x81;now</title>").facts.title
        == "Shop gnp. exe [31m now"
    )


@pytest.mark.parametrize("body", [b"", b"\0" * 1_000, bytes(range(256)) * 100, b"<title>", b"<svg><title>x"])
def test_any_bytes_are_a_page(body: bytes) -> None:
    assert read(body).links == []


def test_the_first_base_counts() -> None:
    assert [link.url for link in read("<base href=/a/><base href=/b/><a href=x>").links] == [f"{URL}a/x"]


def test_numbers_without_end_take_no_time() -> None:
    before = time.thread_time()
    read("111 " * 100_000, url="https://shop.example/pricing")
    # Without a bound on the groups, it takes minutes.
    assert time.thread_time() - before < 2


@pytest.mark.parametrize(
    ("meta", "target"),
    [
        ("<meta http-equiv=refresh content='0;url=https://new.example/'>", "https://new.example/"),
        ('<META HTTP-EQUIV="Refresh" CONTENT="5; URL=\'/shop\' x">', f"{URL}shop"),
        ("<base href=/de/><meta http-equiv=refresh content='0.5, start'>", f"{URL}de/start"),
        ("<meta http-equiv=refresh content='6;url=/'>", None),
        ("<meta http-equiv=refresh content=12345;url=/>", None),
        ("<meta http-equiv=refresh content=5>", None),
        ("<meta http-equiv=refresh content='url=/'>", None),
        ("<meta http-equiv=refresh>", None),
        ("<meta http-equiv=refresh content='0;url=javascript:1'>", None),
        ("<noscript><meta http-equiv=refresh content='0;url=/plain'></noscript>", None),
        ("<link rel=canonical href=https://new.example/>", None),
    ],
)
def test_a_refresh_within_five_seconds_leads_elsewhere(meta: str, target: str | None) -> None:
    headers = {"Content-Type": "text/html"}
    found = read_page(
        URL, meta.encode(), headers=headers, mentions=(), with_links=True, with_refresh=True
    ).refresh
    assert found == target
    assert read(meta).refresh is None
