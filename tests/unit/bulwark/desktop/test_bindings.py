from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark.desktop.input.actions import INDISPENSABLE, LABELS, Action
from bulwark.desktop.input.bindings import DEFAULTS, FIXED, Bindings


def test_every_action_has_a_label_and_no_code_is_bound_twice() -> None:
    codes = [code for action in Action for code in DEFAULTS[action]]

    assert set(LABELS) == set(Action)
    assert len(codes) == len(set(codes))


def test_rebinding_a_code_removes_it_from_its_previous_action() -> None:
    bindings = Bindings.from_changes({}).bound(Action.SELL, "key:u")

    assert bindings.action("key:u") is Action.SELL
    assert "key:u" not in bindings.codes[Action.UPGRADE]
    # Another device's code for the action stays.
    assert bindings.action("pad:left-stick") is Action.SELL


@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(Action),
            st.sampled_from([code for codes in DEFAULTS.values() for code in codes] + ["key:z", "pad:guide"]),
        ),
        max_size=12,
    )
)
def test_any_sequence_of_bindings_keeps_codes_unique_and_survives_a_round_trip(
    moves: list[tuple[Action, str]],
) -> None:
    bindings = Bindings.from_changes({})
    for action, code in moves:
        try:
            bindings = bindings.bound(action, code)
        except ValueError:
            continue
        assert code in bindings.codes[action] or action is Action.TOWER_BY_NUMBER

    codes = [code for action in Action for code in bindings.codes[action]]
    assert len(codes) == len(set(codes))
    assert all(bindings.codes[action] for action in INDISPENSABLE)
    restored = Bindings.from_changes(bindings.changes())
    assert {action: tuple(codes) for action, codes in restored.codes.items()} == {
        action: tuple(codes) for action, codes in bindings.codes.items()
    }


@given(
    moves=st.lists(
        st.tuples(st.sampled_from(Action), st.sampled_from([*FIXED, "key:z", "pad:b"])), max_size=8
    )
)
def test_no_sequence_of_bindings_takes_the_mouse_a_finger_or_esc_from_its_action(
    moves: list[tuple[Action, str]],
) -> None:
    bindings = Bindings.from_changes({})
    for action, code in moves:
        try:
            bindings = bindings.bound(action, code)
        except ValueError:
            continue

    assert {code: bindings.action(code) for code in FIXED} == FIXED


def test_a_file_that_lost_the_mouse_to_another_action_points_again() -> None:
    bindings = Bindings.from_changes({"cancel": ["mouse:left", "pad:b"], "point": ["finger"]})

    assert bindings.action("mouse:left") is Action.POINT
    assert bindings.action("pad:b") is Action.CANCEL
    assert bindings.action("key:escape") is Action.CANCEL


@pytest.mark.parametrize(("code", "number"), [("key:1", 1), ("key:7", 7), ("key:[9]", 9)])
def test_every_number_key_picks_the_tower_with_its_number(code: str, number: int) -> None:
    bindings = Bindings.from_changes({})

    assert (bindings.action(code), bindings.number(code)) == (Action.TOWER_BY_NUMBER, number)
    assert bindings.tower_key(6) == "7"


def test_a_number_key_bound_to_something_else_no_longer_picks_a_tower() -> None:
    bindings = Bindings.from_changes({}).bound(Action.SPEED, "key:2")

    assert bindings.action("key:2") is Action.SPEED
    assert [bindings.tower_key(kind) for kind in (0, 1, 2)] == ["1", "[2]", "3"]


def test_a_file_with_an_action_for_each_tower_keeps_their_keys() -> None:
    bindings = Bindings.from_changes({"tower-3": ["key:z"], "tower-4": ["key:4"]})

    assert (bindings.action("key:z"), bindings.number("key:z")) == (Action.TOWER_BY_NUMBER, 3)
    assert (bindings.action("key:5"), bindings.number("key:5")) == (Action.TOWER_BY_NUMBER, 5)
    again = Bindings.from_changes(bindings.changes())
    assert (again.action("key:z"), again.number("key:z")) == (Action.TOWER_BY_NUMBER, 3)


def test_only_a_number_key_can_pick_towers_by_number() -> None:
    with pytest.raises(ValueError, match="number keys"):
        Bindings.from_changes({}).bound(Action.TOWER_BY_NUMBER, "key:z")


def test_the_last_code_of_an_indispensable_action_cannot_be_removed() -> None:
    bindings = Bindings.from_changes({"confirm": ["key:return"]})

    with pytest.raises(ValueError, match="Confirm"):
        bindings.bound(Action.SELL, "key:return")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"jump": ["key:j"]}, "jump"),
        ({"sell": ["nonsense"]}, "bindings.sell"),
        ({"confirm": []}, "bindings.confirm"),
    ],
)
def test_an_invalid_binding_is_rejected_by_name(changes: dict[str, list[str]], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Bindings.from_changes(changes)
