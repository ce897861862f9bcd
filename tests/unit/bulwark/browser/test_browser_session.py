"""The session as JavaScript uses it: numbers and JSON in and out, and queries that change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from bulwark.browser.catalogue import catalogue
from bulwark.browser.files import describe
from bulwark.browser.session import Session
from bulwark.errors import SaveError
from bulwark.saves import matches, replays
from bulwark.sim import rules
from bulwark.sim.flow_field import heading
from bulwark.sim.layout import creep, ground
from bulwark.steps import Restored
from tests.unit.bulwark.fields import defended, field, field_document
from tests.unit.bulwark.fields import run as run_match

FRAME = 1_000_000 // 30 + 1
MAP = json.dumps(field_document())
RULES: Mapping[str, Any] = json.loads(catalogue())
BUILD, UPGRADE, SELL, _, START_WAVE, AUTO_START, SET_CONSTANT = range(len(RULES["commands"]))


def new_session() -> Session:
    return Session.begin(MAP, 7, 1, "m-1")


def run(session: Session, frames: int) -> Session:
    for _ in range(frames):
        session.advance(FRAME, 1, paused=False)
    return session


def after_commands(session: Session, *commands: Sequence[int]) -> Session:
    for command in commands:
        session.order(command)
    return run(session, 1)


def decoded(session: Session) -> dict[str, Any]:
    """A snapshot decoded by its layout: the header's numbers, and each table as columns."""
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


def reported(session: Session) -> dict[str, Any]:
    text = session.told()
    answer: dict[str, Any] = json.loads(text) if text else {"refused": [], "events": []}
    return answer


def names(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def test_a_snapshot_matches_its_layout() -> None:
    session = run(after_commands(new_session(), [BUILD, 0, 3, 3], [START_WAVE]), 60)
    snapshot = decoded(session)
    assert snapshot["header"]["tick"] == 61
    assert snapshot["towers"]["x"] == [4 * rules.CELL + rules.CELL // 2]
    assert snapshot["towers"]["spent"] == [rules.tower_rule(0, 0).cost]
    assert snapshot["header"]["creeps"] == len(snapshot["creeps"]["uid"]) > 0
    assert set(snapshot["creeps"]["kind"]) == {rules.CREEPS.index("runner")}


def test_the_page_learns_the_constants_with_their_bounds_and_whether_one_was_changed() -> None:
    constants = RULES["physics"]
    drag = next(number for number, constant in enumerate(constants) if constant["name"] == "drag")
    session = run(new_session(), 1)
    header = decoded(session)["header"]
    assert [header[constant["name"]] for constant in constants] == [each["default"] for each in constants]
    assert not header["tweaked"]

    header = decoded(after_commands(session, [SET_CONSTANT, drag, constants[drag]["most"]]))["header"]
    assert (header["drag"], header["tweaked"]) == (constants[drag]["most"], 1)


def test_a_snapshot_contains_the_events_of_every_tick_since_the_last() -> None:
    session = after_commands(new_session(), [START_WAVE])
    session.advance(4 * FRAME, 1, paused=False)
    run(session, 60)
    kinds = decoded(session)["events"]["kind"]
    assert kinds.count(RULES["events"]["wave_began"]) == 1
    assert kinds.count(RULES["events"]["spawned"]) > 1
    assert decoded(session)["events"]["kind"] == []


def test_while_paused_a_command_costs_one_tick() -> None:
    session = new_session()
    assert session.advance(10 * FRAME, 4, paused=True) == 0
    session.order([BUILD, 0, 3, 3])
    assert session.advance(FRAME, 4, paused=True) == 1
    assert decoded(session)["header"]["towers"] == 1


def test_a_refusal_is_reported_once_as_text() -> None:
    session = after_commands(new_session(), [SELL, 99])
    assert reported(session)["refused"] == ["That tower is gone."]
    assert reported(session)["refused"] == []


def test_executed_commands_are_reported_and_refused_ones_are_not() -> None:
    session = after_commands(new_session(), [BUILD, 0, 3, 3], [BUILD, 0, 3, 3])
    assert names(reported(session)["events"]) == ["match_started", "tower_built"]
    assert names(reported(after_commands(session, [SELL, 1]))["events"]) == ["tower_sold"]


def test_a_restored_match_does_not_report_a_start() -> None:
    session = Session.restore(MAP, new_session().save(), "m-1")
    assert reported(session)["events"] == []


def test_the_walls_counter_changes_only_with_the_walls() -> None:
    session = after_commands(new_session(), [BUILD, 0, 3, 3])
    assert decoded(session)["header"]["walls"] == 1
    after_commands(session, [UPGRADE, 1, 0], [BUILD, 0, 3, 3])
    assert decoded(session)["header"]["walls"] == 1
    assert decoded(after_commands(session, [SELL, 1]))["header"]["walls"] == 2


def test_queries_do_not_change_the_match() -> None:
    asked, left_alone = (
        run(after_commands(new_session(), [BUILD, 0, 3, 3], [AUTO_START, 1], [START_WAVE]), 90)
        for _ in range(2)
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


def test_a_ghost_gives_the_reason_or_the_paths_around_it() -> None:
    session = new_session()
    free = json.loads(session.ghost(0, 5, 4))
    assert free["reason"] is None
    places = set(zip(free["ways"][0][::2], free["ways"][0][1::2], strict=True))
    assert field().centre(field().cell(5, 4)) not in places
    assert json.loads(session.ghost(0, 0, 4))["reason"] == "Nothing can be built there."


def test_the_field_equals_the_creeps_headings() -> None:
    match = defended()
    asked = list(Session(Restored(match), name="m-1").field())
    steps = match.world.ground[ground.STEPS]
    assert asked == [heading(match.world, cell) if steps[cell] > 0 else 0 for cell in range(len(steps))]
    assert len(set(asked)) > 2


def test_a_tower_query_gives_upgrade_prices_and_the_refund() -> None:
    session = after_commands(new_session(), [BUILD, 0, 3, 3], [UPGRADE, 1, 0], [UPGRADE, 1, 0])
    spent = sum(rules.tower_rule(0, variant).cost for variant in range(3))
    assert json.loads(session.tower(1)) == {
        "variants": [3, 4],
        "prices": [rules.tower_rule(0, 3).cost, rules.tower_rule(0, 4).cost],
        "refund": spent * rules.REFUND_PERCENT // 100,
    }


@pytest.mark.parametrize("frames", [[FRAME] * 300, [FRAME // 2] * 600, [3 * FRAME, FRAME // 3] * 90])
def test_the_match_does_not_depend_on_the_call_frequency(frames: Sequence[int]) -> None:
    session = after_commands(new_session(), [BUILD, 0, 3, 3], [START_WAVE])
    for elapsed in frames:
        session.advance(elapsed, 1, paused=False)
    ticks = decoded(session)["header"]["tick"]
    other = after_commands(new_session(), [BUILD, 0, 3, 3], [START_WAVE])
    while decoded(other)["header"]["tick"] < ticks:
        run(other, 1)
    assert session.state_hash() == other.state_hash()


def test_a_restored_save_continues_like_the_match() -> None:
    session = run(after_commands(new_session(), [BUILD, 0, 3, 3], [START_WAVE]), 90)
    restored = Session.restore(MAP, session.save(), "m-1")
    assert run(session, 60).state_hash() == run(restored, 60).state_hash()


def test_a_save_of_another_map_is_rejected() -> None:
    other = json.dumps(field_document(gold=1))
    with pytest.raises(SaveError, match="is missing or has changed"):
        Session.restore(other, new_session().save(), "m-1")


def test_a_match_is_watched_again_as_it_was_played() -> None:
    played = run(after_commands(new_session(), [BUILD, 0, 3, 3], [START_WAVE]), 90)
    watched = run(Session.watch(MAP, played.replay()), 200)
    assert watched.state_hash() == played.state_hash()
    assert decoded(watched)["header"]["walls"] == 1
    assert watched.told() == ""


def test_leaving_a_replay_is_not_reported() -> None:
    watched = Session.watch(MAP, run(new_session(), 200).replay())
    watched.leave()
    assert watched.told() == ""


def test_while_a_replay_is_watched_commands_change_nothing() -> None:
    played = run(after_commands(new_session(), [BUILD, 0, 3, 3]), 30)
    watched = after_commands(Session.watch(MAP, played.replay()), [SELL, 1])
    assert run(watched, 60).state_hash() == played.state_hash()


def test_a_match_that_was_resumed_is_watched_again_from_its_start() -> None:
    saved = run(after_commands(new_session(), [BUILD, 0, 3, 3], [START_WAVE]), 90).save()
    played = run(after_commands(Session.restore(MAP, saved, "m-1"), [BUILD, 0, 4, 3]), 300)
    watched = run(Session.watch(MAP, played.replay()), 500)
    assert watched.state_hash() == played.state_hash()
    assert decoded(watched)["header"]["walls"] == 2


def test_a_match_saved_without_its_record_has_no_replay() -> None:
    assert Session.restore(MAP, matches.to_bytes(defended()), "m-1").replay() == b""


def test_pushes_name_the_creeps_that_overlap_and_change_nothing() -> None:
    match = run_match(defended(), 200)
    there = match.creeps
    for column in (creep.X, creep.Y):
        there[column][1] = there[column][0]
    session, before = Session(Restored(match), name="m-1"), match.state_hash()
    pushes = list(session.pushes())
    assert {there[creep.UID][0], there[creep.UID][1]} <= set(pushes[::3])
    assert all(pushes[at + 1] or pushes[at + 2] for at in range(0, len(pushes), 3))
    assert match.state_hash() == before


def test_the_plan_tells_the_health_that_the_creeps_of_the_next_wave_spawn_with() -> None:
    session = new_session()
    plan = json.loads(session.plan())
    run(after_commands(session, [START_WAVE]), 60)
    assert set(decoded(session)["creeps"]["full"]) == {plan["health"][0]}


def test_a_tweaked_match_says_so_in_telemetry_and_another_does_not() -> None:
    session = new_session()
    session.leave()
    assert "tweaked" not in reported(session)["events"][-1]["properties"]
    session = after_commands(new_session(), [SET_CONSTANT, 1, RULES["physics"][1]["most"]])
    session.leave()
    assert reported(session)["events"][-1]["properties"]["tweaked"] is True


def test_a_save_of_the_desktop_is_described_and_goes_back_to_it_unchanged() -> None:
    match = defended()
    save = matches.to_bytes(match)
    described = json.loads(describe(save, json.dumps([MAP])))
    assert described == {"kind": "save", "map": "field", "difficulty": 1, "wave": 0}
    session = Session.restore(MAP, save, "m-1")
    assert session.save() == save
    assert matches.from_bytes(session.save(), [field()]).state_hash() == match.state_hash()


def test_a_replay_of_either_player_is_described() -> None:
    replay = run(new_session(), 30).replay()
    assert json.loads(describe(replay, json.dumps([MAP])))["kind"] == "replay"
    assert replays.from_bytes(replay).ticks == 30


@pytest.mark.parametrize("data", [b"", b"not a save", b"bulwark-save 2 0\nbody", b"bulwark-replay 1 0\n"])
def test_a_file_that_is_neither_save_nor_replay_gets_a_sentence(data: bytes) -> None:
    with pytest.raises(SaveError):
        describe(data, json.dumps([MAP]))


def test_the_catalogue_names_what_a_creep_withstands() -> None:
    creeps = {creep["name"]: creep for creep in RULES["creeps"]}
    assert creeps["flyer"]["immune_to"] == ["mortar"]
    assert creeps["runner"]["immune_to"] == []
    assert creeps["armoured"]["armour"] > 0


def test_the_catalogue_contains_every_price_of_the_rules() -> None:
    prices = [[variant["cost"] for variant in tower["variants"]] for tower in RULES["towers"]]
    assert [price for tower in prices for price in tower] == [rule.cost for rule in rules.TOWER_RULES]
    assert RULES["events"]["wave_cleared"] != RULES["events"]["wave_began"]
