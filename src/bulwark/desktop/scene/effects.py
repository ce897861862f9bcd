"""Short effects after match events: explosions, lightning, coins. They are timed in match ticks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from bulwark.desktop.match.session import MatchEvent
from bulwark.desktop.scene.nodes import Disc, Label, Line, Node, Sprite, Transform
from bulwark.sim import rules
from bulwark.sim.layout import event

_MAX_EFFECTS = 260  # the oldest are dropped first: nobody sees more at once
_FRAME_TICKS = 2.0
_CALM_SHARE = 0.35
_EXPLOSION_WIDTH = 128 / 96 * rules.CELL
_RISE = 620.0


class Effect(NamedTuple):
    """Shown from tick `born` for `life` ticks; `make` returns its nodes for a fraction of that life."""

    born: float
    life: float
    make: Callable[[float], list[Node]]


class Effects:
    """Turns match events into effects."""

    def __init__(self) -> None:
        self.fired: dict[int, float] = {}  # tick of each tower's last shot, by uid
        self.calm = False  # reduced motion: effects appear and disappear, but do not move
        self._active: list[Effect] = []

    def note(self, events: Iterable[MatchEvent]) -> None:
        """Start the effects of these events."""
        for happened in events:
            if happened.kind == event.FIRED:
                self.fired[happened.b] = happened.tick
                continue
            make = _MAKERS.get(happened.kind)
            if make is not None:
                self._active.append(make(happened))
        del self._active[:-_MAX_EFFECTS]

    def nodes(self, now: float) -> list[Node]:
        """The nodes of all active effects at match time `now`, in ticks."""
        self._active = [effect for effect in self._active if now < effect.born + effect.life]
        return [
            node
            for effect in self._active
            if now >= effect.born
            for node in effect.make(_CALM_SHARE if self.calm else (now - effect.born) / effect.life)
        ]


def _frames(happened: MatchEvent, name: str, count: int, *, scale: float = 1.0) -> Effect:
    at = Transform(happened.x, happened.y, 0.0, scale)
    return Effect(
        happened.tick - 1,
        count * _FRAME_TICKS,
        lambda share: [Node(at, Sprite(f"effect/{name}-{min(int(share * count), count - 1)}"))],
    )


def _hit(happened: MatchEvent) -> Effect:
    return _frames(happened, "hit", 3, scale=0.6)


def _burst(happened: MatchEvent) -> Effect:
    scale = 2 * happened.b / _EXPLOSION_WIDTH
    if rules.tower_rule(happened.a, 0).slow:
        return _frames(happened, "frost", 4, scale=scale)
    return _frames(happened, "explosion", 6, scale=scale)


def _arc(happened: MatchEvent) -> Effect:
    places = ((happened.x, happened.y), (happened.a, happened.b))
    line = Line(places, "arc", jagged=happened.tick * 31 + happened.a + 1)
    return Effect(happened.tick - 1, 5.0, lambda share: [Node(picture=line._replace(opacity=1.0 - share))])


def _rising(happened: MatchEvent, frame: str, text: str, tint: str) -> Effect:
    def make(share: float) -> list[Node]:
        y = happened.y - 300 - _RISE * share
        opacity = min(1.0, 2.0 - 2.0 * share)
        return [
            Node(Transform(happened.x - 170, y, 0.0, 0.45), Sprite(frame, opacity)),
            Node(Transform(happened.x + 170, y), Label(text, tint, opacity)),
        ]

    return Effect(happened.tick - 1, 26.0, make)


def _died(happened: MatchEvent) -> Effect:
    puff = _frames(happened, "puff", 3, scale=0.4 + rules.creep_rule(happened.a).radius / 420)
    coin = _rising(happened, "effect/coin", f"+{happened.b}", "gold")
    length = puff.life / coin.life

    def make(share: float) -> list[Node]:
        return (puff.make(share / length) if share < length else []) + coin.make(share)

    return Effect(coin.born, coin.life, make)


def _leaked(happened: MatchEvent) -> Effect:
    heart = _rising(happened, "effect/heart", f"-{happened.b}", "danger")

    def make(share: float) -> list[Node]:
        ring = Disc(300 + 900 * share, "danger", opacity=1.0 - share)
        return [Node(Transform(happened.x, happened.y), ring), *heart.make(share)]

    return Effect(heart.born, heart.life, make)


def _healed(happened: MatchEvent) -> Effect:
    def make(share: float) -> list[Node]:
        at = Transform(happened.x, happened.y - 200 - 400 * share, 0.0, 0.7)
        return [Node(at, Sprite("effect/heal", 1.0 - share))]

    return Effect(happened.tick - 1, 14.0, make)


_MAKERS: Mapping[int, Callable[[MatchEvent], Effect]] = {
    event.HIT: _hit,
    event.BURST: _burst,
    event.ARC: _arc,
    event.DIED: _died,
    event.LEAKED: _leaked,
    event.HEALED: _healed,
}
