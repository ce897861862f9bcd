"""The description of the API, as `/openapi.json` serves it, without a server or a database.

Writes it to the standard output, or to the file that is named. The same sources give the same bytes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from psycopg_pool import AsyncConnectionPool

from keepwell.app.http import create_app
from keepwell.app.openapi import described
from keepwell.platform.config import Settings
from keepwell.platform.database import Connection, Database
from keepwell.platform.runtime import system_runtime


def main(arguments: Sequence[str]) -> None:
    """Write the description to the first argument, or to the standard output."""
    text = openapi_json()
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def openapi_json() -> str:
    """The description as JSON, its names sorted."""
    # The application makes its keys in its home, and never opens the pool that it is given.
    database = Database(AsyncConnectionPool[Connection](open=False), "")
    with tempfile.TemporaryDirectory() as home:
        app = create_app(database, settings=Settings(home=Path(home)), runtime=system_runtime())
        return json.dumps(described(app), indent=2, sort_keys=True, default=str, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
