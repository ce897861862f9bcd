"""The command `bots`: complete files, identical bytes each time, matches played by bots, and errors with hints."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bulwark.assets import built
from bulwark.bots.player import play
from bulwark.bots.population.levels import difficulty
from bulwark.bots.population.logistic import sigmoid
from bulwark.bots.population.records import RecordError, encode_records, read_records, still_valid
from keepwell.intake.model import Event
from keepwell.intake.schema.events import read_event
from tests.unit.bulwark.population.building import record
from tests.unit.sample.reading import calls, contents

SMALL = ["--players", "40", "--days", "20", "--seed", "7"]


def run(*arguments: object, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bulwark.bots", *map(str, arguments)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )


def summary(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_the_same_command_gives_the_same_bytes_whatever_the_hash_seed_and_the_number_of_processes(
    tmp_path: Path,
) -> None:
    for number in (1, 2):
        out = tmp_path / str(number)
        kept = ["--processes", number, "--keep-played", tmp_path / f"{number}.jsonl", "--out", out]
        done = run(*SMALL, "--played", 2, *kept, hash_seed=str(number))
        assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_different_seeds_give_different_players(tmp_path: Path) -> None:
    for seed in (7, 8):
        summary("--players", 20, "--days", 10, "--played", 0, "--seed", seed, "--out", tmp_path / str(seed))
    first, second = contents(tmp_path / "7"), contents(tmp_path / "8")
    assert first["players.csv"] != second["players.csv"]


def test_files_match_the_summary_one_per_day_and_all_synthetic(tmp_path: Path) -> None:
    printed = summary(*SMALL, "--played", 0, "--until", "2026-03-01", "--out", tmp_path)
    events = list(calls(tmp_path))
    assert printed["events"] == len(events)
    names = Counter(call["event"] for call in events)
    assert printed["sessions"] == names["session_ended"]
    assert printed["matches"] == names["match_won"] + names["match_lost"]
    assert len({call["messageId"] for call in events}) == len(events)
    for file in (tmp_path / "events").iterdir():
        days = {json.loads(line)["timestamp"][:10] for line in file.read_bytes().splitlines()}
        assert days == {file.stem}
    with (tmp_path / "players.csv").open(encoding="utf-8") as stream:
        players = list(csv.DictReader(stream))
    assert (printed["players"], {row["synthetic"] for row in players}) == (len(players), {"true"})
    assert {call["anonymousId"] for call in events} <= {row["player_id"] for row in players}
    assert (tmp_path / "README.txt").read_text(encoding="utf-8").startswith("SYNTHETIC DATA")
    assert printed["synthetic"] is True


def test_every_line_is_a_valid_intake_event(tmp_path: Path) -> None:
    summary(*SMALL, "--played", 0, "--out", tmp_path)
    for file in (tmp_path / "events").iterdir():
        for line in file.read_bytes().splitlines():
            assert isinstance(read_event(line), Event), line


def test_matches_played_by_bots_are_marked_and_can_be_replayed(tmp_path: Path) -> None:
    records_file = tmp_path / "records.jsonl"
    printed = summary(
        *SMALL,
        "--played",
        2,
        "--processes",
        2,
        "--keep-played",
        records_file,
        "--out",
        tmp_path / "population",
    )
    records = read_records(records_file.read_text(encoding="utf-8"), name=records_file.name)
    assert printed["trials"] == len(records) >= 2
    by_name = {f"{each.map}-{each.seed}": each for each in records}
    played = [
        call["properties"]
        for call in calls(tmp_path / "population")
        if call["event"] in {"match_won", "match_lost"} and call["properties"]["source"] == "played"
    ]
    assert printed["played"] == len(played)
    for properties in played:
        assert properties["towers_built"] == by_name[properties["match"]].towers_built
    maps = {each.id: each for each in built.maps()}
    for each in records[-1:]:
        replayed = play(
            maps[each.map],
            seed=each.seed,
            skill=sigmoid(each.skill),
            ease=each.ease - difficulty(each.level),
        )
        assert (replayed.won, replayed.ticks, replayed.state_hash) == (each.won, each.ticks, each.state_hash)


def test_a_folder_with_events_is_rejected_and_left_unchanged(tmp_path: Path) -> None:
    arguments = ["--players", 3, "--days", 3, "--played", 0, "--out", tmp_path]
    summary(*arguments)
    before = contents(tmp_path)
    done = run(*arguments)
    assert done.returncode == 2
    assert "already contains events" in done.stderr
    assert "Name another folder" in done.stderr
    assert contents(tmp_path) == before


def test_a_folder_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("--players", 3, "--days", 3, "--played", 0, "--out", tmp_path / "file" / "population")
    assert done.returncode == 4
    assert str(tmp_path / "file") in done.stderr


def test_help_has_an_example() -> None:
    assert "./keepwell bots --players 2000" in run("--help").stdout


def test_an_invalid_record_is_reported_with_its_line() -> None:
    text = encode_records([record()]) + '{"level": 1}\n'
    with pytest.raises(RecordError, match=r"some\.jsonl:2"):
        read_records(text, name="some.jsonl")


def test_records_survive_a_round_trip() -> None:
    records = [record(seed=seed, won=seed % 2 == 0) for seed in range(5)]
    assert read_records(encode_records(records), name="some.jsonl") == records


def test_a_record_is_valid_only_for_its_own_map_and_core() -> None:
    played = record()
    known = {played.map: played.map_digest}
    assert still_valid([played], digests=known, core=played.core) == [played]
    assert still_valid([played], digests=known, core=played.core + 1) == []
    assert still_valid([played], digests={played.map: "f" * 16}, core=played.core) == []
    assert still_valid([played], digests={}, core=played.core) == []
