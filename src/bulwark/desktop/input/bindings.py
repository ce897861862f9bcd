"""Which device code triggers which action. A code is `key:space`, `mouse:left`, `wheel:up`, `finger`, `pad:a` or `axis:left-x+`.

A row of number keys is one code, `key:#` or `key:[#]`; `key:z=3` is a key that stands for the number 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bulwark.desktop.input.actions import INDISPENSABLE, LABELS, Action

_CODE = re.compile(r"(key|mouse|wheel|pad|axis):\S(.*\S)?|finger")
# In earlier releases each tower had an action of its own.
_TOWER_ACTION = re.compile(r"tower-([1-9])")
_NUMBER_KEY = re.compile(r"key:\[?([1-9])\]?")
_NUMBERED = re.compile(r"(.+)=([1-9])")

# These stay with their action whatever is bound: without them nothing could be pointed at, or left.
FIXED: Mapping[str, Action] = {
    "mouse:left": Action.POINT, "finger": Action.POINT, "key:escape": Action.CANCEL,
}  # fmt: skip

DEFAULTS: Mapping[Action, Sequence[str]] = {
    Action.POINT: ("mouse:left", "finger"),
    Action.PAN: ("mouse:middle",),
    Action.CONFIRM: ("key:return", "pad:a"),
    Action.CANCEL: ("key:escape", "mouse:right", "pad:b"),
    Action.UP: ("key:up", "key:w", "pad:dpad-up", "axis:left-y-"),
    Action.DOWN: ("key:down", "key:s", "pad:dpad-down", "axis:left-y+"),
    Action.LEFT: ("key:left", "key:a", "pad:dpad-left", "axis:left-x-"),
    Action.RIGHT: ("key:right", "key:d", "pad:dpad-right", "axis:left-x+"),
    Action.TOWER_BY_NUMBER: ("key:#", "key:[#]"),
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
        """The defaults with these changes, the fixed codes in their places.

        A changed action's codes go before the defaults of the others. Raises ValueError naming the unknown action or code.
        """
        for name, changed in changes.items():
            if name not in Action.__members__.values() and not _TOWER_ACTION.fullmatch(name):
                raise ValueError(f"`bindings` names an unknown action {name!r}")
            for code in changed:
                if not _CODE.fullmatch(code):
                    raise ValueError(f"`bindings.{name}` has {code!r}, which no device has")
        own = _without_tower_actions(changes)
        taken = {code for codes in own.values() for code in codes}
        merged = {
            action: own.get(action, [code for code in defaults if code not in taken])
            for action, defaults in DEFAULTS.items()
        }
        codes = _with_fixed(merged)
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
        """What the code does, or None. A number key without an action of its own has that of its row."""
        return self._owner(code) or self._owner(_row(code)) or self._numbered(code)[0]

    def number(self, code: str) -> int:
        """The number the code stands for; 0 if none."""
        key = _NUMBER_KEY.fullmatch(code)
        return int(key[1]) if key else self._numbered(code)[1]

    def tower_key(self, kind: int) -> str:
        """The key that picks this kind of tower, as a player knows it; empty if there is none."""
        for code in self.codes[Action.TOWER_BY_NUMBER]:
            each = code.replace("#", f"{kind + 1}").partition("=")[0]
            if self.action(each) is Action.TOWER_BY_NUMBER and self.number(each) == kind + 1:
                return readable(each)
        return ""

    def first(self, action: Action) -> str:
        """The action's first code as a player knows it, for hints: a key's name in capitals; empty if it has none."""
        return readable(self.codes[action][0]) if self.codes[action] else ""

    def bound(self, action: Action, code: str) -> Bindings:
        """The bindings with `code` assigned to `action`, in place of the same device's codes for it and its previous action.

        A number key picks towers as a row. Raises ValueError if the code is fixed, if an indispensable action would lose
        its last code, or if a code without a number is to pick towers by number.
        """
        if action is Action.TOWER_BY_NUMBER:
            if _row(code) == code:
                raise ValueError("Press one of the number keys: the whole row then picks towers.")
            code = _row(code)
        if FIXED.get(code, action) is not action:
            raise ValueError(f"“{readable(code)}” always means “{LABELS[FIXED[code]]}”.")
        device = code.partition(":")[0]
        codes: dict[Action, Sequence[str]] = {}
        for each, before in self.codes.items():
            if each is action:
                codes[each] = (code, *(old for old in before if old.partition(":")[0] != device))
            else:
                codes[each] = tuple(old for old in before if old != code)
        codes = _with_fixed(codes)
        for each in INDISPENSABLE:
            if not codes[each]:
                raise ValueError(f"“{LABELS[each]}” would have no binding left.")
        return Bindings(codes)

    def _owner(self, code: str) -> Action | None:
        return next((action for action, codes in self.codes.items() if code in codes), None)

    def _numbered(self, code: str) -> tuple[Action | None, int]:
        for action, codes in self.codes.items():
            for each in codes:
                numbered = _NUMBERED.fullmatch(each)
                if numbered and numbered[1] == code:
                    return action, int(numbered[2])
        return None, 0


def _row(code: str) -> str:
    """The row of keys a number key belongs to; other codes are returned as they are."""
    key = _NUMBER_KEY.fullmatch(code)
    return code.replace(key[1], "#") if key else code


def _without_tower_actions(changes: Mapping[str, Sequence[str]]) -> dict[Action, list[str]]:
    """The changes, with the codes of a tower's former action as numbered codes."""
    own = {Action(name): list(codes) for name, codes in changes.items() if not _TOWER_ACTION.fullmatch(name)}
    for name, codes in changes.items():
        former = _TOWER_ACTION.fullmatch(name)
        if former:
            towers = own.setdefault(Action.TOWER_BY_NUMBER, list(DEFAULTS[Action.TOWER_BY_NUMBER]))
            towers += [f"{code}={former[1]}" for code in codes if code != f"key:{former[1]}"]
    return own


def _with_fixed(codes: Mapping[Action, Iterable[str]]) -> dict[Action, Sequence[str]]:
    """The codes, each fixed one with its action and with no other."""
    placed: dict[Action, Sequence[str]] = {}
    for action, its in codes.items():
        kept = [code for code in its if FIXED.get(code, action) is action]
        missing = [code for code, owner in FIXED.items() if owner is action and code not in kept]
        placed[action] = (*kept, *missing)
    return placed


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
        numbered = _NUMBERED.fullmatch(name)
        return f"{numbered[1]} = {numbered[2]}".upper() if numbered else name.replace("#", "1-9").upper()
    if name.startswith("dpad"):
        return name.replace("-", " ")
    if device == "axis":
        return _STICKS.get(name, name)
    return f"{device} {name}".strip()
