"""Websites of documentation: the same pages whenever the same packages are installed. Their form is Sphinx's."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from html import escape
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.crawl.sources import Entry, Source, sources
from keepwell.platform.errors import DataValidationError

HOSTS = 19
LEAST_PAGES = HOSTS * 4
LARGE_EVERY, LARGE_BYTES = 50, 4_000_000
ROBOTS = "User-agent: *\nDisallow: /_sources/\n"
_LONGEST_SECTION = 40
_CONTENT, _END = "<!-- content -->", "<!-- end -->"
_HEAD = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title} - Documentation</title>\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1.0">\n'
    '<meta name="generator" content="Sphinx 8.2">\n'
    '<link rel="stylesheet" href="/_static/pygments.css"><link rel="stylesheet" href="/_static/theme.css">\n'
    '<script src="/_static/doctools.js"></script><script src="/_static/searchtools.js"></script>\n'
    '<link rel="index" title="Index" href="/"></head>\n<body class="wy-body-for-nav"><div class="document">\n'
)
_FOOT = (
    '</div><footer><p>Made with <a href="https://www.sphinx-doc.org/">Sphinx</a>.</p>'
    '<a href="https://docs.python.org/3/">Python</a></footer></div></body></html>\n'
)


class Page(msgspec.Struct, frozen=True):
    """A page of the host with this number, and its body plain and as gzip."""

    host: int
    path: str
    html: bytes
    gzipped: bytes


class _Section(NamedTuple):
    number: int
    sources: Sequence[Source]

    @property
    def path(self) -> str:
        return f"/{self.number}/"

    @property
    def host(self) -> int:
        return self.number % HOSTS

    def path_of(self, source: Source) -> str:
        return f"{self.path}{source.name}.html"


def write_corpus(file: Path, *, pages: int, with_large: bool = False) -> Sequence[int]:
    """Write exactly so many pages for the server; the bytes of each. Every 50th is of 4 MB if they are wanted.

    Raises DataValidationError if not enough documentation is installed.
    """
    made = list(islice(_corpus(pages, with_large=with_large), pages))
    if len(made) < pages:
        raise DataValidationError(
            f"The installed packages have documentation for {len(made):,} pages only.",
            hint=f"Ask for fewer: --pages {len(made)}",
        )
    file.write_bytes(msgspec.msgpack.encode(made))
    return [len(page.html) for page in made]


def read_corpus(file: Path) -> Sequence[Page]:
    """What `write_corpus` wrote."""
    return msgspec.msgpack.decode(file.read_bytes(), type=list[Page])


def _corpus(pages: int, *, with_large: bool) -> Iterator[Page]:
    contents: list[str] = []
    for number, (host, path, html) in enumerate(_websites(pages), start=1):
        if with_large:
            contents.append(html.partition(_CONTENT)[2].partition(_END)[0])
            if number % LARGE_EVERY == 0:
                html = _enlarged(html, contents)  # noqa: PLW2901  the same page
        body = html.encode("utf-8", "replace")
        yield Page(host, path, body, _gzip(body))


def _websites(pages: int) -> Iterator[tuple[int, str, str]]:
    sections = _sections(pages)
    for host in range(HOSTS):
        yield host, "/", _home([each for each in sections if each.host == host])
    for section in sections:
        yield section.host, section.path, _index(section)
        for number, source in enumerate(section.sources):
            yield section.host, section.path_of(source), _documented(section, number)


def _sections(pages: int) -> Sequence[_Section]:
    """Modules by the dozen, dealt out to the hosts; with their index pages and the homes they are `pages`."""
    left, found = pages - HOSTS, list[_Section]()
    size = min(_LONGEST_SECTION, left // HOSTS - 1)
    documented = sources()
    while left > 1 and (some := list(islice(documented, min(size, left - 1)))):
        # One that is left over could only be an index of nothing.
        if left - 1 - len(some) == 1:
            some += islice(documented, 1)
        found.append(_Section(len(found), some))
        left -= 1 + len(some)
    return found


def _home(sections: Sequence[_Section]) -> str:
    items = "".join(
        f'<li class="toctree-l1"><a class="reference internal" href="{each.path}">{escape(each.sources[0].name)} and others</a></li>\n'
        for each in sections
    )
    return f'{_HEAD.format(title="Home")}<div class="body"><h1>Documentation</h1><ul>{items}</ul>{_FOOT}'


def _index(section: _Section) -> str:
    return f'{_HEAD.format(title=f"Section {section.number}")}{_sidebar(section)}<div class="body"><h1>Contents</h1>{_FOOT}'


def _documented(section: _Section, number: int) -> str:
    source = section.sources[number]
    around = [section.sources[each] for each in (number - 1, (number + 1) % len(section.sources))]
    links = "".join(
        f'<a rel="{rel}" href="{escape(each.name)}.html">{rel}</a> '
        for rel, each in zip(("prev", "next"), around, strict=True)
    )
    crumbs = (
        f'<div role="navigation"><a href="/">Home</a> &raquo; <a href="{section.path}">Section</a> '
        f'<a href="/_sources/{escape(source.name)}.txt" rel="nofollow">View page source</a> {links}</div>'
    )
    content = "".join(map(_entry, source.entries))
    return (
        f"{_HEAD.format(title=escape(source.name))}{_sidebar(section)}{crumbs}"
        f'<div class="body" role="main"><section id="module"><h1>{escape(source.name)}{_headerlink("module")}</h1>\n'
        f"{_paragraphs(source.text)}{_CONTENT}{content}{_END}</section>{_FOOT}"
    )


def _sidebar(section: _Section) -> str:
    items = "".join(
        f'<li class="toctree-l2"><a class="reference internal" href="{section.path_of(each)}">'
        f'<code class="xref py py-mod"><span class="pre">{escape(each.name)}</span></code></a></li>\n'
        for each in section.sources
    )
    return f'<nav class="wy-nav-side"><ul class="current">{items}</ul></nav>'


def _entry(entry: Entry) -> str:
    name = escape(entry.name)
    parameters = '<span class="p">, </span>'.join(
        f'<em class="sig-param"><span class="n"><span class="pre">{escape(each)}</span></span></em>'
        for each in entry.parameters
    )
    return (
        f'<dl class="py {entry.kind}"><dt class="sig sig-object py" id="{name}"><span class="sig-name descname">'
        f'<span class="pre">{name}</span></span><span class="sig-paren">(</span>{parameters}<span class="sig-paren">)</span>'
        f"{_headerlink(name)}</dt>\n<dd>{_paragraphs(entry.text)}</dd></dl>\n"
    )


def _headerlink(name: str) -> str:
    return f'<a class="headerlink" href="#{name}" title="Link to this definition">&para;</a>'


def _paragraphs(text: str) -> str:
    """Paragraphs, and code blocks where the text is indented or a session of Python."""
    return "".join(
        f'<div class="highlight-default notranslate"><div class="highlight"><pre>{_code(part)}</pre></div></div>\n'
        if part.startswith((" ", ">>>"))
        else f"<p>{escape(part)}</p>\n"
        for part in text.split("\n\n")
        if part.strip()
    )


def _code(text: str) -> str:
    """Words in spans of their own, as a highlighter leaves them."""
    return "".join(
        f'<span class="n">{escape(word)}</span> '
        if word.isidentifier()
        else f'<span class="o">{escape(word)}</span> '
        for word in text.split(" ")
    )


def _enlarged(html: str, contents: Sequence[str]) -> str:
    """The same page, and after its own content what the pages before it document, newest first, until it is large."""
    before, mark, after = html.partition(_END)
    added, length = [], LARGE_BYTES - len(html)
    for content in cycle(filter(None, reversed(contents))):
        if length <= 0 or not mark:
            break
        added.append(content)
        length -= len(content)
    return f"{before}{''.join(added)}{mark}{after}"


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()
