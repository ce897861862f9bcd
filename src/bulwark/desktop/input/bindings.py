"""Which code of a device does what. A code is `key:space`, `mouse:left`, `wheel:up`, `finger`, `pad:a` or `axis:left-x+`."""

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
    """The codes of every action. A code has one action at most."""

    codes: Mapping[Action, Sequence[str]]

    @classmethod
    def of_changes(cls, changes: Mapping[str, Sequence[str]]) -> Bindings:
        """The defaults with such changes. Raises ValueError naming the action or the code that is none."""
        codes = dict(DEFAULTS)
        for name, said in changes.items():
            if name not in Action.__members__.values():
                raise ValueError(f"`bindings` names an action {name!r} that there is not")
            for code in said:
                if not _CODE.fullmatch(code):
                    raise ValueError(f"`bindings.{name}` has {code!r}, which no device gives")
            codes[Action(name)] = tuple(said)
        bare = sorted(action for action in INDISPENSABLE if not codes[action])
        if bare:
            raise ValueError(f"`bindings.{bare[0]}` is empty, and nothing works without it")
        return cls(codes)

    def changes(self) -> Mapping[str, Sequence[str]]:
        """What differs from the defaults, as settings keep it."""
        return {
            action.value: list(codes)
            for action, codes in self.codes.items()
            if tuple(codes) != tuple(DEFAULTS[action])
        }

    def action(self, code: str) -> Action | None:
        """What the code does; None where it does nothing."""
        return next((action for action, codes in self.codes.items() if code in codes), None)

    def first(self, action: Action) -> str:
        """A code of the action as a player knows it, for hints: a key's name in capitals; empty where it has none."""
        return readable(self.codes[action][0]) if self.codes[action] else ""

    def bound(self, action: Action, code: str) -> Bindings:
        """With `code` doing `action` instead of what it did before, in place of that device's codes for it.

        Raises ValueError where another action that nothing works without would lose its last code.
        """
        device = code.partition(":")[0]
        codes: dict[Action, Sequence[str]] = {}
        for each, before in self.codes.items():
            if each is action:
                codes[each] = (code, *(old for old in before if old.partition(":")[0] != device))
            else:
                codes[each] = tuple(old for old in before if old != code)
            if not codes[each] and each in INDISPENSABLE:
                raise ValueError(f"“{LABELS[each]}” would have nothing left.")
        return Bindings(codes)


_STICKS: Mapping[str, str] = {
    "left-x-": "left stick left", "left-x+": "left stick right", "left-y-": "left stick up",
    "left-y+": "left stick down", "right-x-": "right stick left", "right-x+": "right stick right",
    "right-y-": "right stick up", "right-y+": "right stick down", "trigger-left+": "left trigger",
    "trigger-right+": "right trigger",
}  # fmt: skip


def readable(code: str) -> str:
    """A code as words: `key:return` is RETURN, `mouse:left` is mouse left, `axis:left-x+` is left stick right."""
    device, _, name = code.partition(":")
    if device == "key":
        return name.upper()
    if device == "axis":
        return _STICKS.get(name, name)
    return f"{device} {name}".strip()
