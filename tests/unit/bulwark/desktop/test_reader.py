"""Keys and gamepads of every kind become codes that settings can keep."""

from __future__ import annotations

import pygame
import pytest

from bulwark.desktop.input.actions import Action
from bulwark.desktop.input.bindings import Bindings
from bulwark.desktop.input.reader import InputReader
from bulwark.desktop.input.signals import Press


def pressed(key: int, *, scancode: int = 0) -> Press:
    """The press of a key with the default bindings."""
    (press,) = InputReader(Bindings.from_changes({})).signals(
        pygame.event.Event(pygame.KEYDOWN, key=key, scancode=scancode)
    )
    assert isinstance(press, Press)
    return press


@pytest.mark.parametrize("number", range(1, 10))
def test_the_number_row_picks_towers_whatever_its_keys_type(number: int) -> None:
    press = pressed(pygame.K_AMPERSAND, scancode=pygame.KSCAN_1 + number - 1)

    assert press == (Action.TOWER_BY_NUMBER, f"key:{number}", 0.0, 0.0)


def test_the_key_with_a_hash_is_not_the_row_of_number_keys() -> None:
    press = pressed(pygame.K_HASH, scancode=pygame.KSCAN_NONUSHASH)
    bindings = Bindings.from_changes({}).bound(Action.SELL, press.code)

    assert press.action is None
    assert bindings.action(press.code) is Action.SELL
    assert bindings.action("key:3") is Action.TOWER_BY_NUMBER


def test_a_key_without_a_name_can_be_bound_and_is_read_again() -> None:
    press = pressed(0, scancode=259)
    bindings = Bindings.from_changes({}).bound(Action.SELL, press.code)

    assert Bindings.from_changes(bindings.changes()) == bindings
    assert pressed(0, scancode=260).code != press.code
