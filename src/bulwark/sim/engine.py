"""How the kernels run: interpreted here, or compiled if the caller passes another engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bulwark.sim.flow_field import flood
from bulwark.sim.layout import score
from bulwark.sim.phases.firing import fire
from bulwark.sim.phases.flying import fly
from bulwark.sim.phases.moving import move
from bulwark.sim.phases.resolving import resolve
from bulwark.sim.phases.spawning import begin_wave, spawn
from bulwark.sim.world import MakeTable, World, lists


class Engine(NamedTuple):
    """The kernels a match calls, and the function that creates their tables."""

    make: MakeTable
    tick: Callable[[World], None]
    flood: Callable[[World], None]
    begin_wave: Callable[[World], None]


def tick(world: World) -> None:
    """One tick: creeps spawn, creeps move, towers fire, shells fly, and the collected effects are applied."""
    spawn(world)
    move(world)
    fire(world)
    fly(world)
    resolve(world)


def clear_events(world: World) -> None:
    """Discard the previous tick's events."""
    world.score[score.EVENTS] = 0


INTERPRETED = Engine(make=lists, tick=tick, flood=flood, begin_wave=begin_wave)
