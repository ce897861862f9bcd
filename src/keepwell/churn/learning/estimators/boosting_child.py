"""The child process that boosts trees: reads requests from its input, and answers on its output, until the input ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, TypeVar

import msgspec

from keepwell.churn.learning.fitted.batches import log_odds_of
from keepwell.churn.learning.fitted.fitted_model import LEAF, Tree, Trees

if TYPE_CHECKING:
    from keepwell.churn.arrays import Matrix

Message = TypeVar("Message", bound=msgspec.Struct)

_LENGTH_BYTES = 8
_NICENESS = 10
ROUNDS = 150
# Few leaves of many rows, slowly: the data of a business with some hundred customers are few.
PARAMETERS: Mapping[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 30,
    "lambda_l2": 5.0,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": 20_240_501,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
# The trees as we read them must answer as LightGBM does; floats are added in another order.
_LARGEST_DIFFERENCE = 1e-9


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Prepared rows as float64, row by row, and their labels as int64."""

    rows: int
    columns: int
    inputs: bytes
    labels: bytes
    is_balanced: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The trees, or the `problem` with a hint of what to do."""

    trees: Sequence[Tree] = ()
    problem: str | None = None
    hint: str = ""


def write_message(pipe: IO[bytes], message: msgspec.Struct) -> None:
    """Write the length of the message, and the message."""
    content = msgspec.msgpack.encode(message)
    pipe.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    pipe.flush()


def read_message(pipe: IO[bytes], kind: type[Message]) -> Message:
    """The next message; raises EOFError if the pipe ends before it does."""
    length = pipe.read(_LENGTH_BYTES)
    content = pipe.read(int.from_bytes(length, "big")) if len(length) == _LENGTH_BYTES else b""
    if not content or len(content) < int.from_bytes(length, "big"):
        raise EOFError
    return msgspec.msgpack.decode(content, type=kind)


def answer_of(asked: Request) -> Answer:
    """The trees that LightGBM boosts, or why it does not."""
    try:
        import lightgbm  # noqa: PLC0415  only this process loads it
    except ImportError:
        return Answer(problem="LightGBM is not installed.", hint="pip install 'keepwell[churn]'")
    except OSError as error:
        if "libgomp" in str(error):
            problem = "LightGBM needs libgomp.so.1, which this machine lacks."
            return Answer(problem=problem, hint="apt install libgomp1")
        return Answer(problem=f"LightGBM cannot be loaded: {error}", hint="pip install 'keepwell[churn]'")
    return _boosted(asked, lightgbm)


def _boosted(asked: Request, lightgbm: Any) -> Answer:
    import numpy as np  # noqa: PLC0415  so that the parent can import this module without it

    inputs: Matrix = np.frombuffer(asked.inputs).reshape(asked.rows, asked.columns)
    labels = np.frombuffer(asked.labels, dtype=np.int64)
    parameters = {**PARAMETERS, "is_unbalance": asked.is_balanced}
    data = lightgbm.Dataset(inputs, labels, params={"verbosity": -1})
    booster = lightgbm.train(parameters, data, num_boost_round=ROUNDS)
    trees = [tree_of(each["tree_structure"]) for each in booster.dump_model()["tree_info"]]
    difference = np.abs(log_odds_of(Trees(trees), inputs) - booster.predict(inputs, raw_score=True)).max()
    if not difference <= _LARGEST_DIFFERENCE:
        hint = "Tell us the version: pip show lightgbm"
        return Answer(problem=f"LightGBM's trees were read wrongly, by {difference:.2g}.", hint=hint)
    return Answer(trees=trees)


def tree_of(root: Mapping[str, Any]) -> Tree:
    """A tree of LightGBM, as its `dump_model` gives it, as plain numbers."""
    columns: dict[str, list[Any]] = {name: [] for name in Tree.__struct_fields__}

    def add(node: Mapping[str, Any]) -> int:
        place = len(columns["feature"])
        is_leaf = "leaf_value" in node
        columns["feature"].append(LEAF if is_leaf else node["split_feature"])
        columns["threshold"].append(0.0 if is_leaf else node["threshold"])
        columns["value"].append(node["leaf_value" if is_leaf else "internal_value"])
        for side in ("left", "right"):
            columns[side].append(LEAF)
        if not is_leaf:
            for side in ("left", "right"):
                columns[side][place] = add(node[f"{side}_child"])
        return place

    add(root)
    return Tree(**columns)


def main() -> None:
    """Answer until the input ends."""
    os.nice(_NICENESS)
    # LightGBM imports both if it can, which takes four times as long as the rest, for interfaces that are not used here.
    for name in ("pandas", "sklearn"):
        sys.modules[name] = None  # type: ignore[assignment]  # importing it then fails at once
    # LightGBM writes warnings to the standard output, which the answers need for themselves.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while True:
        try:
            asked = read_message(sys.stdin.buffer, Request)
        except EOFError:
            return
        write_message(answers, answer_of(asked))


if __name__ == "__main__":
    main()
