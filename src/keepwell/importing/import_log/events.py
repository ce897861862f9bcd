"""What happens to imports, as the other rooms hear of it over the bus."""

from __future__ import annotations

from keepwell.platform.bus import DomainEvent


class ImportEnded(DomainEvent, frozen=True, kw_only=True):
    """An import has finished or failed, or was undone: its records are as they stay.

    That of a day's webhooks is said to have ended again with each that changed something.
    """
