from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark.desktop.input.actions import INDISPENSABLE, LABELS, Action
from bulwark.desktop.input.bindings import DEFAULTS, Bindings


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
        assert bindings.action(code) is action

    codes = [code for action in Action for code in bindings.codes[action]]
    assert len(codes) == len(set(codes))
    assert all(bindings.codes[action] for action in INDISPENSABLE)
    restored = Bindings.from_changes(bindings.changes())
    assert {action: tuple(codes) for action, codes in restored.codes.items()} == {
        action: tuple(codes) for action, codes in bindings.codes.items()
    }


def test_the_last_code_of_an_indispensable_action_cannot_be_removed() -> None:
    bindings = Bindings.from_changes({"confirm": ["key:return"]})

    with pytest.raises(ValueError, match="Confirm"):
        bindings.bound(Action.SELL, "key:return")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"jump": ["key:j"]}, "jump"),
        ({"sell": ["nonsense"]}, "bindings.sell"),
        ({"point": []}, "bindings.point"),
    ],
)
def test_an_invalid_binding_is_rejected_by_name(changes: dict[str, list[str]], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Bindings.from_changes(changes)
