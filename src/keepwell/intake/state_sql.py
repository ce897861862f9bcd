"""The SQL of the state file: its tables, by schema version, and the statements on them."""

from __future__ import annotations

from collections.abc import Sequence

# Never changed once released: a folder has the version that its `user_version` counts.
MIGRATIONS: Sequence[Sequence[str]] = (
    (
        """
        create table segment (
            stream text not null, number integer not null, rows integer not null, bytes integer not null,
            sha256 text not null, sealed_at text, primary key (stream, number)
        ) strict
        """,
        "create unique index segment_open on segment (stream) where sealed_at is null",
        """
        create table seen_event (
            message_id text primary key, digest text not null, source text not null, line integer not null
        ) strict, without rowid
        """,
        "create table seen_dead_letter (digest text primary key) strict, without rowid",
        """
        create table lake_segment (
            workspace text not null, number integer not null, rows integer not null, files integer not null,
            primary key (workspace, number)
        ) strict, without rowid
        """,
    ),
    (
        "create table schema (id text primary key, document text not null) strict, without rowid",
        "alter table segment add column schema_id text references schema (id)",
        "alter table segment add column sources text not null default '{}'",
        "alter table segment add column blocks text not null default '[]'",
        # Null in rows of the previous schema version.
        "alter table segment add column checksum text",
        """
        create table source (
            id integer primary key, name text not null, path text not null, device integer not null, inode integer not null,
            head_bytes integer not null, head_sha256 text not null, offset integer not null,
            before_sha256 text not null, lines integer not null, finished_bytes integer,
            checksum text not null
        ) strict
        """,
        """
        create table replayed_dead_letter (
            number integer not null, line integer not null, primary key (number, line)
        ) strict, without rowid
        """,
    ),
    (
        # A lake's contents are in its own manifest.
        "drop table lake_segment",
        """
        create table rewritten_segment (
            stream text not null, number integer not null, before_sha256 text not null,
            after_sha256 text not null, rows_removed integer not null,
            primary key (stream, number, before_sha256)
        ) strict, without rowid
        """,
        """
        create table erasure (
            erased_at text not null, account_sha256 text not null, proof text not null, checksum text not null
        ) strict
        """,
        """
        create table retention (
            only_one integer primary key check (only_one = 1), first_day text not null
        ) strict, without rowid
        """,
    ),
    (
        "alter table source add column born integer",
        "alter table source add column modified integer",
        "alter table source add column crc32 integer",
        # Empty in rows of the previous schema version, whose checksum is without these columns.
        "alter table source add column place text not null default ''",
    ),
    # When a dead letter's row was taken from its corrected file; null while it waits for that.
    ("alter table seen_dead_letter add column resolved_at text",),
    ("create table doubt (source text primary key, why text not null, checksum text not null) strict",),
    (
        # Empty in rows of the previous schema version, whose checksum is without it.
        "alter table segment add column arrivals text not null default '[]'",
        # Once a folder has it, what is read of files is no history any more.
        "create table history_read (only_one integer primary key check (only_one = 1)) strict, without rowid",
        # A folder that has followed files has read their history.
        "insert into history_read select 1 where exists (select 1 from source)",
    ),
)

READ_VERSION = "pragma user_version"
SEGMENT_COLUMNS = (
    "stream, number, rows, bytes, sha256, sealed_at, schema_id, sources, blocks, arrivals, checksum"
)
SEGMENTS = f"select {SEGMENT_COLUMNS} from segment where stream = ? order by number"  # noqa: S608  our own columns
NEWEST_SEGMENTS = f"select {SEGMENT_COLUMNS} from segment where stream = ? order by number desc limit ?"  # noqa: S608  our own columns
ROWS = "select coalesce(sum(rows), 0) from segment where stream = ?"
# Not `insert or replace`: that would silently remove another open segment.
PUT_SEGMENT = f"""
    insert into segment ({SEGMENT_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (stream, number) do update set
        rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256, sealed_at = excluded.sealed_at,
        schema_id = excluded.schema_id, sources = excluded.sources, blocks = excluded.blocks,
        arrivals = excluded.arrivals, checksum = excluded.checksum
"""  # noqa: S608  our own columns
PUT_SCHEMA = "insert or ignore into schema (id, document) values (?, ?)"
SCHEMA = "select document from schema where id = ?"
SOURCE_COLUMNS = (
    "id, name, path, device, inode, head_bytes, head_sha256, offset, before_sha256, lines, finished_bytes, "
    "born, modified, crc32, place, checksum"
)
SOURCE_COLUMNS_BEFORE_EVIDENCE = 11
SOURCES = f"select {SOURCE_COLUMNS} from source order by id"  # noqa: S608  our own columns
PUT_SOURCE = f"""
    insert or replace into source ({SOURCE_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608  our own columns
REPLAYED = "select line from replayed_dead_letter where number = ?"
REMEMBER_REPLAYED = "insert into replayed_dead_letter (number, line) values (?, ?)"
INTEGRITY = "pragma integrity_check(1)"
SEEN_EVENTS = """
    select message_id, digest, source, line from seen_event
    where message_id in (select value from json_each(?))
"""
REMEMBER_EVENT = "insert into seen_event (message_id, digest, source, line) values (?, ?, ?, ?)"
SEEN_DEAD_LETTERS = """
    select digest, resolved_at is not null from seen_dead_letter where digest in (select value from json_each(?))
"""
REMEMBER_DEAD_LETTER = "insert into seen_dead_letter (digest) values (?)"
RESOLVE_DEAD_LETTER = "update seen_dead_letter set resolved_at = ? where digest = ?"
RESOLVED = "select digest, resolved_at from seen_dead_letter where resolved_at is not null"
PUT_REWRITTEN = "insert or replace into rewritten_segment values (?, ?, ?, ?, ?)"
EARLIER_HASHES = "select before_sha256 from rewritten_segment where stream = ? and number = ?"
PUT_ERASURE = "insert into erasure values (?, ?, ?, ?)"
ERASURES = "select erased_at, account_sha256, proof, checksum from erasure order by erased_at"
# The first reason stays: it was given when the rows were read.
PUT_DOUBT = "insert or ignore into doubt values (?, ?, ?)"
DOUBTS = "select source, why, checksum from doubt order by rowid"
HAS_READ_HISTORY = "select 1 from history_read"
END_HISTORY = "insert or ignore into history_read values (1)"
FIRST_DAY = "select first_day from retention"
KEEP_FROM = """
    insert into retention values (1, ?)
    on conflict (only_one) do update set first_day = max(first_day, excluded.first_day)
"""
