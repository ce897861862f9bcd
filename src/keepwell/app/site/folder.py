"""The folder of the static demo: the dashboard as it was built, its pages made to run without a server, and the answers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec

from keepwell.app.assets.kept_files import CODINGS
from keepwell.app.assets.static_files import STATIC
from keepwell.app.site.model import IndexEntry, Recording
from keepwell.platform.cli.output_folder import output_folder
from keepwell.platform.errors import NotFound

_ANSWERS, _INDEX = "answers", "index.json"
# What is at the top of the folder, so that the next demo replaces that and nothing else.
_NAMES = "names.json"
# The game is played on a server of Keepwell; its runtime alone would weigh more than the rest.
_LEFT_OUT = re.compile(r"^(pyodide-.*|play-worker-.*)$")
_ADDRESS = re.compile(r'(href|src)="/(?!/)')
_NONCE = re.compile(r' nonce="__CSP_NONCE__"')
_NOT_OF_THE_DEMO = re.compile(r'\s*<(?:meta property="csp-nonce"|link rel="manifest")[^>]*>')
_FIRST_SCRIPT = '<script type="module"'
# It asks the server before the demo's own script, which answers instead, is there.
_ASKS_AHEAD = re.compile(r"\s*<script>.*?</script>", re.DOTALL)
# Components set styles in attributes, and no server is there to send a nonce.
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
# In any time zone from Hawaii to New Zealand this is the same day.
_HOUR = time(10, tzinfo=UTC)


def recorded_at(day: date) -> datetime:
    """The instant of `day` at which the clock of the demo stands."""
    return datetime.combine(day, _HOUR)


def write_site(folder: Path, recording: Recording, *, base: str) -> None:
    """Replace `folder` by the demo; raises Conflict if it has something else in it, NotFound if the pages are not built."""
    if not (STATIC / "index.html").is_file():
        raise NotFound("The dashboard is not built.", hint="Run ./keepwell site, which builds it.")
    with output_folder(
        folder, own=_own_names, marker=_ANSWERS, hint="Name an empty folder: --into DIR."
    ) as new:
        _copy_assets(new / "assets")
        _write_answers(new / _ANSWERS, recording)
        shell = _page(STATIC / "index.html", recording, base=base)
        # What GitHub Pages shows at an address without a file: the router then shows the page of that address.
        for path in ("404.html", *(f"{path.strip('/')}/index.html" for path in recording.pages)):
            _write(new / path.lstrip("/"), shell.encode())
        _write(new / "docs/index.html", _page(STATIC / "docs/index.html", recording, base=base).encode())
        _write(new / _ANSWERS / _NAMES, msgspec.json.encode(sorted(each.name for each in new.iterdir())))


def _own_names(folder: Path) -> Collection[str]:
    """The names at the top of the demo in `folder`; none if there is none, or one of an earlier release, which kept no such list."""
    try:
        return msgspec.json.decode((folder / _ANSWERS / _NAMES).read_bytes(), type=list[str])
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError):
        return ()


def _copy_assets(target: Path) -> None:
    endings = tuple(CODINGS.values())
    names = (each for each in (STATIC / "assets").iterdir() if not _LEFT_OUT.match(each.name))
    target.mkdir()
    for file in names:
        if not file.name.endswith(endings):
            shutil.copyfile(file, target / file.name)


def _write_answers(folder: Path, recording: Recording) -> None:
    index = {}
    for name, answer in sorted(recording.answers.items()):
        index[name] = IndexEntry(answer.file, answer.type, answer.etag)
        _write(folder / answer.file, answer.body)
    _write(folder / _INDEX, msgspec.json.encode(index))


def _page(file: Path, recording: Recording, *, base: str) -> str:
    """The built page with the demo's script before its own, and its addresses below `base`."""
    text = _NOT_OF_THE_DEMO.sub("", _NONCE.sub("", file.read_text(encoding="utf-8")))
    text = _ASKS_AHEAD.sub("", text)
    instant = recorded_at(recording.day).isoformat().replace("+00:00", "Z")
    text = text.replace("<html ", f'<html data-base="{base}" data-recorded-at="{instant}" ', 1)
    added = [
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}" />',
        f'<link rel="stylesheet" href="/assets/{_asset("css")}" />',
        f'<script type="module" src="/assets/{_asset("js")}"></script>',
    ]
    lines = "".join(f"{each}\n    " for each in added)
    return _ADDRESS.sub(rf'\1="{base}', text.replace(_FIRST_SCRIPT, f"{lines}{_FIRST_SCRIPT}", 1))


def _asset(ending: str) -> str:
    """The name that the build gave to the demo's own script or style."""
    found = next((STATIC / "assets").glob(f"static-demo-*.{ending}"), None)
    if found is None:
        raise NotFound("The dashboard was built without the static demo.", hint="Run ./keepwell site.")
    return found.name


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
