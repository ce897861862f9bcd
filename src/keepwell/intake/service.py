"""Intake's interface for other rooms: accepting events, reading the lake, and reading files of rows."""

from keepwell.intake.convert.formats import FORMATS, FileRow, Format, delimiter_of, read_rows
from keepwell.intake.erasure import erase_account, has_files
from keepwell.intake.events.event_journal import EventJournal
from keepwell.intake.events.group_commit import GroupCommitters
from keepwell.intake.journal.dead_letters import read_dead_letters
from keepwell.intake.lake.build import build_lake
from keepwell.intake.lake.engines import lake_errors
from keepwell.intake.lake.reader import activity, events_table, newest_events
from keepwell.intake.schema.drift import Change, DriftReport, ObservedChange, folded, sentence

__all__ = [
    "FORMATS",
    "Change",
    "DriftReport",
    "EventJournal",
    "FileRow",
    "Format",
    "GroupCommitters",
    "ObservedChange",
    "activity",
    "build_lake",
    "delimiter_of",
    "erase_account",
    "events_table",
    "folded",
    "has_files",
    "lake_errors",
    "newest_events",
    "read_dead_letters",
    "read_rows",
    "sentence",
]
