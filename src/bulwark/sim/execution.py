"""Executes commands: each is refused with a reason, or changes the tables immediately."""

from __future__ import annotations

from typing import Protocol

from bulwark.sim import rules
from bulwark.sim.commands import (
    AutoStart,
    Build,
    Command,
    Reason,
    Sell,
    SetConstant,
    StartWave,
    Target,
    Upgrade,
)
from bulwark.sim.layout import score, tower
from bulwark.sim.maps import Map
from bulwark.sim.placement import placement_reason
from bulwark.sim.world import World


class Board(Protocol):
    """What commands work on: the tables, the map, and the blocked cells derived from them."""

    world: World
    game_map: Map
    blocked: bytearray

    def begin_wave(self) -> None:
        """Start the next wave."""

    def update_flow_field(self) -> None:
        """Recompute the flow field after the blocked cells have changed."""


def refusal(board: Board, command: Command) -> Reason | None:
    """Why the command would be refused now, or None; changes nothing."""
    if board.world.score[score.OUTCOME] != score.PLAYING:
        return Reason.MATCH_OVER
    reason: Reason | None = None
    match command:
        case Build():
            reason = _build_reason(board, command)
        case Upgrade(uid, branch):
            reason = _upgrade_reason(board.world, uid, branch)
        case Sell(uid) if index_of_tower(board.world, uid) < 0:
            reason = Reason.TOWER_GONE
        case Target():
            reason = _target_reason(board.world, command)
        case StartWave() if board.world.score[score.WAVE] >= len(board.game_map.waves):
            reason = Reason.NO_MORE_WAVES
        case SetConstant():
            reason = _constant_reason(command)
    return reason


def execute(board: Board, command: Command) -> Reason | None:
    """Execute the command, or return why not."""
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
        case SetConstant(constant, value):
            _set_constant(world, constant, value)
    return None


def index_of_tower(world: World, uid: int) -> int:
    """The table row of the tower with this uid, -1 if it is gone."""
    uids = list(world.towers[tower.UID][: world.score[score.TOWERS]])
    return uids.index(uid) if uid in uids else -1


def upgrade_price(world: World, index: int, branch: int) -> int:
    """The price of the next variant."""
    kind, variant = int(world.towers[tower.KIND][index]), int(world.towers[tower.VARIANT][index])
    return rules.tower_rule(kind, rules.branches(variant)[branch]).cost


def refund(world: World, index: int) -> int:
    """The refund of a tower: a fixed share of everything spent on it."""
    return int(world.towers[tower.SPENT][index]) * rules.REFUND_PERCENT // 100


def early_bonus(world: World) -> int:
    """The gold for starting the next wave now: one per second that is left of the break."""
    return int(world.score[score.BREAK]) // rules.TICKS_PER_SECOND


def _build_reason(board: Board, command: Build) -> Reason | None:
    if not 0 <= command.kind < len(rules.TOWERS):
        return Reason.UNKNOWN_KIND
    reason = placement_reason(
        board.world, board.game_map, column=command.column, row=command.row, blocked=board.blocked
    )
    expensive = board.world.score[score.GOLD] < rules.tower_rule(command.kind, 0).cost
    return reason or (Reason.TOO_EXPENSIVE if expensive else None)


def _target_reason(world: World, command: Target) -> Reason | None:
    if index_of_tower(world, command.uid) < 0:
        return Reason.TOWER_GONE
    return None if 0 <= command.mode < len(rules.TARGETINGS) else Reason.UNKNOWN_TARGETING


def _upgrade_reason(world: World, uid: int, branch: int) -> Reason | None:
    index = index_of_tower(world, uid)
    if index < 0:
        return Reason.TOWER_GONE
    offered = rules.branches(int(world.towers[tower.VARIANT][index]))
    if not offered:
        return Reason.FULLY_UPGRADED
    if not 0 <= branch < len(offered):
        return Reason.UNKNOWN_BRANCH
    return Reason.TOO_EXPENSIVE if world.score[score.GOLD] < upgrade_price(world, index, branch) else None


def _constant_reason(command: SetConstant) -> Reason | None:
    if not 0 <= command.constant < len(rules.PHYSICS):
        return Reason.UNKNOWN_CONSTANT
    constant = rules.PHYSICS[command.constant]
    return None if constant.least <= command.value <= constant.most else Reason.OUT_OF_BOUNDS


def _build(board: Board, command: Build) -> None:
    world, kind = board.world, command.kind
    cell = board.game_map.cell(command.column, command.row)
    x, y = board.game_map.centre(cell)
    cost = rules.tower_rule(kind, 0).cost
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
    update_boosts(world)
    board.blocked[cell] = 1
    board.update_flow_field()


def _upgrade(world: World, index: int, branch: int) -> None:
    cost = upgrade_price(world, index, branch)
    offered = rules.branches(int(world.towers[tower.VARIANT][index]))
    world.towers[tower.VARIANT][index] = offered[branch]
    world.towers[tower.SPENT][index] += cost
    world.score[score.GOLD] -= cost
    update_boosts(world)


def _sell(board: Board, index: int) -> None:
    world = board.world
    world.score[score.GOLD] += refund(world, index)
    x, y = int(world.towers[tower.X][index]), int(world.towers[tower.Y][index])
    last = int(world.score[score.TOWERS]) - 1
    for column in world.towers:
        for t in range(index, last):
            column[t] = column[t + 1]
    world.score[score.TOWERS] = last
    update_boosts(world)
    board.blocked[(y // rules.CELL) * board.game_map.stride + x // rules.CELL] = 0
    board.update_flow_field()


def _start_wave(board: Board) -> None:
    numbers = board.world.score
    bonus = early_bonus(board.world)
    for counted in (score.GOLD, score.EARNED, score.CALLED):
        numbers[counted] += bonus
    board.begin_wave()


def _auto_start(board: Board, *, on: bool) -> None:
    numbers = board.world.score
    numbers[score.AUTO_START] = int(on)
    between = numbers[score.CLEARED] == numbers[score.WAVE] and 0 < numbers[score.WAVE] < len(
        board.game_map.waves
    )
    left = int(numbers[score.BREAK]) or rules.COUNTDOWN_TICKS
    numbers[score.COUNTDOWN] = left if on and between else -1


def _set_constant(world: World, constant: int, value: int) -> None:
    if world.physics[constant] != value:
        world.physics[constant] = value
        world.score[score.TWEAKED] = 1


def update_boosts(world: World) -> None:
    """Set each tower's boost to the best of the beacons whose range it is in; boosts do not add up."""
    towers = list(range(int(world.score[score.TOWERS])))
    for t in towers:
        boosts = [_boost_from(world, beacon, t) for beacon in towers]
        world.towers[tower.BOOST][t] = max(boosts, default=0)


def _boost_from(world: World, beacon: int, t: int) -> int:
    kind, variant = int(world.towers[tower.KIND][beacon]), int(world.towers[tower.VARIANT][beacon])
    rule = rules.tower_rule(kind, variant)
    dx = int(world.towers[tower.X][t]) - int(world.towers[tower.X][beacon])
    dy = int(world.towers[tower.Y][t]) - int(world.towers[tower.Y][beacon])
    return rule.boost if beacon != t and dx * dx + dy * dy <= rule.range * rule.range else 0
