from __future__ import annotations

from collections.abc import Callable

from bulwark.desktop.describe import changes, facts, tower_name
from bulwark.desktop.hints import HINTS, Guide, Looking
from bulwark.desktop.placing import Placing
from bulwark.sim import rules
from bulwark.sim.commands import Build, Reason, StartWave, Upgrade
from bulwark.sim.match import Match
from bulwark.words import TOWER_ROLES
from tests.unit.bulwark.desktop.maps import HEIGHT, SPAWN, small_map


def test_the_ghost_says_why_before_the_click() -> None:
    match = Match.begin(small_map(), seed=1)
    placing = Placing(match)
    placing.hold(0)

    reasons = {}
    for cell in ((3, 1), SPAWN, (4, 4)):
        placing.cell = cell
        ghost = placing.ghost()
        assert ghost is not None
        reasons[cell] = ghost.reason

    assert reasons == {(3, 1): Reason.NOT_BUILDABLE, SPAWN: Reason.NOT_BUILDABLE, (4, 4): None}


def test_the_ghost_that_would_close_the_last_way_is_refused_and_one_that_does_not_shows_the_new_way() -> None:
    match = Match.begin(small_map(), seed=1)
    match.step([Build(0, 5, row) for row in range(HEIGHT - 2)])
    placing = Placing(match)
    placing.hold(0)

    placing.cell = (5, HEIGHT - 2)
    narrow = placing.ghost()
    assert narrow is not None
    assert narrow.reason is None
    now = placing.ways()
    assert len(narrow.ways[0]) > len(now[0])

    match.step([Build(0, 5, HEIGHT - 2)])
    placing.cell = (5, HEIGHT - 1)
    closing = placing.ghost()
    assert closing is not None
    assert closing.reason is Reason.CLOSES_THE_WAY


def test_looking_at_a_ghost_changes_nothing_of_the_match() -> None:
    match = Match.begin(small_map(), seed=1)
    match.step([StartWave()])
    before = match.export()
    placing = Placing(match)
    placing.hold(1)

    for column in range(12):
        placing.cell = (column, 3)
        placing.ghost()
        placing.ways()

    assert match.export() == before


def test_a_tower_is_found_by_its_cell_and_forgotten_when_it_is_gone() -> None:
    match = Match.begin(small_map(), seed=1)
    match.step([Build(0, 4, 2), Build(1, 6, 2)])
    placing = Placing(match)

    placing.choose(placing.tower_at((6, 2)))
    assert placing.index() == 1
    assert placing.tower_at((5, 2)) is None

    placing.choose(99)
    assert placing.index() is None


def test_the_cursor_stays_on_the_map() -> None:
    placing = Placing(Match.begin(small_map(), seed=1))

    for _ in range(30):
        placing.move(-1, -1)

    assert placing.cell == (0, 0)


def test_hints_go_as_the_player_does_what_they_say() -> None:
    match = Match.begin(small_map(), seed=1)
    guide = Guide(shown=True)
    shown = []
    doings: list[Callable[[], object]] = [
        lambda: None,
        lambda: match.step([Build(0, 4, 2)]),
        lambda: match.step([Build(0, 4, 3), Build(0, 4, 4)]),
        lambda: match.step([StartWave()]),
        lambda: match.step([Build(0, 4, 5)]),
    ]
    for do in doings:
        do()
        hint = guide.current(Looking(match, holds_tower=False, chosen=None))
        assert hint is not None
        shown.append(hint)
    match.step([Upgrade(1)])
    last = guide.current(Looking(match, holds_tower=False, chosen=1))

    assert shown == [HINTS[0], HINTS[2], HINTS[3], HINTS[4], HINTS[5]]
    assert last is HINTS[-1]


def test_hints_that_were_hidden_come_again() -> None:
    guide = Guide(shown=False)
    looking = Looking(Match.begin(small_map(), seed=1), holds_tower=False, chosen=None)
    assert guide.current(looking) is None

    guide.again()

    assert guide.current(looking) is HINTS[0]


def test_every_tower_and_every_upgrade_says_what_it_does() -> None:
    names = set()
    for kind in range(len(rules.TOWERS)):
        assert TOWER_ROLES[kind]
        for variant in range(5):
            names.add(tower_name(kind, variant))
            assert facts(rules.tower_row(kind, variant))
            for after in rules.branches(variant):
                assert changes(rules.tower_row(kind, variant), rules.tower_row(kind, after))
    assert len(names) == 5 * len(rules.TOWERS)
