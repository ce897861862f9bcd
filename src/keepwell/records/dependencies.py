"""Dependencies that the handlers of several record rooms inject."""

from __future__ import annotations

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from keepwell.records.changes import ChangeContext

# Injected by the app into each request that changes something.
TheChangeContext: TypeAlias = SkipValidation[NamedDependency[ChangeContext]]
