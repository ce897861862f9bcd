"""Scores a second and core, and how long an answer takes: the scoring service compared with three other servers of the same model."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec
import psutil
import psycopg

from benchmarks.business import make_workspace
from benchmarks.measuring import machine, python, run
from benchmarks.processes import HOST, cpu_seconds, free_port, served
from benchmarks.scoring.model import COLUMNS, MadeModel, make_model
from benchmarks.scoring.servers import (
    FASTAPI,
    LITSERVE,
    MLSERVER,
    Contender,
    bodies_of,
    our_server,
    peer_server,
    versions,
)
from keepwell.churn.learning.fitted.loading import stored
from keepwell.platform.config import read_settings
from keepwell.platform.database import Database
from keepwell.platform.database_server import database_server
from keepwell.platform.errors import CorruptData, Unavailable
from keepwell.platform.migrations import migrate, migrations_folder, read_migrations
from keepwell.platform.progress import Progress

_CONNECTIONS = 16
_ROWS = 20_000
_WARM_UP = 300
_LARGEST_DIFFERENCE = 1e-12
_SHARE_OF_LOAD = 5
# Seconds of light load a run: enough for the slowest of a hundred answers to be no accident.
_LONGEST_LIGHT = 8.0


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """Microseconds of processor time per request, requests a second, and milliseconds until half and 99 % were answered."""

    cpu: float
    per_second: float
    half: float
    nearly_all: float


class ScoringFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Each server at full load, and at a fifth of what FastAPI can answer; why one is `missing`."""

    machine: str
    columns: int
    requests: int
    repeats: int
    versions: str
    rate: float
    full: Mapping[str, Answered]
    light: Mapping[str, Answered]
    missing: Mapping[str, str]


class _Load(NamedTuple):
    requests: int
    rate: float = 0.0


class _Asked(msgspec.Struct, frozen=True):
    """What the client prints."""

    seconds: float
    p50: float
    p99: float
    answers: Sequence[str]


def measure_scoring(folder: Path, *, requests: int, repeats: int, progress: Progress) -> ScoringFigures:
    """Measure every server that installs; raises CorruptData if two of them answer otherwise."""
    settings = read_settings({}, home=folder / "home")
    settings.home.mkdir(mode=0o700)
    with progress.step("Training the model", total=None):
        made = make_model(folder, rows=_ROWS)
    bodies, missing = bodies_of(made, folder), {}
    cores = sorted(os.sched_getaffinity(0))
    core = cores[0] if len(cores) > 1 else None
    with database_server(settings) as conninfo, ExitStack() as running:
        os.environ["TOKEN"] = asyncio.run(_prepare(conninfo, made))
        environment = {"KEEPWELL_DATABASE_URL": conninfo, **running.enter_context(_collector())}
        contenders = [
            *running.enter_context(our_server(settings.home, bodies, environment=environment, core=core))
        ]
        for name in (FASTAPI, MLSERVER, LITSERVE):
            with progress.step(f"Installing and starting {name}", total=None):
                try:
                    contenders.append(
                        running.enter_context(peer_server(name, made, folder, bodies=bodies, core=core))
                    )
                except Unavailable as error:
                    missing[name] = f"{error.message} {error.hint}".strip()
        _require_same(contenders, made)
        full = _measured(
            contenders, _Load(requests), repeats=repeats, label="Asking at full load", progress=progress
        )
        rate = full[FASTAPI].per_second / _SHARE_OF_LOAD
        few = min(requests, round(rate * _LONGEST_LIGHT))
        light = _measured(
            contenders, _Load(few, rate), repeats=repeats, label="Asking at a fifth of it", progress=progress
        )
    return ScoringFigures(
        machine=machine(),
        columns=COLUMNS,
        requests=requests,
        repeats=repeats,
        versions=versions(),
        rate=rate,
        full=full,
        light=light,
        missing=missing,
    )


def _measured(
    contenders: Sequence[Contender], load: _Load, *, repeats: int, label: str, progress: Progress
) -> dict[str, Answered]:
    """Each contender in turn, so that a slow minute of the machine affects all of them; medians."""
    found: dict[str, list[Answered]] = {each.name: [] for each in contenders}
    with progress.step(label, total=(repeats + 1) * len(contenders)) as step:
        for each in contenders:
            _asked(each, _Load(_WARM_UP))
            step.advance()
        for each in [*contenders] * repeats:
            found[each.name].append(_sample(each, load))
            step.advance()
    return {name: _median(samples) for name, samples in found.items()}


def _sample(contender: Contender, load: _Load) -> Answered:
    processes = contender.processes()
    before = _seconds(processes)
    answered = _asked(contender, load)
    return Answered(
        cpu=(_seconds(processes) - before) / load.requests * 1e6,
        per_second=load.requests / answered.seconds,
        half=answered.p50 * 1e3,
        nearly_all=answered.p99 * 1e3,
    )


def _asked(contender: Contender, load: _Load, *, connections: int = _CONNECTIONS) -> _Asked:
    own = (str(contender.port), contender.path, str(contender.bodies))
    command = python(
        "-m", "benchmarks.scoring.load", *own, str(connections), str(load.requests), str(load.rate)
    )
    return msgspec.json.decode(run(command).output, type=_Asked)


def _seconds(processes: Sequence[psutil.Process]) -> float:
    return sum(map(cpu_seconds, processes))


def _median(samples: Sequence[Answered]) -> Answered:
    return Answered(
        **{name: median(getattr(each, name) for each in samples) for name in Answered.__struct_fields__}
    )


def _require_same(contenders: Sequence[Contender], made: MadeModel) -> None:
    """Raise CorruptData unless each answers the first rows as our model does."""
    expected = [made.model.probability(row) for row in made.rows[:_WARM_UP].tolist()]
    for each in contenders:
        answers = _asked(each, _Load(_WARM_UP), connections=1).answers
        found = [each.chance(json.loads(answer)) for answer in answers]
        furthest = max(abs(one - other) for one, other in zip(found, expected, strict=False))
        if furthest > _LARGEST_DIFFERENCE:
            raise CorruptData(
                f"{each.name} answers otherwise, by {furthest:.2g}.", hint="The figures would be meaningless."
            )


@contextmanager
def _collector() -> Iterator[dict[str, str]]:
    """A collector of traces, and what a server has to know of it; the limits of one client are out of the way."""
    port = free_port()
    with served(python("-m", "benchmarks.server.trace_collector", str(port)), port=port, environment={}):
        yield {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{HOST}:{port}",
            "KEEPWELL_SCORING_REQUESTS_PER_MINUTE": "100000000",
        }


async def _prepare(conninfo: str, made: MadeModel) -> str:
    """Store the model as version 1 of a workspace; returns an API token."""
    migrate(conninfo, read_migrations(migrations_folder()))
    async with Database.open(conninfo) as database:
        workspace, token = await make_workspace(database)
    kept = stored(made.model, seed=1)
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute(
            """
            insert into churn_models (workspace_id, version, trained_at, horizon_days, label, signal, statement, base_rate, evaluation,
                                      model, model_sha256, probes)
            values (%s, 1, now(), 30, '{"name": "subscription", "money": "mrr"}', true, 'Tested.', 0.1,
                    '{"held_out_from": "2026-01-01", "snapshots": 0, "churned": 0}', %s, %s, convert_from(%s, 'UTF8')::jsonb)
            """,
            [workspace.id, kept.text, kept.sha256, msgspec.json.encode(kept.probes)],
        )
    return token
