"""Carrying out what the player says: each command is refused with its reason, or changes the tables at once."""

from __future__ import annotations

from typing import Protocol

from bulwark.sim import rules
from bulwark.sim.commands import AutoStart, Build, Command, Reason, Sell, StartWave, Target, Upgrade
from bulwark.sim.layout import score, tower
from bulwark.sim.maps import Map
from bulwark.sim.placing import placement_reason
from bulwark.sim.world import World


class Board(Protocol):
    """What commands work on: the tables, the map, and the closed cells that follow from them."""

    world: World
    played: Map
    closed: bytearray

    def begin_wave(self) -> None:
        """Begin the next wave."""

    def measure(self) -> None:
        """Measure the flow field after a change of the closed cells."""


def refusal(board: Board, command: Command) -> Reason | None:
    """Why the command would be refused now; None where it would be carried out. Changes nothing."""
    if board.world.score[score.OUTCOME] != score.PLAYING:
        return Reason.OVER
    reason: Reason | None = None
    match command:
        case Build():
            reason = _build_reason(board, command)
        case Upgrade(uid, branch):
            reason = _upgrade_reason(board.world, uid, branch)
        case Sell(uid) if index_of_tower(board.world, uid) < 0:
            reason = Reason.NO_SUCH_TOWER
        case Target():
            reason = _target_reason(board.world, command)
        case StartWave() if board.world.score[score.WAVE] >= len(board.played.waves):
            reason = Reason.NO_MORE_WAVES
    return reason


def carry_out(board: Board, command: Command) -> Reason | None:
    """Do what the command says, or say why not."""
    reason = refusal(board, command)
    if reason is not None:
        return reason
    world = board.world
    match command:
        case Build():
            _build(board, command)
        case Upgrade(uid, branch):
            _upgrade(world, index_of_tower(world, uid), branch)
        case Sell(uid):
            _sell(board, index_of_tower(world, uid))
        case Target(uid, mode):
            world.towers[tower.TARGETING][index_of_tower(world, uid)] = mode
        case StartWave():
            _start_wave(board)
        case AutoStart(on):
            _auto_start(board, on=bool(on))
    return None


def index_of_tower(world: World, uid: int) -> int:
    """Where the tower of that uid stands in the table; -1 where it is gone."""
    uids = list(world.towers[tower.UID][: world.score[score.TOWERS]])
    return uids.index(uid) if uid in uids else -1


def upgrade_price(world: World, index: int, branch: int) -> int:
    """What the step to the next variant costs."""
    kind, variant = int(world.towers[tower.KIND][index]), int(world.towers[tower.VARIANT][index])
    return rules.tower_row(kind, rules.branches(variant)[branch]).cost


def refund(world: World, index: int) -> int:
    """What selling a tower gives back: a stated share of all that was spent on it."""
    return int(world.towers[tower.SPENT][index]) * rules.REFUND_PERCENT // 100


def _build_reason(board: Board, command: Build) -> Reason | None:
    if not 0 <= command.kind < len(rules.TOWERS):
        return Reason.NO_SUCH_KIND
    reason = placement_reason(
        board.world, board.played, column=command.column, row=command.row, closed=board.closed
    )
    dear = board.world.score[score.GOLD] < rules.tower_row(command.kind, 0).cost
    return reason or (Reason.TOO_DEAR if dear else None)


def _target_reason(world: World, command: Target) -> Reason | None:
    if index_of_tower(world, command.uid) < 0:
        return Reason.NO_SUCH_TOWER
    return None if 0 <= command.mode < len(rules.TARGETINGS) else Reason.NO_SUCH_MODE


def _upgrade_reason(world: World, uid: int, branch: int) -> Reason | None:
    index = index_of_tower(world, uid)
    if index < 0:
        return Reason.NO_SUCH_TOWER
    offered = rules.branches(int(world.towers[tower.VARIANT][index]))
    if not offered:
        return Reason.AT_THE_TOP
    if not 0 <= branch < len(offered):
        return Reason.NO_SUCH_BRANCH
    return Reason.TOO_DEAR if world.score[score.GOLD] < upgrade_price(world, index, branch) else None


def _build(board: Board, command: Build) -> None:
    world, kind = board.world, command.kind
    cell = board.played.cell(command.column, command.row)
    x, y = board.played.centre(cell)
    cost = rules.tower_row(kind, 0).cost
    uid, t = int(world.score[score.NEXT_UID]), int(world.score[score.TOWERS])
    values = {
        tower.UID: uid, tower.KIND: kind, tower.X: x, tower.Y: y, tower.AIM_X: x + rules.CELL, tower.AIM_Y: y,
        tower.SPENT: cost,
    }  # fmt: skip
    for number, column in enumerate(world.towers):
        column[t] = values.get(number, 0)
    world.score[score.NEXT_UID] = uid + 1
    world.score[score.TOWERS] = t + 1
    world.score[score.GOLD] -= cost
    boost(world)
    board.closed[cell] = 1
    board.measure()


def _upgrade(world: World, index: int, branch: int) -> None:
    cost = upgrade_price(world, index, branch)
    offered = rules.branches(int(world.towers[tower.VARIANT][index]))
    world.towers[tower.VARIANT][index] = offered[branch]
    world.towers[tower.SPENT][index] += cost
    world.score[score.GOLD] -= cost
    boost(world)


def _sell(board: Board, index: int) -> None:
    world = board.world
    world.score[score.GOLD] += refund(world, index)
    x, y = int(world.towers[tower.X][index]), int(world.towers[tower.Y][index])
    last = int(world.score[score.TOWERS]) - 1
    for column in world.towers:
        for t in range(index, last):
            column[t] = column[t + 1]
    world.score[score.TOWERS] = last
    boost(world)
    board.closed[(y // rules.CELL) * board.played.stride + x // rules.CELL] = 0
    board.measure()


def _start_wave(board: Board) -> None:
    numbers = board.world.score
    bonus = max(int(numbers[score.COUNTDOWN]), 0) // rules.TICKS_PER_SECOND
    for counted in (score.GOLD, score.EARNED, score.CALLED):
        numbers[counted] += bonus
    board.begin_wave()


def _auto_start(board: Board, *, on: bool) -> None:
    numbers = board.world.score
    numbers[score.AUTO_START] = int(on)
    between = numbers[score.CLEARED] == numbers[score.WAVE] and 0 < numbers[score.WAVE] < len(
        board.played.waves
    )
    numbers[score.COUNTDOWN] = rules.COUNTDOWN_TICKS if on and between else -1


def boost(world: World) -> None:
    """Tell every tower what the beacons in whose range it stands add; the best of them counts, they do not add up."""
    towers = list(range(int(world.score[score.TOWERS])))
    for t in towers:
        given = [_given(world, beacon, t) for beacon in towers]
        world.towers[tower.BOOST][t] = max(given, default=0)


def _given(world: World, beacon: int, t: int) -> int:
    kind, variant = int(world.towers[tower.KIND][beacon]), int(world.towers[tower.VARIANT][beacon])
    rule = rules.tower_row(kind, variant)
    dx = int(world.towers[tower.X][t]) - int(world.towers[tower.X][beacon])
    dy = int(world.towers[tower.Y][t]) - int(world.towers[tower.Y][beacon])
    return rule.boost if beacon != t and dx * dx + dy * dy <= rule.range * rule.range else 0
