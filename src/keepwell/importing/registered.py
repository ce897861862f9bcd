"""The entities that the import commands know."""

from __future__ import annotations

from typing import Protocol

import click

from keepwell.importing.entities.registry import Registry


class _Rooms(Protocol):
    def import_entities(self) -> Registry: ...


def registered_entities() -> Registry:
    """The registry, from the object that `app` gives to the root command."""
    rooms: _Rooms = click.get_current_context().find_root().obj
    return rooms.import_entities()
