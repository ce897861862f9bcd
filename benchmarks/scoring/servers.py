"""The servers that are compared: how each is installed, started and asked, and what its answers mean."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil

from benchmarks.measuring import python
from benchmarks.peers import install
from benchmarks.processes import HOST, free_port, served
from benchmarks.scoring.model import MadeModel, names_of

_HERE = Path(__file__).parent
_ENVIRONMENTS = Path(__file__).resolve().parents[2] / ".peers"
KEEPWELL, BY_NAME, FASTAPI = "keepwell", "keepwell, by name", "fastapi"
MLSERVER, LITSERVE = "mlserver", "litserve"
_LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "joblib")
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Peer(NamedTuple):
    """Somebody else's server: its packages besides those that the model needs, and the path that scores."""

    packages: Sequence[str]
    path: str


PEERS: Mapping[str, Peer] = {
    FASTAPI: Peer(("fastapi==0.165.0", "uvicorn[standard]==0.54.0"), "/score"),
    MLSERVER: Peer(("mlserver==1.7.1", "mlserver-sklearn==1.7.1"), "/v2/models/churn/infer"),
    LITSERVE: Peer(("litserve==0.2.19",), "/score"),
}


class Contender(msgspec.Struct, frozen=True):
    """A server that runs: where and with which bodies it is asked, and how its answer is read."""

    name: str
    port: int
    path: str
    bodies: Path
    processes: Callable[[], Sequence[psutil.Process]]
    chance: Callable[[Any], float]


def bodies_of(made: MadeModel, folder: Path) -> Mapping[str, Path]:
    """A file of requests for each contender, a row each: the others get prepared numbers, which ours has to make itself."""
    names = names_of(made.model)
    ours = [[None if value != value else value for value in row] for row in made.rows.tolist()]  # noqa: PLR0124  NaN
    theirs = made.prepared.tolist()
    lines = {
        KEEPWELL: [{"inputs": [_tensor("rows", [1, len(row)], row)]} for row in ours],
        BY_NAME: [
            {"inputs": [_tensor(name, [1], [value]) for name, value in zip(names, row, strict=True)]}
            for row in ours
        ],
        FASTAPI: [{"rows": [row]} for row in theirs],
        MLSERVER: [
            {"inputs": [_tensor("rows", [1, len(row)], row)], "outputs": [{"name": "predict_proba"}]}
            for row in theirs
        ],
    }
    files = {}
    for number, (name, requests) in enumerate(lines.items()):
        files[name] = folder / f"bodies-{number}.jsonl"
        files[name].write_text("\n".join(map(json.dumps, requests)), encoding="utf-8")
    return files | {LITSERVE: files[FASTAPI]}


def _tensor(name: str, shape: Sequence[int], data: Sequence[float | None]) -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": "FP64", "data": data}


def chance_of_outputs(answer: Any) -> float:
    """The probability in an answer of the Open Inference Protocol: ours, or the second of two classes."""
    return float(answer["outputs"][0]["data"][-1])


def chance_of_list(answer: Any) -> float:
    """The probability in an answer of the others."""
    return float(answer["probabilities"][0])


@contextmanager
def our_server(
    home: Path, bodies: Mapping[str, Path], *, environment: Mapping[str, str], core: int | None
) -> Iterator[Sequence[Contender]]:
    """`score serve` with one process, asked by version and by name."""
    port = free_port()
    command = python("-m", "keepwell.app.cli", "score", "serve", "--port", str(port), "--home", str(home))
    with served(_pinned(command, core), port=port, environment={**environment, **_ONE_THREAD}) as supervisor:
        own = lambda: [supervisor, *supervisor.children(recursive=True)]  # noqa: E731
        paths = {KEEPWELL: "/v2/models/churn/versions/1/infer", BY_NAME: "/v2/models/churn/infer"}
        yield [
            Contender(name, port, path, bodies[name], own, chance_of_outputs) for name, path in paths.items()
        ]


@contextmanager
def peer_server(
    name: str, made: MadeModel, folder: Path, *, bodies: Mapping[str, Path], core: int | None
) -> Iterator[Contender]:
    """A peer in an environment of its own, which is made if it is not there; raises Unavailable if it does not install or start."""
    peer, port = PEERS[name], free_port()
    interpreter = install(_ENVIRONMENTS / f"scoring-{name}", [*peer.packages, *_libraries()])
    if name == MLSERVER:
        command = [
            str(interpreter.parent / "mlserver"),
            "start",
            str(_mlserver_folder(folder, made, port=port)),
        ]
    else:
        command = [str(interpreter), str(_HERE / f"{name}_server.py"), str(port), str(made.file)]
    # Its console script finds nothing of ours.
    environment = {"PYTHONPATH": "", **_ONE_THREAD}
    with served(_pinned(command, core), port=port, environment=environment) as process:
        yield Contender(
            name,
            port,
            peer.path,
            bodies[name],
            lambda: [process, *process.children(recursive=True)],
            chance_of_outputs if name == MLSERVER else chance_of_list,
        )


def versions() -> str:
    """The packages that are compared, for the report."""
    return ", ".join(package for peer in PEERS.values() for package in peer.packages)


def _libraries() -> list[str]:
    """Those that the model was made with, so that it can be read."""
    return [f"{name}=={version(name)}" for name in _LIBRARIES]


def _mlserver_folder(folder: Path, made: MadeModel, *, port: int) -> Path:
    """MLServer's settings: one process, no metrics, its own access log off."""
    place = folder / "mlserver"
    place.mkdir(exist_ok=True)
    server = {"host": HOST, "http_port": port, "grpc_port": free_port(), "metrics_port": free_port()}
    server |= {"parallel_workers": 0, "debug": False, "metrics_endpoint": None}
    model = {
        "name": "churn",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(made.file), "version": "1"},
    }
    for name, settings in (("settings.json", server), ("model-settings.json", model)):
        (place / name).write_text(json.dumps(settings), encoding="utf-8")
    return place


def _pinned(command: Sequence[str], core: int | None) -> list[str]:
    if core is None or not hasattr(os, "sched_setaffinity"):
        return list(command)
    return [sys.executable, str(_HERE / "pinned.py"), str(core), *command]
