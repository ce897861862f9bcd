"""One form for each page's URL."""

from __future__ import annotations

import pytest

from keepwell.crawl.pages.urls import canonical, joined, links_of, seed_of
from keepwell.platform.errors import DataValidationError

TWINS = [
    ("http://EXAMPLE.com:80", "http://example.com/"),
    ("https://example.com/a/../b#part", "https://example.com/b"),
    ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
    ("https://example.com/%7euser", "https://example.com/~user"),
    ("https://example.com/caf\u00e9", "https://example.com/caf%c3%a9"),
    ("https://example.com/%2f", "https://example.com/%2F"),
    ("https://example.com?", "https://example.com/"),
    ("http://2130706433/", "http://127.0.0.1/"),
    ("http://example.com./a./b", "http://example.com/a./b"),
    ("http://EXAMPLE.com.:80/", "http://example.com/"),
    ("http://example.com.:8080/", "http://example.com:8080/"),
    ("https://B\u00dcCHER.example\u3002:443", "https://xn--bcher-kva.example/"),
    ("https://example.com:/x", "https://example.com/x"),
    ("https://@example.com/", "https://example.com/"),
    ("https://:@example.com/", "https://example.com/"),
]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_twins_have_the_same_url(one: str, other: str) -> None:
    assert canonical(one) is not None
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    "different", ["https://example.com/a%2Fb", "https://example.com/a/b?", "http://example.com/a/b"]
)
def test_what_may_be_another_page_stays_apart(different: str) -> None:
    others = {canonical(url) for url in ("https://example.com/a/b/", "https://example.com/a//b")}
    assert canonical(different) not in others


@pytest.mark.parametrize(
    "href",
    [
        "mailto:a@example.com",
        "javascript:void(0)",
        "ftp://example.com/",
        "https://user:pw@example.com/",
        "https://",
    ],
)
def test_what_is_no_web_address_is_no_link(href: str) -> None:
    assert joined("https://example.com/", href) is None


def test_links_stay_on_the_host_and_come_once() -> None:
    hrefs = [
        "/a",
        "a#top",
        "https://other.example/",
        "//example.com/b",
        "https://example.com:8443/c",
        "\ud800",
    ]
    found = links_of("https://example.com/", hrefs, authority="example.com")
    assert [link.url for link in found] == ["https://example.com/a", "https://example.com/b"]


@pytest.mark.parametrize("text", ["example.com", "https://example.com", " https://EXAMPLE.com/#x".strip()])
def test_a_name_alone_is_a_website(text: str) -> None:
    assert seed_of(text) == "https://example.com/"


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "two words.com",
        "http://",
        "https://exa mple.com",
        "a" * 100_000,
        "x@example.com",
        "a.example..",
    ],
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(DataValidationError):
        seed_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://ann:s3cret@example.com/",
        "https://s3cret@example.com",
        "ann:s3cret@example.com",
        "//s3cret@example.com",
        "https:ann:s3cret@example.com/",
        "http://ann:s3cret@one@example.com/a@b",
        f"http://ann:{'s3cret' * 30}@example.com",
        f"http://ann:s3cret@example.com/{'a' * 3_000}",
        "http://ann:s3c/ret@exa mple.com",
    ],
)
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(DataValidationError) as error:
        seed_of(text)
    assert "s3c" not in str(error.value)
    assert "@" in error.value.message


def test_a_url_with_a_user_says_what_to_leave_out() -> None:
    with pytest.raises(
        DataValidationError, match=r"^'http://\.\.\.@a\.example/' has a user name or a password"
    ):
        seed_of("http://ann@a.example/")


@pytest.mark.parametrize(
    "base",
    [
        "https://a.example/",
        "https://a.example/x/y",
        "https://a.example/x/y/?q=/b/c",
        "https://a.example/x?z=1/2",
        "http://a.example:8080/d/e/",
    ],
)
@pytest.mark.parametrize(
    "href",
    [
        "",
        "?q",
        "?a=/b",
        "a",
        "../b",
        "./",
        "..",
        "/",
        "/r/s",
        "x#f",
        " b",
        "\tb",
        "\n?q",
        "é",
        "a b",
        "\\x\\y",
        "..//c",
    ],
)
def test_a_link_is_joined_with_its_page_although_pages_of_a_folder_share_it(base: str, href: str) -> None:
    whole = joined(base, href)
    assert [link.url for link in links_of(base, [href], authority=base.split("/")[2])] == [whole]
