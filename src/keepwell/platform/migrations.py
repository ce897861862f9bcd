"""Numbered SQL files, applied once, in order, one transaction each.

An advisory lock serialises concurrent starts. A file that was changed after it was applied is refused,
since nobody can say what the database contains then.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path

import msgspec
import psycopg
from psycopg.rows import class_row

from keepwell.platform.database_errors import translated_errors
from keepwell.platform.errors import CorruptData, InfrastructureError

_ADVISORY_LOCK = 0x6B656570  # 'keep'
_LOCK_TIMEOUT = "4s"
OLDEST_SERVER = 150000


class Migration(msgspec.Struct, frozen=True):
    """One file: its number, its name and its text."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


class AppliedMigration(msgspec.Struct, frozen=True):
    """A migration as the database recorded it."""

    version: int
    name: str
    checksum: str
    applied_at: datetime


def migrations_folder() -> Path:
    """The folder of the files: inside the installed package, or beside `src` in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"


def read_migrations(folder: Path) -> list[Migration]:
    """The files of `folder` by number; raises CorruptData for a gap or a duplicate number."""
    migrations = [
        Migration(version=int(path.name[:4]), name=path.stem[5:], sql=path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if re.match(r"\d{4}_", path.name)
    ]
    if [migration.version for migration in migrations] != list(range(1, len(migrations) + 1)):
        raise CorruptData(f"The migrations in {folder} are not numbered 0001, 0002, ... without gaps.")
    return migrations


def migrate(conninfo: str, migrations: list[Migration]) -> list[Migration]:
    """Apply the pending migrations and return them.

    Raises CorruptData for a file changed since it was applied, InfrastructureError for a server
    older than 15 or a database that a newer Keepwell has already migrated.
    """
    with translated_errors(), psycopg.connect(conninfo, autocommit=True) as connection:
        _require_supported(connection)
        connection.execute("select pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        _create_table(connection)
        applied = _applied(connection)
        _require_same(migrations, applied)
        pending = [migration for migration in migrations if migration.version not in applied]
        for migration in pending:
            _apply(connection, migration)
        return pending


def _require_supported(connection: psycopg.Connection) -> None:
    if connection.info.server_version < OLDEST_SERVER:
        raise InfrastructureError(
            f"This Postgres is version {connection.info.server_version // 10000}; Keepwell needs 15 or newer.",
            hint="Point KEEPWELL_DATABASE_URL at a newer server, or unset it to use the embedded one.",
        )


def _create_table(connection: psycopg.Connection) -> None:
    connection.execute(
        """
        create table if not exists schema_migrations (
          version integer primary key,
          name text not null,
          checksum text not null,
          applied_at timestamptz not null default now()
        )
        """
    )


def _applied(connection: psycopg.Connection) -> dict[int, AppliedMigration]:
    with connection.cursor(row_factory=class_row(AppliedMigration)) as cursor:
        cursor.execute("select version, name, checksum, applied_at from schema_migrations")
        return {row.version: row for row in cursor}


def _require_same(migrations: list[Migration], applied: dict[int, AppliedMigration]) -> None:
    known = {migration.version: migration for migration in migrations}
    for version, row in applied.items():
        if version not in known:
            raise InfrastructureError(
                f"The database has migration {version:04}_{row.name}, which this release does not know.",
                hint="A newer Keepwell has used this database: start that release.",
            )
        if known[version].checksum != row.checksum:
            raise CorruptData(
                f"Migration {version:04}_{row.name} was changed after it was applied.",
                hint="Restore the file and put the change into a new migration.",
            )


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(f"set local lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.execute(migration.sql.encode())
        connection.execute(
            "insert into schema_migrations (version, name, checksum) values (%s, %s, %s)",
            (migration.version, migration.name, migration.checksum),
        )
