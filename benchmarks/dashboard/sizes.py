"""What the dashboard weighs on the wire, read from the built files: no browser is needed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from keepwell.app.assets.page_files import page_files
from keepwell.platform.errors import DataValidationError

STATIC = Path(__file__).resolve().parents[2] / "src" / "keepwell" / "app" / "static"

_KILO = 1_000
# In bytes of gzip, the font apart.
FIRST_LOAD_BUDGET = 190 * _KILO
ROUTE_BUDGET = 60 * _KILO
CHARTS_BUDGET = 30 * _KILO

_START = "/"
_LINKED = re.compile(r'(?:src|href)="/(assets/[^"]+\.(?:js|css))"')


class Sizes(msgspec.Struct, frozen=True):
    """Bytes of gzip: of the first visit to the start page, of what each page adds to it by its path, and of the charts."""

    first_load: int
    routes: Mapping[str, int]
    charts: int


def built_sizes(static: Path = STATIC) -> Sizes:
    """The sizes of the built dashboard; raises DataValidationError if it is not built as this expects."""
    pages = page_files(static)
    if not pages:
        raise DataValidationError(
            f"{static} has no built dashboard.", hint="Build it: npm run build in web/."
        )
    linked = set(_LINKED.findall((static / "index.html").read_text(encoding="utf-8")))
    needs = {page.path: {*page.scripts, *page.styles} for page in pages}
    first = linked | needs[_START]
    return Sizes(
        first_load=_weight(static, first),
        routes={path: _weight(static, files - first) for path, files in sorted(needs.items())},
        charts=_weight(static, {f"assets/{file.name}" for file in (static / "assets").glob("drawn-*.js")}),
    )


def _weight(static: Path, names: set[str]) -> int:
    return sum(_gzip_bytes(static / name) for name in names)


def _gzip_bytes(file: Path) -> int:
    packed = file.with_name(f"{file.name}.gz")
    return packed.stat().st_size if packed.exists() else len(gzip.compress(file.read_bytes()))
