"""The command `import` with the entities of every room."""

from __future__ import annotations

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.importing.cli import import_command

import_command.context_settings["obj"] = IMPORT_ENTITIES

__all__ = ["import_command"]
