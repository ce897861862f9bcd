from __future__ import annotations

from collections.abc import Callable

from bulwark.desktop.match.describe import changes, facts, tower_name
from bulwark.desktop.match.hints import HINTS, Guide, HintContext
from bulwark.desktop.match.selection import Selection
from bulwark.sim import rules
from bulwark.sim.commands import Build, Reason, StartWave, Upgrade
from bulwark.sim.match import Match
from bulwark.texts import TOWER_TEXTS
from tests.unit.bulwark.desktop.maps import HEIGHT, SPAWN, small_map


def test_the_ghost_shows_why_building_is_not_possible() -> None:
    match = Match.begin(small_map(), seed=1)
    selection = Selection(match)
    selection.pick(0)

    reasons = {}
    for cell in ((3, 1), SPAWN, (4, 4)):
        selection.cell = cell
        ghost = selection.ghost()
        assert ghost is not None
        reasons[cell] = ghost.reason

    assert reasons == {(3, 1): Reason.NOT_BUILDABLE, SPAWN: Reason.NOT_BUILDABLE, (4, 4): None}


def test_the_ghost_shows_the_new_path_or_that_it_would_block_the_last_one() -> None:
    match = Match.begin(small_map(), seed=1)
    match.step([Build(0, 5, row) for row in range(HEIGHT - 2)])
    selection = Selection(match)
    selection.pick(0)

    selection.cell = (5, HEIGHT - 2)
    narrow = selection.ghost()
    assert narrow is not None
    assert narrow.reason is None
    gap, last_gap = (match.game_map.centre(match.game_map.cell(5, row)) for row in (HEIGHT - 2, HEIGHT - 1))
    assert gap in selection.paths()[0]
    assert gap not in narrow.paths[0]
    assert last_gap in narrow.paths[0]

    match.step([Build(0, 5, HEIGHT - 2)])
    selection.cell = (5, HEIGHT - 1)
    closing = selection.ghost()
    assert closing is not None
    assert closing.reason is Reason.BLOCKS_PATH


def test_a_ghost_does_not_change_the_match() -> None:
    match = Match.begin(small_map(), seed=1)
    match.step([StartWave()])
    before = match.export()
    selection = Selection(match)
    selection.pick(1)

    for column in range(12):
        selection.cell = (column, 3)
        selection.ghost()
        selection.paths()

    assert match.export() == before


def test_a_tower_is_selected_by_its_cell_and_deselected_when_gone() -> None:
    match = Match.begin(small_map(), seed=1)
    match.step([Build(0, 4, 2), Build(1, 6, 2)])
    selection = Selection(match)

    selection.select(selection.tower_at((6, 2)))
    assert selection.tower_index() == 1
    assert selection.tower_at((5, 2)) is None

    selection.select(99)
    assert selection.tower_index() is None


def test_the_cursor_stays_on_the_map() -> None:
    selection = Selection(Match.begin(small_map(), seed=1))

    for _ in range(30):
        selection.move(-1, -1)

    assert selection.cell == (0, 0)


def test_hints_advance_as_the_player_follows_them() -> None:
    match = Match.begin(small_map(), seed=1)
    guide = Guide(shown=True)
    shown = []
    steps: list[Callable[[], object]] = [
        lambda: None,
        lambda: match.step([Build(0, 4, 2)]),
        lambda: match.step([Build(0, 4, 3), Build(0, 4, 4)]),
        lambda: match.step([StartWave()]),
        lambda: match.step([Build(0, 4, 1)]),
    ]
    for do in steps:
        do()
        hint = guide.current(HintContext(match, picked_tower=False, selected=None))
        assert hint is not None
        shown.append(hint)
    match.step([Upgrade(1)])
    last = guide.current(HintContext(match, picked_tower=False, selected=1))

    assert shown == [HINTS[0], HINTS[2], HINTS[3], HINTS[4], HINTS[5]]
    assert last is HINTS[-1]


def test_hidden_hints_can_be_shown_again() -> None:
    guide = Guide(shown=False)
    context = HintContext(Match.begin(small_map(), seed=1), picked_tower=False, selected=None)
    assert guide.current(context) is None

    guide.toggle()

    assert guide.current(context) is HINTS[0]


def test_every_tower_and_upgrade_has_a_name_and_a_description() -> None:
    names = set()
    for kind in range(len(rules.TOWERS)):
        assert TOWER_TEXTS[kind].role
        for variant in range(5):
            names.add(tower_name(kind, variant))
            assert facts(rules.tower_rule(kind, variant))
            for after in rules.branches(variant):
                assert changes(rules.tower_rule(kind, variant), rules.tower_rule(kind, after))
    assert len(names) == 5 * len(rules.TOWERS)
