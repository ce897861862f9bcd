"""What is found out about a model, as the other rooms hear of it over the bus: once for each break, not every night."""

from __future__ import annotations

from keepwell.churn.live.model import Break, Drift
from keepwell.platform.bus import DomainEvent


class ProbabilitiesBroken(DomainEvent, frozen=True, kw_only=True):
    """What happened to accounts has shown that the list's probabilities do not hold."""

    found: Break


class InputsDrifted(DomainEvent, frozen=True, kw_only=True):
    """A weekly look has found drift that was not there in the four weeks before."""

    found: Drift
