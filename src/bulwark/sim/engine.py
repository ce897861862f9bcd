"""How the kernels are run: interpreted here, or compiled by whoever hands in another engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bulwark.sim.firing import fire
from bulwark.sim.flow import flood
from bulwark.sim.flying import fly
from bulwark.sim.layout import score
from bulwark.sim.moving import move
from bulwark.sim.resolving import resolve
from bulwark.sim.spawning import begin_wave, spawn
from bulwark.sim.world import MakeTable, World, lists


class Engine(NamedTuple):
    """The kernels that a match calls, and what makes their tables."""

    make: MakeTable
    tick: Callable[[World], None]
    flood: Callable[[World], None]
    begin_wave: Callable[[World], None]


def tick(world: World) -> None:
    """One tick: creeps come, creeps move, towers fire, shells fly, and what was gathered is resolved."""
    spawn(world)
    move(world)
    fire(world)
    fly(world)
    resolve(world)


def forget_events(world: World) -> None:
    """Make room for what will happen in the next tick."""
    world.score[score.EVENTS] = 0


INTERPRETED = Engine(make=lists, tick=tick, flood=flood, begin_wave=begin_wave)
