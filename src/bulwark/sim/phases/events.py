"""What happened in a tick, for drawing, sound and telemetry. The match itself never reads it."""

from __future__ import annotations

from bulwark.sim.layout import event, score
from bulwark.sim.world import World


def emit(world: World, kind: int, x: int, y: int, a: int, b: int) -> None:
    """Add an event; events beyond the table's capacity are dropped."""
    at = world.score[score.EVENTS]
    if at >= event.CAPACITY:
        return
    events = world.events
    events[event.KIND][at] = kind
    events[event.X][at] = x
    events[event.Y][at] = y
    events[event.A][at] = a
    events[event.B][at] = b
    world.score[score.EVENTS] = at + 1
