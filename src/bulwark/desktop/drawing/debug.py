"""The debug overlay: flow field, ranges, collision shapes and their pushes, and tick and frame times."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from bulwark.desktop.drawing.painter import Painter
from bulwark.desktop.drawing.palette import GREEN, ORANGE, SKY, TEXT, VERMILLION
from bulwark.desktop.match.interpolation import Interpolation
from bulwark.desktop.scene.camera import Camera
from bulwark.sim import rules
from bulwark.sim.layout import creep, ground, tower
from bulwark.sim.match import Match
from bulwark.sim.rules import CELL

_FRAMES_KEPT = 120
_AROUND = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
_FRAME_MS, _TALLEST_MS = 1000 / 60, 40.0
NUMBERS_HEIGHT = 170.0
# A push is drawn this much longer than the distance it moves a creep in a tick: most are a fifth of a cell then.
_PUSH_LENGTH = 96 / 256


class Timings:
    """The last frames' times in milliseconds: ticks, drawing, and frame to frame."""

    def __init__(self) -> None:
        self.ticks: deque[float] = deque(maxlen=_FRAMES_KEPT)
        self.drawing: deque[float] = deque(maxlen=_FRAMES_KEPT)
        self.frames: deque[float] = deque(maxlen=_FRAMES_KEPT)


def downhill(match: Match, cell: int) -> tuple[int, int] | None:
    """The direction of a creep in the cell, from the field's steps, without changing the match. None if no creep can be there."""
    steps, stride = match.world.ground[ground.STEPS], match.game_map.stride
    if steps[cell] < 0 or steps[cell] >= ground.FAR:
        return None
    best, direction = steps[cell], None
    for across, down in _AROUND:
        there = steps[cell + across + down * stride]
        cut = across and down and (steps[cell + across] < 0 or steps[cell + down * stride] < 0)
        if 0 <= there < best and not cut:
            best, direction = there, (across, down)
    return direction


def draw_debug(
    painter: Painter,
    match: Match,
    interpolation: Interpolation,
    *,
    camera: Camera,
    fraction: float,
    timings: Timings,
) -> None:
    """Draw the overlay over the map."""
    area = camera.area
    painter.surface.set_clip(painter.pixels((area.x, area.y, area.width, area.height)))
    _field(painter, match, camera)
    for t in range(match.tower_count):
        kind, variant = int(match.towers[tower.KIND][t]), int(match.towers[tower.VARIANT][t])
        at = camera.screen(match.towers[tower.X][t], match.towers[tower.Y][t])
        painter.circle(at, rules.tower_rule(kind, variant).range * camera.scale, SKY, edge=1)
    for i, ((x, y), push) in enumerate(
        zip(interpolation.creeps(match, fraction), match.pushes(), strict=True)
    ):
        radius = rules.creep_rule(int(match.creeps[creep.KIND][i])).radius
        at = camera.screen(x, y)
        painter.circle(at, radius * camera.scale, ORANGE, edge=1)
        if any(push):
            pushed = camera.screen(x + push[0] * _PUSH_LENGTH, y + push[1] * _PUSH_LENGTH)
            painter.line([at, pushed], VERMILLION)
            painter.circle(pushed, 2.0, VERMILLION)
    painter.surface.set_clip(None)
    _numbers(painter, match, (area.x + 10, area.y + 10), timings)


def _field(painter: Painter, match: Match, camera: Camera) -> None:
    game_map = match.game_map
    for row in range(game_map.height):
        for column in range(game_map.width):
            direction = downhill(match, game_map.cell(column, row))
            if direction is None:
                continue
            x, y = camera.screen((column + 1.5) * CELL, (row + 1.5) * CELL)
            reach = CELL * camera.scale * 0.3 / (direction[0] ** 2 + direction[1] ** 2) ** 0.5
            across, down = direction[0] * reach, direction[1] * reach
            painter.line([(x - across, y - down), (x + across, y + down)], GREEN)
            painter.circle((x + across, y + down), 2.0, GREEN)


def _numbers(painter: Painter, match: Match, at: tuple[float, float], timings: Timings) -> None:
    lines = [
        f"tick {match.tick}   creeps {match.creep_count}   towers {match.tower_count}   shells {match.shell_count}",
        f"ticks {_mean(timings.ticks):.2f} ms   drawing {_mean(timings.drawing):.2f} ms   per frame",
        f"frame {_mean(timings.frames):.1f} ms   {1000 / max(_mean(timings.frames), 0.01):.0f} fps",
        f"state {match.state_hash()}",
    ]
    painter.panel((at[0], at[1], 420, NUMBERS_HEIGHT), opacity=0.85)
    for n, line in enumerate(lines):
        painter.text(line, (at[0] + 12, at[1] + 10 + n * 20), size=14, colour=TEXT)
    bottom = at[1] + 16 + 20 * len(lines) + 66
    for n, milliseconds in enumerate(timings.frames):
        height = min(milliseconds, _TALLEST_MS) * 60 / _TALLEST_MS
        late = milliseconds > _FRAME_MS * 1.5
        painter.box((at[0] + 12 + n * 3.3, bottom - height, 2.3, height), VERMILLION if late else GREEN)
    due = bottom - _FRAME_MS * 60 / _TALLEST_MS
    painter.line([(at[0] + 12, due), (at[0] + 408, due)], TEXT)


def _mean(values: Sequence[float] | deque[float]) -> float:
    return sum(values) / len(values) if values else 0.0
