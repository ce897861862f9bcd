"""The registry of entities: what imports can read and write, put together in `app`."""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.importing.entities.mapped import MappedEntity
from keepwell.importing.mapping.entity_fields import EVENTS, EntityFields
from keepwell.importing.upserts.entity import Entity


class Registry:
    """The entities that imports write, in write order, and those of them that a mapping file may fill, in reading order.

    Raises ValueError if two have one name, or if an entity refers to one that does not come before it.
    """

    def __init__(self, entities: Sequence[Entity], *, mapped: Sequence[MappedEntity]) -> None:
        self.entities = entities
        self.mapped = mapped
        _require_order(entities)
        _require_once([each.name for each in self.fields])
        if unknown := [each.entity.name for each in mapped if each.entity not in entities]:
            raise ValueError(f"not among the entities: {', '.join(unknown)}")

    @property
    def fields(self) -> Sequence[EntityFields]:
        """What a mapping file may fill; events come last, since they belong to the accounts before them."""
        return [*(each.fields for each in self.mapped), EVENTS]


def _require_order(entities: Sequence[Entity]) -> None:
    _require_once([each.name for each in entities])
    for at, entity in enumerate(entities):
        later = [each.entity.name for each in entity.references if each.entity not in entities[:at]]
        if later:
            raise ValueError(f"{entity.name} refers to {later[0]}, which does not come before it")


def _require_once(names: Sequence[str]) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"registered twice: {', '.join(sorted(twice))}")
