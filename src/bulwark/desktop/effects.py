"""What is seen for a moment after something happened: bursts, lightning, coins. It lives in the match's time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from bulwark.desktop.scene import Disc, Line, Node, Sprite, Transform, Words
from bulwark.desktop.session import Happening
from bulwark.sim import rules
from bulwark.sim.layout import event

_MOST = 260  # what is older goes first: nobody sees more at once
_FROST = rules.TOWERS.index("frost")
_FRAME_TICKS = 2.0
_EXPLOSION_WIDTH = 128 / 96 * rules.CELL
_RISE = 620.0


class Effect(NamedTuple):
    """Something seen from `born` on, for `life` ticks; `make` gives its nodes for a share of its life."""

    born: float
    life: float
    make: Callable[[float], list[Node]]


class Effects:
    """Takes what happens, and gives what is to be seen of it."""

    def __init__(self) -> None:
        self.fired: dict[int, float] = {}  # by tower's uid: the tick of its last shot
        self._seen: list[Effect] = []

    def note(self, happened: Iterable[Happening]) -> None:
        """Take what happened."""
        for happening in happened:
            if happening.kind == event.FIRED:
                self.fired[happening.b] = happening.tick
                continue
            make = _MAKERS.get(happening.kind)
            if make is not None:
                self._seen.append(make(happening))
        del self._seen[:-_MOST]

    def nodes(self, now: float) -> list[Node]:
        """What is seen of it at a moment of the match."""
        self._seen = [effect for effect in self._seen if now < effect.born + effect.life]
        return [
            node
            for effect in self._seen
            if now >= effect.born
            for node in effect.make((now - effect.born) / effect.life)
        ]


def _frames(happening: Happening, name: str, count: int, *, scale: float = 1.0) -> Effect:
    at = Transform(happening.x, happening.y, 0.0, scale)
    return Effect(
        happening.tick - 1,
        count * _FRAME_TICKS,
        lambda share: [Node(at, Sprite(f"effect/{name}-{min(int(share * count), count - 1)}"))],
    )


def _hit(happening: Happening) -> Effect:
    return _frames(happening, "hit", 3, scale=0.6)


def _burst(happening: Happening) -> Effect:
    scale = 2 * happening.b / _EXPLOSION_WIDTH
    if happening.a == _FROST:
        return _frames(happening, "frost", 4, scale=scale)
    return _frames(happening, "explosion", 6, scale=scale)


def _arc(happening: Happening) -> Effect:
    places = ((happening.x, happening.y), (happening.a, happening.b))
    line = Line(places, "arc", jagged=happening.tick * 31 + happening.a + 1)
    return Effect(happening.tick - 1, 5.0, lambda share: [Node(picture=line._replace(opacity=1.0 - share))])


def _rising(happening: Happening, frame: str, text: str, tint: str) -> Effect:
    def make(share: float) -> list[Node]:
        y = happening.y - 300 - _RISE * share
        opacity = min(1.0, 2.0 - 2.0 * share)
        return [
            Node(Transform(happening.x - 170, y, 0.0, 0.45), Sprite(frame, opacity)),
            Node(Transform(happening.x + 170, y), Words(text, tint, opacity)),
        ]

    return Effect(happening.tick - 1, 26.0, make)


def _died(happening: Happening) -> Effect:
    puff = _frames(happening, "puff", 3, scale=0.4 + rules.creep(happening.a).radius / 420)
    coin = _rising(happening, "effect/coin", f"+{happening.b}", "gold")
    length = puff.life / coin.life

    def make(share: float) -> list[Node]:
        return (puff.make(share / length) if share < length else []) + coin.make(share)

    return Effect(coin.born, coin.life, make)


def _leaked(happening: Happening) -> Effect:
    heart = _rising(happening, "effect/heart", f"-{happening.b}", "danger")

    def make(share: float) -> list[Node]:
        ring = Disc(300 + 900 * share, "danger", opacity=1.0 - share)
        return [Node(Transform(happening.x, happening.y), ring), *heart.make(share)]

    return Effect(heart.born, heart.life, make)


def _healed(happening: Happening) -> Effect:
    def make(share: float) -> list[Node]:
        at = Transform(happening.x, happening.y - 200 - 400 * share, 0.0, 0.7)
        return [Node(at, Sprite("effect/heal", 1.0 - share))]

    return Effect(happening.tick - 1, 14.0, make)


_MAKERS: Mapping[int, Callable[[Happening], Effect]] = {
    event.HIT: _hit,
    event.BURST: _burst,
    event.ARC: _arc,
    event.DIED: _died,
    event.LEAKED: _leaked,
    event.HEALED: _healed,
}
