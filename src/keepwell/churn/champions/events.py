"""What happens to the model that makes the lists, as the other rooms hear of it over the bus."""

from __future__ import annotations

from keepwell.churn.champions.model import Promotion
from keepwell.platform.bus import DomainEvent


class ModelPromoted(DomainEvent, frozen=True, kw_only=True):
    """Another model than before makes the lists: a challenger won, or somebody decided so. A training by hand is no promotion."""

    promotion: Promotion
