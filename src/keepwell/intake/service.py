"""Intake's interface for other rooms: accepting events, reading the lake, and reading files of rows."""

from keepwell.intake.convert.formats import FORMATS, FileRow, Format, delimiter_of, read_rows
from keepwell.intake.erasure import erase_account, has_files
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.events.group_commit import GroupCommitters
from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.journal.freshness import JournalState, journal_states
from keepwell.intake.lake.account_days import account_days
from keepwell.intake.lake.build import build_lake
from keepwell.intake.lake.engines import lake_errors
from keepwell.intake.lake.reader import (
    LakeEvents,
    activity,
    events_table,
    lake_events,
    newest_events,
    require_unchanged,
)
from keepwell.intake.schema.drift import Change, DriftReport, ObservedChange, folded, sentence

__all__ = [
    "FORMATS",
    "Change",
    "DriftReport",
    "EventJournal",
    "FileRow",
    "Format",
    "GroupCommitters",
    "JournalState",
    "LakeEvents",
    "ObservedChange",
    "account_days",
    "activity",
    "build_lake",
    "delimiter_of",
    "erase_account",
    "events_table",
    "folded",
    "has_files",
    "journal_states",
    "lake_errors",
    "lake_events",
    "newest_events",
    "read_dead_letters",
    "read_rows",
    "require_unchanged",
    "sentence",
]
