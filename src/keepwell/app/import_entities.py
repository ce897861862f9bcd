"""The entities that imports know: those of the records, and those that the rooms above `importing` register."""

from __future__ import annotations

from keepwell.churn.cases.imported import SAVE_CASE_CONTACTS, SAVE_CASES, SaveCaseEntity
from keepwell.importing.entities.records import MAPPED_RECORDS
from keepwell.importing.entities.registry import Registry
from keepwell.importing.upserts.entities import RECORDS

IMPORT_ENTITIES = Registry(
    [*RECORDS, SAVE_CASES, SAVE_CASE_CONTACTS], mapped=[*MAPPED_RECORDS, SaveCaseEntity()]
)
