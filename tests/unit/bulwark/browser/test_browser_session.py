"""The session as JavaScript holds it: numbers and JSON go in and out, and what is asked changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from bulwark.browser.catalogue import catalogue
from bulwark.browser.session import Session
from bulwark.errors import SaveError
from bulwark.sim import rules
from bulwark.sim.flow_field import heading
from bulwark.sim.layout import ground
from tests.unit.bulwark.fields import defended, field, field_document

FRAME = 1_000_000 // 30 + 1
MAP = json.dumps(field_document())
RULES: Mapping[str, Any] = json.loads(catalogue())
BUILD, UPGRADE, SELL, _, START_WAVE, AUTO_START = range(len(RULES["commands"]))


def begun() -> Session:
    return Session.begin(MAP, 7, 1, "m-1")


def run(session: Session, frames: int) -> Session:
    for _ in range(frames):
        session.advance(FRAME, 1, paused=False)
    return session


def ordered(session: Session, *commands: Sequence[int]) -> Session:
    for command in commands:
        session.order(command)
    return run(session, 1)


def decoded(session: Session) -> dict[str, Any]:
    """A snapshot by its layout: the header's numbers, and each table as its columns."""
    numbers, layout = list(session.snapshot()), RULES["layout"]
    header = dict(zip(layout["header"], numbers, strict=False))
    at = len(layout["header"])
    tables: dict[str, dict[str, list[int]]] = {}
    for table in ("creeps", "towers", "shells", "events"):
        count = header[table]
        tables[table] = {
            name: numbers[at + n * count : at + (n + 1) * count] for n, name in enumerate(layout[table])
        }
        at += count * len(layout[table])
    assert at == len(numbers)
    return {"header": header, **tables}


def told(session: Session) -> dict[str, Any]:
    said = session.told()
    answer: dict[str, Any] = json.loads(said) if said else {"refused": [], "events": []}
    return answer


def names(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def test_a_snapshot_holds_what_its_layout_says() -> None:
    session = run(ordered(begun(), [BUILD, 0, 3, 3], [START_WAVE]), 60)
    found = decoded(session)
    assert found["header"]["tick"] == 61
    assert found["towers"]["x"] == [4 * rules.CELL + rules.CELL // 2]
    assert found["towers"]["spent"] == [rules.tower_rule(0, 0).cost]
    assert found["header"]["creeps"] == len(found["creeps"]["uid"]) > 0
    assert set(found["creeps"]["kind"]) == {rules.CREEPS.index("runner")}


def test_what_happened_in_each_tick_since_the_last_snapshot_is_in_the_next() -> None:
    session = ordered(begun(), [START_WAVE])
    session.advance(4 * FRAME, 1, paused=False)
    run(session, 60)
    kinds = decoded(session)["events"]["kind"]
    assert kinds.count(RULES["events"]["wave_began"]) == 1
    assert kinds.count(RULES["events"]["spawned"]) > 1
    assert decoded(session)["events"]["kind"] == []


def test_in_a_pause_time_stands_still_and_an_order_costs_one_tick() -> None:
    session = begun()
    assert session.advance(10 * FRAME, 4, paused=True) == 0
    session.order([BUILD, 0, 3, 3])
    assert session.advance(FRAME, 4, paused=True) == 1
    assert decoded(session)["header"]["towers"] == 1


def test_a_refusal_is_told_in_words_and_once() -> None:
    session = ordered(begun(), [SELL, 99])
    assert told(session)["refused"] == ["That tower is gone."]
    assert told(session)["refused"] == []


def test_what_was_carried_out_is_told_and_what_was_refused_is_not() -> None:
    session = ordered(begun(), [BUILD, 0, 3, 3], [BUILD, 0, 3, 3])
    assert names(told(session)["events"]) == ["match_started", "tower_built"]
    assert names(told(ordered(session, [SELL, 1]))["events"]) == ["tower_sold"]


def test_a_restored_match_is_not_begun_again() -> None:
    session = Session.restore(MAP, begun().save(), "m-1")
    assert told(session)["events"] == []


def test_the_walls_are_counted_when_they_change_and_only_then() -> None:
    session = ordered(begun(), [BUILD, 0, 3, 3])
    assert decoded(session)["header"]["walls"] == 1
    ordered(session, [UPGRADE, 1, 0], [BUILD, 0, 3, 3])
    assert decoded(session)["header"]["walls"] == 1
    assert decoded(ordered(session, [SELL, 1]))["header"]["walls"] == 2


def test_nothing_that_the_page_asks_changes_the_match() -> None:
    asked, left_alone = (
        run(ordered(begun(), [BUILD, 0, 3, 3], [AUTO_START, 1], [START_WAVE]), 90) for _ in range(2)
    )
    for _ in range(60):
        asked.ghost(1, 5, 4)
        asked.ghost(1, 0, 0)
        asked.plan()
        asked.field()
        asked.tower(1)
        asked.snapshot()
        asked.save()
        run(asked, 1)
    assert asked.state_hash() == run(left_alone, 60).state_hash()


def test_a_ghost_says_the_reason_or_the_ways_that_are_left_around_it() -> None:
    session = begun()
    free = json.loads(session.ghost(0, 5, 4))
    assert free["reason"] is None
    places = set(zip(free["ways"][0][::2], free["ways"][0][1::2], strict=True))
    assert field().centre(field().cell(5, 4)) not in places
    assert json.loads(session.ghost(0, 0, 4))["reason"] == "Nothing can be built there."


def test_the_field_is_what_creeps_will_read() -> None:
    match = defended()
    asked = list(Session(match, name="m-1").field())
    steps = match.world.ground[ground.STEPS]
    assert asked == [heading(match.world, cell) if steps[cell] > 0 else 0 for cell in range(len(steps))]
    assert len(set(asked)) > 2


def test_a_tower_says_what_its_next_steps_cost_and_what_selling_it_gives() -> None:
    session = ordered(begun(), [BUILD, 0, 3, 3], [UPGRADE, 1, 0], [UPGRADE, 1, 0])
    spent = sum(rules.tower_rule(0, variant).cost for variant in range(3))
    assert json.loads(session.tower(1)) == {
        "variants": [3, 4],
        "prices": [rules.tower_rule(0, 3).cost, rules.tower_rule(0, 4).cost],
        "refund": spent * rules.REFUND_PERCENT // 100,
    }


@pytest.mark.parametrize("frames", [[FRAME] * 300, [FRAME // 2] * 600, [3 * FRAME, FRAME // 3] * 90])
def test_however_often_the_worker_looks_the_same_match_comes_out(frames: Sequence[int]) -> None:
    session = ordered(begun(), [BUILD, 0, 3, 3], [START_WAVE])
    for elapsed in frames:
        session.advance(elapsed, 1, paused=False)
    ticks = decoded(session)["header"]["tick"]
    other = ordered(begun(), [BUILD, 0, 3, 3], [START_WAVE])
    while decoded(other)["header"]["tick"] < ticks:
        run(other, 1)
    assert session.state_hash() == other.state_hash()


def test_a_save_goes_on_as_the_match_would_have() -> None:
    session = run(ordered(begun(), [BUILD, 0, 3, 3], [START_WAVE]), 90)
    restored = Session.restore(MAP, session.save(), "m-1")
    assert run(session, 60).state_hash() == run(restored, 60).state_hash()


def test_a_save_of_another_map_is_refused() -> None:
    other = json.dumps(field_document(gold=1))
    with pytest.raises(SaveError, match="is not here as it was then"):
        Session.restore(other, begun().save(), "m-1")


def test_the_catalogue_names_every_price_in_the_rules() -> None:
    prices = [[variant["cost"] for variant in tower["variants"]] for tower in RULES["towers"]]
    assert [price for tower in prices for price in tower] == [rule.cost for rule in rules.TOWER_RULES]
    assert RULES["events"]["wave_cleared"] != RULES["events"]["wave_began"]
