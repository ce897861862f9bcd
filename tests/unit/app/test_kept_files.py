"""Built files as a small application serves them: which twin, with which ETag, and what is kept."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from keepwell.app.assets.kept_files import kept_forever
from keepwell.app.middleware.compression import COMPRESSION
from keepwell.app.problems import answer_error

pytestmark = pytest.mark.anyio

SCRIPT = b"console.log('kept');" * 100
# Not brotli at all: whatever the build left is sent as it is.
BROTLI = b"as the build left it"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "app.js").write_bytes(SCRIPT)
    (tmp_path / "app.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    (tmp_path / "app.js.br").write_bytes(BROTLI)
    (tmp_path / "deep" / "core.mjs").write_bytes(SCRIPT)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG" * 500)
    (tmp_path / "lock.json.gzip").write_bytes(b"packed by name")
    return tmp_path


async def got(folder: Path, name: str, **headers: str) -> Response:
    app = Litestar(
        [kept_forever("/kept", folder)],
        compression_config=COMPRESSION,
        exception_handlers={Exception: answer_error},
        openapi_config=None,
    )
    sent = {"Accept-Encoding": "identity", **{key.replace("_", "-"): value for key, value in headers.items()}}
    transport = ASGITransport(app)  # type: ignore[arg-type]  # Litestar's and httpx's ASGI types
    async with AsyncClient(transport=transport, base_url="http://here") as client:
        request = client.build_request("GET", f"/kept/{name}", headers=sent)
        answer = await client.send(request, stream=True)
        answer._content = b"".join([part async for part in answer.aiter_raw()])
        return answer


@pytest.mark.parametrize(
    ("accepted", "coding", "sent"),
    [
        ("gzip, deflate, br, zstd", "br", BROTLI),
        ("gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0.0001, gzip;q=1", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0.5, gzip;q=0.5", "br", BROTLI),
        ("br;q=0.2, gzip;q=0.3, identity", None, SCRIPT),
        ("br, gzip, identity", "br", BROTLI),
        ("br;q=often, gzip;q=0.1", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0.0", None, SCRIPT),
        ("zstd", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
async def test_a_script_is_sent_in_the_best_coding_that_the_client_accepts(
    folder: Path, accepted: str, coding: str | None, sent: bytes
) -> None:
    answer = await got(folder, "app.js", Accept_Encoding=accepted)
    assert (answer.status_code, answer.headers.get("content-encoding"), answer.content) == (200, coding, sent)
    assert answer.headers["content-length"] == str(len(sent))
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]


async def test_each_coding_has_an_etag_of_its_own_that_is_answered_with_304(folder: Path) -> None:
    tags = {}
    for accepted in ("br", "gzip", ""):
        tags[accepted] = (await got(folder, "app.js", Accept_Encoding=accepted)).headers["etag"]
    assert len(set(tags.values())) == 3
    for accepted, tag in tags.items():
        again = await got(folder, "app.js", Accept_Encoding=accepted, If_None_Match=f'"other", W/{tag}')
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == "Accept-Encoding"
    other = await got(folder, "app.js", Accept_Encoding="br", If_None_Match=tags["gzip"])
    assert other.status_code == 200


async def test_what_the_build_did_not_compress_is_sent_plain_and_does_not_vary(folder: Path) -> None:
    for name in ("picture.png", "deep/core.mjs", "lock.json.gzip"):
        answer = await got(folder, name, Accept_Encoding="gzip, br, zstd")
        assert (answer.status_code, answer.content) == (200, (folder / name).read_bytes())
        assert not {"content-encoding", "vary"} & set(answer.headers)


@pytest.mark.parametrize(
    "name", ["app.js.br", "app.js.gz", "nothing.js", "%00", "..%2Fapp.js", "x" * 5_000, "deep"]
)
async def test_any_other_name_is_404_as_a_problem(folder: Path, name: str) -> None:
    answer = await got(folder, name)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
