"""The scene of a match: towers, creeps and shells as nodes, matched by uid from frame to frame."""

from __future__ import annotations

from math import atan2, tau

from bulwark.desktop.match.describe import gate_name
from bulwark.desktop.match.interpolation import Interpolation, shell_position
from bulwark.desktop.scene.effects import Effects
from bulwark.desktop.scene.nodes import Bar, Disc, Label, Node, Sprite, Transform
from bulwark.sim import rules
from bulwark.sim.layout import creep, shell, tower
from bulwark.sim.maps import Map
from bulwark.sim.match import Match

# How high flyers are drawn above the ground below them.
_ALTITUDE = 330.0
_EDGE = 2  # cells
_STEP_TICKS = 5  # per step of a walking creep
_RECOIL_TICKS, _RECOIL = 4.0, 110.0
_IDLE_TURN = tau / 240  # per tick
_TURN_SHARE = 0.35  # of the remaining angle, each frame: a turret turns quickly but not at once


class Stage:
    """Updates the nodes from the match; it does not draw, and never changes the match."""

    def __init__(self, match: Match) -> None:
        self.match = match
        self.calm = False  # reduced motion: only what happens in the match moves
        self.effects = Effects()
        self.root = Node()
        self.under = self.root.add(Node())  # for overlays below the towers: paths, ranges
        marks = self.root.add(Node())
        self._walkers = self.root.add(Node())
        self._towers = self.root.add(Node())
        self._flyers = self.root.add(Node())
        self._shells = self.root.add(Node())
        self._effects = self.root.add(Node())
        self.over = self.root.add(Node())
        self._creep_nodes: dict[int, _CreepNode] = {}
        self._tower_nodes: dict[int, _TowerNode] = {}
        game_map = match.game_map
        several = len(game_map.spawns) > 1
        for n, place in enumerate(game_map.spawns):
            x, y = game_map.centre(game_map.cell(*place))
            gate = marks.add(Node(Transform(x, y), Sprite("mark/spawn")))
            if several:
                gate.add(Node(_inwards(place, game_map), Label(f"Gate {gate_name(n)}", "path")))
        marks.add(Node(Transform(*game_map.centre(game_map.cell(*game_map.goal))), Sprite("mark/goal")))

    def update(self, interpolation: Interpolation, *, camera: Transform, fraction: float) -> None:
        """Bring the scene to `fraction` of the way from the last tick but one to the last."""
        now = self.match.tick - 1 + fraction
        self.root.transform = camera
        self._update_creeps(interpolation.creeps(self.match, fraction))
        self._update_towers(now)
        self._update_shells(fraction)
        self._effects.children = self.effects.nodes(now)

    def _update_creeps(self, places: list[tuple[float, float]]) -> None:
        creeps, tick = self.match.creeps, self.match.tick
        nodes: dict[int, _CreepNode] = {}
        walkers, flyers = self._walkers.children, self._flyers.children
        walkers.clear()
        flyers.clear()
        for i, (x, y) in enumerate(places):
            uid, kind = creeps[creep.UID][i], creeps[creep.KIND][i]
            node = self._creep_nodes.get(uid) or _CreepNode(kind, uid)
            nodes[uid] = node
            node.node.transform = Transform(x, y)
            node.turn(creeps[creep.VX][i], creeps[creep.VY][i], 0 if self.calm else tick)
            node.show_health(creeps[creep.HP][i] / creeps[creep.FULL][i], slowed=creeps[creep.SLOW][i] > 0)
            (flyers if node.flies else walkers).append(node.node)
        self._creep_nodes = nodes

    def _update_towers(self, now: float) -> None:
        towers = self.match.towers
        nodes: dict[int, _TowerNode] = {}
        for t in range(self.match.tower_count):
            uid, kind, variant = (int(towers[column][t]) for column in (tower.UID, tower.KIND, tower.VARIANT))
            node = self._tower_nodes.get(uid)
            if node is None or node.variant != variant:
                node = _TowerNode(kind, variant)
            nodes[uid] = node
            x, y = towers[tower.X][t], towers[tower.Y][t]
            node.node.transform = Transform(x, y)
            node.aim(towers[tower.AIM_X][t] - x, towers[tower.AIM_Y][t] - y, 0.0 if self.calm else now)
            fired = None if self.calm else self.effects.fired.get(uid)
            node.recoil(_RECOIL_TICKS if fired is None else now - fired)
            node.boosted.visible = towers[tower.BOOST][t] > 0
        self._tower_nodes = nodes
        self._towers.children = [node.node for node in nodes.values()]

    def _update_shells(self, fraction: float) -> None:
        shells = self.match.shells
        self._shells.children = []
        for p in range(self.match.shell_count):
            x, y, z = shell_position(self.match, p, fraction)
            angle = atan2(shells[shell.TO_Y][p] - y, shells[shell.TO_X][p] - x)
            frame = f"tower/{rules.TOWERS[shells[shell.KIND][p]]}/shell"
            if z > 0:
                self._shells.add(Node(Transform(x, y, 0.0, 0.6), Sprite("effect/shadow", 0.6)))
            grown = 1.0 + z / 12_000
            self._shells.add(Node(Transform(x, y - z * 0.6, angle, grown), Sprite(frame)))


def _inwards(place: tuple[int, int], game_map: Map) -> Transform:
    """Where a gate's name stands: beside it, on the side of the map's middle."""
    column, row = place
    across = 900 if column < _EDGE else -900 if column >= game_map.width - _EDGE else 0
    down = -820 if row >= game_map.height - _EDGE else 720
    return Transform(across, down)


class _CreepNode:
    """A creep: shadow, rotating body, frost overlay and health bar."""

    def __init__(self, kind: int, uid: int) -> None:
        rule = rules.creep_rule(kind)
        self.flies = rule.flying
        self._uid = uid
        steps = [Sprite(f"creep/{rules.CREEPS[kind]}/walk-{step}") for step in (0, 1)]
        self._steps = steps
        height = _ALTITUDE if rule.flying else 0.0
        self.node = Node()
        self._shadow = self.node.add(Node(Transform(0, 60, 0.0, rule.radius / 280), Sprite("effect/shadow")))
        self._body = self.node.add(Node(Transform(0, -height), steps[0]))
        self._chill = self.node.add(
            Node(Transform(0, -height, 0.0, rule.radius / 260), Sprite("effect/chill"))
        )
        self._bar = self.node.add(Node(Transform(0, -height - rule.radius - 190)))
        self._width = float(max(2 * rule.radius, 520))

    def turn(self, across: int, down: int, tick: int) -> None:
        """Face the direction of movement, and animate the steps."""
        at = self._body.transform
        self._body.transform = Transform(at.x, at.y, atan2(down, across))
        self._body.picture = self._steps[(tick // _STEP_TICKS + self._uid) & 1]

    def show_health(self, share: float, *, slowed: bool) -> None:
        """Show the health bar and the slow effect."""
        self._chill.visible = slowed
        self._bar.visible = share < 1.0
        self._bar.picture = Bar(max(share, 0.0), self._width)


class _TowerNode:
    """A tower: its base, and on it the turret that turns and recoils."""

    def __init__(self, kind: int, variant: int) -> None:
        name = f"tower/{rules.TOWERS[kind]}"
        self.variant = variant
        self._turns = not rules.tower_rule(kind, variant).reload
        self._angle: float | None = None
        self.node = Node()
        self.boosted = self.node.add(Node(picture=Disc(520.0, "boost", opacity=0.55)))
        self.node.add(Node(picture=Sprite(f"{name}/base-{variant}")))
        self.turret = self.node.add(Node())
        self._barrel = self.turret.add(Node(picture=Sprite(f"{name}/turret-{variant}")))

    def aim(self, across: int, down: int, now: float) -> None:
        """Turn towards the target; a tower that never shoots rotates by itself."""
        if self._turns:
            self._angle = now * _IDLE_TURN % tau
        else:
            target = atan2(down, across)
            angle = target if self._angle is None else self._angle
            left = (target - angle + tau / 2) % tau - tau / 2
            self._angle = angle + left * _TURN_SHARE
        self.turret.transform = Transform(0.0, 0.0, self._angle)

    def recoil(self, since: float) -> None:
        """Recoil after a shot, `since` ticks ago."""
        share = 1.0 - since / _RECOIL_TICKS if 0 <= since < _RECOIL_TICKS else 0.0
        self._barrel.transform = Transform(-_RECOIL * share)
