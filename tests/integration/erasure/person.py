"""The person that is erased, and where something of them still is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
from psycopg import sql

from keepwell.identity.model import Workspace
from keepwell.importing.stripe.conversion import read
from keepwell.importing.stripe.event_model import Event

ANY = {"If-Match": "*"}
NAME, EMAIL, PHONE = "Ingrid Solberg", "ingrid@solberg.example", "+47 22 33 44 55"
CUSTOMER, CARD = "cus_ingrid77", "pm_solberg1"
# What nothing may contain afterwards, in any case and however JSON escapes it.
PERSON = re.compile(
    r"ingrid|solberg|22 33 44 55|cus_ingrid77|pm_solberg1|inga's \\*\"workshop\\*\"", re.IGNORECASE
)
FORMER = 'Inga\'s "workshop"'
NOW = datetime.now(UTC)


def tables_with_person(conninfo: str, workspace: Workspace) -> dict[str, int]:
    """How many rows of each table contain the person, read by a superuser."""
    found = {}
    with psycopg.connect(conninfo) as connection:
        tables = connection.execute(
            "select table_name from information_schema.columns where table_schema = 'public'"
            " and column_name = 'workspace_id' order by 1"
        ).fetchall()
        for (table,) in tables:
            statement = sql.SQL("select to_jsonb(t)::text from {} t where workspace_id = %s").format(
                sql.Identifier(table)
            )
            rows = connection.execute(statement, (workspace.id,)).fetchall()
            if hits := sum(bool(PERSON.search(text)) for (text,) in rows):
                found[table] = hits
    return found


def texts_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file, Parquet as the text of its rows."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            raw = file.read_bytes()
            text = str(pq.read_table(file).to_pylist()) if file.suffix == ".parquet" else ""
            yield file.relative_to(folder).as_posix(), text + raw.decode("utf-8", "replace")


def files_with_person(home: Path) -> set[str]:
    """The kinds of files of the home that contain the person."""
    found = (name for name, text in texts_in(home) if PERSON.search(text))
    return {
        "lake" if name.startswith("lake/") else name.rpartition("/")[2].partition("-")[0] for name in found
    }


def customer_event(kind: str, **shown: Any) -> Event:
    customer = {"object": "customer", "id": CUSTOMER, "name": NAME, "email": EMAIL, "created": 1_704_100_000}
    return read(
        {
            "id": f"evt_{kind}_{len(shown)}",
            "type": kind,
            "created": int(NOW.timestamp()) + len(shown),
            "data": {"object": {**customer, **shown}},
        },
        Event,
    )
