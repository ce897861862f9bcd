"""Which device code triggers which action. A code is `key:space`, `mouse:left`, `wheel:up`, `finger`, `pad:a` or `axis:left-x+`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bulwark.desktop.input.actions import INDISPENSABLE, LABELS, Action

_CODE = re.compile(r"(key|mouse|wheel|pad|axis):\S(.*\S)?|finger")

DEFAULTS: Mapping[Action, Sequence[str]] = {
    Action.POINT: ("mouse:left", "finger"),
    Action.PAN: ("mouse:middle",),
    Action.CONFIRM: ("key:return", "pad:a"),
    Action.CANCEL: ("key:escape", "mouse:right", "pad:b"),
    Action.UP: ("key:up", "key:w", "pad:dpad-up", "axis:left-y-"),
    Action.DOWN: ("key:down", "key:s", "pad:dpad-down", "axis:left-y+"),
    Action.LEFT: ("key:left", "key:a", "pad:dpad-left", "axis:left-x-"),
    Action.RIGHT: ("key:right", "key:d", "pad:dpad-right", "axis:left-x+"),
    Action.TOWER_1: ("key:1",),
    Action.TOWER_2: ("key:2",),
    Action.TOWER_3: ("key:3",),
    Action.TOWER_4: ("key:4",),
    Action.TOWER_5: ("key:5",),
    Action.TOWER_6: ("key:6",),
    Action.NEXT_TOWER: ("key:e", "pad:right-shoulder"),
    Action.PREVIOUS_TOWER: ("key:q", "pad:left-shoulder"),
    Action.UPGRADE: ("key:u", "pad:x"),
    Action.OTHER_BRANCH: ("key:i", "pad:right-stick"),
    Action.SELL: ("key:x", "key:delete", "pad:left-stick"),
    Action.TARGETING: ("key:t", "axis:trigger-left+"),
    Action.START_WAVE: ("key:n", "pad:y"),
    Action.AUTO_START: ("key:b",),
    Action.PAUSE: ("key:space", "key:p", "pad:start"),
    Action.SPEED: ("key:tab", "pad:back"),
    Action.ZOOM_IN: ("wheel:up", "key:+", "key:=", "axis:right-y-"),
    Action.ZOOM_OUT: ("wheel:down", "key:-", "axis:right-y+"),
    Action.SAVE: ("key:f5",),
    Action.LOAD: ("key:f9",),
    Action.HELP: ("key:h", "key:f1"),
    Action.MUTE: ("key:m",),
    Action.FULLSCREEN: ("key:f11",),
    Action.DEBUG: ("key:f3",),
}


@dataclass(frozen=True, slots=True)
class Bindings:
    """The codes of every action. A code belongs to at most one action."""

    codes: Mapping[Action, Sequence[str]]

    @classmethod
    def from_changes(cls, changes: Mapping[str, Sequence[str]]) -> Bindings:
        """The defaults with these changes. Raises ValueError naming the unknown action or code."""
        codes = dict(DEFAULTS)
        for name, changed in changes.items():
            if name not in Action.__members__.values():
                raise ValueError(f"`bindings` names an unknown action {name!r}")
            for code in changed:
                if not _CODE.fullmatch(code):
                    raise ValueError(f"`bindings.{name}` has {code!r}, which no device has")
            codes[Action(name)] = tuple(changed)
        unbound = sorted(action for action in INDISPENSABLE if not codes[action])
        if unbound:
            raise ValueError(f"`bindings.{unbound[0]}` is empty, and nothing works without it")
        return cls(codes)

    def changes(self) -> Mapping[str, Sequence[str]]:
        """What differs from the defaults, as settings store it."""
        return {
            action.value: list(codes)
            for action, codes in self.codes.items()
            if tuple(codes) != tuple(DEFAULTS[action])
        }

    def action(self, code: str) -> Action | None:
        """What the code does, or None."""
        return next((action for action, codes in self.codes.items() if code in codes), None)

    def first(self, action: Action) -> str:
        """The action's first code as a player knows it, for hints: a key's name in capitals; empty if it has none."""
        return readable(self.codes[action][0]) if self.codes[action] else ""

    def bound(self, action: Action, code: str) -> Bindings:
        """The bindings with `code` assigned to `action`, in place of the same device's codes for it and its previous action.

        Raises ValueError if an indispensable action would lose its last code.
        """
        device = code.partition(":")[0]
        codes: dict[Action, Sequence[str]] = {}
        for each, before in self.codes.items():
            if each is action:
                codes[each] = (code, *(old for old in before if old.partition(":")[0] != device))
            else:
                codes[each] = tuple(old for old in before if old != code)
            if not codes[each] and each in INDISPENSABLE:
                raise ValueError(f"“{LABELS[each]}” would have no binding left.")
        return Bindings(codes)


_STICKS: Mapping[str, str] = {
    "left-x-": "left stick left", "left-x+": "left stick right", "left-y-": "left stick up",
    "left-y+": "left stick down", "right-x-": "right stick left", "right-x+": "right stick right",
    "right-y-": "right stick up", "right-y+": "right stick down", "trigger-left+": "left trigger",
    "trigger-right+": "right trigger",
}  # fmt: skip


def readable(code: str) -> str:
    """A code in words: `key:return` is RETURN, `mouse:left` is mouse left, `axis:left-x+` is left stick right."""
    device, _, name = code.partition(":")
    if device == "key":
        return name.upper()
    if device == "axis":
        return _STICKS.get(name, name)
    return f"{device} {name}".strip()
