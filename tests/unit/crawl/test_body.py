"""A body has an end, however it was compressed."""

from __future__ import annotations

import gzip
import zlib

import pytest

from keepwell.crawl.fetch.body import Body, BodyError
from keepwell.crawl.model import Kind

TEXT = b"All is well. " * 100


def body(encoding: str, *, most_bytes: int = 10_000) -> Body:
    return Body(encoding, most_bytes=most_bytes, least_rate=1_000, started=0)


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP", gzip.compress(TEXT, mtime=0) + b"left over"),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("identity", TEXT),
    ],
)
def test_a_body_comes_out_as_it_was(encoding: str, sent: bytes) -> None:
    collected = body(encoding)
    for start in range(0, len(sent), 7):
        collected.add(sent[start : start + 7], now=0.1)
    assert collected.finish() == TEXT


def test_a_large_body_comes_out_in_parts_so_that_others_have_their_turn() -> None:
    large, parts = bytes(3_000_000), 1
    collected = body("gzip", most_bytes=3_000_000)
    collected.add(gzip.compress(large), now=0.1)
    while collected.is_behind:
        collected.go_on()
        parts += 1
    assert collected.finish() == large
    assert parts > 10


def test_a_bomb_is_never_unfolded() -> None:
    collected = body("gzip")
    with pytest.raises(BodyError) as caught:
        collected.add(gzip.compress(bytes(50_000_000)), now=0.1)
    assert caught.value.kind is Kind.TOO_LARGE
    assert len(collected.beginning()) == 10_000


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [("gzip", b"plain"), ("deflate", b"\xff" * 9), ("gzip", gzip.compress(TEXT, mtime=0)[:40])],
)
def test_what_is_not_compressed_as_it_says_is_broken(encoding: str, sent: bytes) -> None:
    collected = body(encoding)
    with pytest.raises(BodyError) as caught:
        collected.add(sent, now=0.1)
        collected.finish()
    assert caught.value.kind is Kind.BROKEN


def test_an_encoding_that_was_not_asked_for_is_broken() -> None:
    with pytest.raises(BodyError):
        body("br")


def test_a_drip_is_too_slow_after_the_grace() -> None:
    collected = body("")
    collected.add(b"x", now=4.9)
    with pytest.raises(BodyError) as caught:
        collected.add(b"x", now=5.1)
    assert caught.value.kind is Kind.TOO_SLOW
