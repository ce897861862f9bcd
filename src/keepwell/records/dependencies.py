"""What the room's handlers share."""

from __future__ import annotations

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from keepwell.records.changes import ChangeContext

# Put in by the app for each request that changes something.
TheChangeContext: TypeAlias = SkipValidation[NamedDependency[ChangeContext]]
